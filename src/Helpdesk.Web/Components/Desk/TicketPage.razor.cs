using Helpdesk.Knowledge.Matching;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Desk.News;
using Helpdesk.Web.Components.Desk.Queues;
using Helpdesk.Web.Components.Desk.Work;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Components.Parts;
using Helpdesk.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Helpdesk.Web.Components.Desk;

/// <summary>
/// One ticket: what was said, the answer being written, and beside it what helps to answer. It follows the ticket while it is open; what the person
/// writes is theirs until they send it, whatever others do meanwhile.
/// </summary>
public sealed partial class TicketPage : IAsyncDisposable
{
    private static readonly string[] Tabs = ["ticket", "customer", "similar", "history"];

    private DeskPicture? _picture;
    private Viewer.Staff? _viewer;
    private DeskQueue _queue = DeskQueue.Mine;
    private Guid _me;
    private DateTimeOffset _now;
    private RoutingExplanation? _reason;
    private PlannedTurn? _planned;
    private SplitOffer? _split;
    private string _tab = "ticket";
    private string? _problem;
    private string? _announcement;
    private bool _isGone;
    private bool _singleKeys = true;
    private long _shown;
    private long _seen;
    private long _similarFor;
    private string? _focus;
    private IReadOnlyList<Visitor> _others = [];
    private IReadOnlyList<SimilarTicket>? _similar;
    private MovedMessage? _moved;
    private Composer? _composer;
    private TicketWatch? _watch;
    private IJSObjectReference? _module;

    [Parameter]
    public long Id { get; set; }

    /// <summary>The queue the person came from: back and next lead there.</summary>
    [SupplyParameterFromQuery(Name = "queue")]
    public string? QueueSlug { get; set; }

    [SupplyParameterFromQuery(Name = "about")]
    public string? About { get; set; }

    [Inject]
    internal DeskPerson Person { get; set; } = default!;

    [Inject]
    internal TicketReader Reader { get; set; } = default!;

    [Inject]
    internal QueueReader Queue { get; set; } = default!;

    [Inject]
    internal RoutingRecords Routing { get; set; } = default!;

    [Inject]
    internal TicketSplitting Splitting { get; set; } = default!;

    [Inject]
    internal Suggestions Suggestions { get; set; } = default!;

    [Inject]
    internal NewsBox News { get; set; } = default!;

    [Inject]
    internal MessageMoving Moving { get; set; } = default!;

    [Inject]
    internal DeskDirectory Directory { get; set; } = default!;

    [Inject]
    internal LiveFeed Feed { get; set; } = default!;

    [Inject]
    internal DeskPresence Presence { get; set; } = default!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = default!;

    [Inject]
    internal TimeProvider Time { get; set; } = default!;

    [Inject]
    internal Toasts Toasts { get; set; } = default!;

    [Inject]
    internal IJSRuntime Script { get; set; } = default!;

    [Inject]
    internal AssetPaths Paths { get; set; } = default!;

    private TicketView? View { get; set; }

    private string QueueHref => _queue is DeskQueue.Mine ? Places.Desk : Places.Queue(_queue.Slug());

    private string Here => TicketHref(Id);

    /// <summary>It was on the screen, and went from under the person's eyes.</summary>
    private bool WasHere => View?.Ticket.Id == Id;

    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // the browser is gone, and the module with it
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        _queue = DeskQueues.Find(QueueSlug) ?? DeskQueue.Mine;
        _tab = Tabs.Contains(About) ? About! : "ticket";
        if (_shown == Id)
            return;
        if (_watch is not null)
            _watch.TicketId = Id;
        if (await Person.FindAsync() is not { } viewer)
        {
            Navigation.NotFound();
            return;
        }
        (_shown, _problem, _isGone, _similar, _moved) = (Id, null, false, null, null);
        (_viewer, _me) = (viewer, viewer.UserId);
        await LoadAsync();
        if (View is null)
        {
            Navigation.NotFound();
            return;
        }
        if (RendererInfo.IsInteractive)
            Listen();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && View is not null)
        {
            _module = await Script.InvokeAsync<IJSObjectReference>("import", Paths["js/desk.js"]);
            await _module.InvokeVoidAsync("showEnd", "talk");
            _singleKeys = await Person.LikesSingleKeysAsync();
        }
        if (RendererInfo.IsInteractive && View is not null && _seen != Id)
        {
            _seen = Id;
            await News.MarkSeenAsync(Id);
        }
        if (RendererInfo.IsInteractive && View is not null && _similarFor != Id)
        {
            _similarFor = Id;
            _similar = await Suggestions.SimilarAsync(View, _viewer!);
            StateHasChanged();
        }
        if (_focus is { } target && _module is not null)
        {
            _focus = null;
            await _module.InvokeVoidAsync("focusOn", target);
        }
    }

    private async Task LoadAsync()
    {
        _picture = await Directory.GetAsync();
        var read = await Reader.ReadAsync(_viewer!, Id);
        if (read is null)
        {
            _isGone = true;
            return;
        }
        (View, _now) = (read, Time.GetUtcNow());
        _reason = await Routing.ReasonAsync(Id, View.Ticket.Timeline.CreatedAt);
        _planned = View.Ticket is { SpecialistId: null, Status: < TicketStatus.Resolved }
            ? await Routing.PlanAsync(Id)
            : null;
        _split = await Splitting.ReadAsync(_viewer!, View.Ticket);
    }

    private void Listen()
    {
        _watch ??= new TicketWatch(
            Feed,
            Presence,
            Time,
            Id,
            onTick: () => _ = InvokeAsync(TickAsync),
            onChanged: () => _ = InvokeAsync(FollowAsync),
            onVisitors: () => _ = InvokeAsync(ReadVisitors)
        );
        _watch.Enter(_me, _viewer!.Name, View!.Position);
        ReadVisitors();
    }

    private void ReadVisitors()
    {
        _others = Presence.Others(Id, _me);
        StateHasChanged();
    }

    private async Task TickAsync()
    {
        // rights are read again now and then: who lost the ticket's team must not go on reading
        if (await Person.FindAsync() is { } viewer && View is not null)
        {
            _viewer = viewer;
            _now = Time.GetUtcNow();
        }
        else
        {
            _isGone = true;
        }
        StateHasChanged();
    }

    // Something happened to the ticket, here or elsewhere.
    private async Task FollowAsync()
    {
        if (View is null || await Person.FindAsync() is not { } viewer)
            return;
        _viewer = viewer;
        var before = View;
        await LoadAsync();
        if (!_isGone)
            Announce(before, View);
        _seen = 0; // what it is about is on the screen
        StateHasChanged();
    }

    private void Announce(TicketView before, TicketView after)
    {
        var last = before.Messages is [.., var newest] ? newest.Id : 0;
        var written = after.Messages.Where(m => m.Id > last && m.AuthorUserId != _me).ToList();
        if (written is not [.., var message])
            return;
        var author = message.AuthorName.Length > 0 ? message.AuthorName : T["TheDesk"];
        _announcement = T[$"Wrote.{message.Kind}", author];
        if (message.Kind is MessageKind.Reply or MessageKind.Customer && _composer is { HasText: true })
            _composer.Warn(T[$"Meanwhile.{message.Kind}", author]);
    }

    private Task InsertAsync((string Text, long ArticleId) solution) =>
        _composer?.InsertAsync(solution.Text, solution.ArticleId) ?? Task.CompletedTask;

    private void Writing(bool isWriting) => _watch?.Replying(isWriting);

    private async Task SentAsync(long messageId)
    {
        await LoadAsync();
        _focus = $"m{messageId}";
        _announcement = T["Sent"];
        Toasts.Show(View!.Ticket.Status is TicketStatus.Resolved ? T["SentAndResolved"] : T["Sent"]);
        StateHasChanged();
    }

    private async Task ReloadAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    // undoing has no undo: what was taken back is where it was
    private async Task MovedAsync(MovedMessage moved)
    {
        _moved = moved is { TicketId: not null, IsBack: false } ? moved : null;
        await ShowAsync(moved.Outcome, moved.IsBack ? T["Place.IsBack"] : T["Place.IsMoved"]);
    }

    private async Task TakeBackAsync(MovedMessage moved) =>
        await MovedAsync(await Moving.MoveAsync(moved.MessageId, seenVersion: null, moved.WayBack));

    private Task ChangedAsync(WorkOutcome outcome) => ShowAsync(outcome, T["Saved"]);

    private async Task ShowAsync(WorkOutcome outcome, string done)
    {
        _problem = outcome switch
        {
            WorkOutcome.Refused refused => refused.Reason,
            WorkOutcome.Conflict => T["Conflict"],
            WorkOutcome.NotThere => T["NotYours"],
            _ => null,
        };
        await LoadAsync();
        if (outcome is WorkOutcome.Done)
            Toasts.Show(done);
        StateHasChanged();
    }

    private Task ActedAsync((WorkOutcome Outcome, string Done) action) => ShowAsync(action.Outcome, action.Done);

    private async Task SplitAsync(IReadOnlyList<string?>? choices) =>
        await ShowAsync(await Splitting.SplitAsync(Id, View!.Ticket.Version, choices), T["Split.Done"]);

    private async Task UndoSplitAsync() =>
        await ShowAsync(await Splitting.UndoAsync(Id, View!.Ticket.Version), T["Split.Undone"]);

    private async Task NeighbourAsync(bool next)
    {
        var place = QueueCursor.Of(View!.Ticket.PersonWantedAt, View.Ticket.IsPaused ? null : View.Ticket.DueAt, Id);
        if (await Queue.NeighbourAsync(_viewer!, _queue, place, next) is { } id)
            Navigation.NavigateTo(TicketHref(id));
        else
            Toasts.Show(next ? T["NoNextTicket"] : T["NoPreviousTicket"]);
    }

    private string TicketHref(long id) =>
        _queue is DeskQueue.Mine ? Places.Ticket(id) : $"{Places.Ticket(id)}?queue={_queue.Slug()}";

    private string TabHref(string tab) => Navigation.GetUriWithQueryParameter("about", tab == "ticket" ? null : tab);

    private string TabWords(string tab) =>
        tab == "similar" && _similar is { Count: > 0 }
            ? T["TabWithCount", T[$"Tab.{tab}"], _similar.Count]
            : T[$"Tab.{tab}"];
}
