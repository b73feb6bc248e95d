using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Desk.Queues;
using Helpdesk.Web.Components.Desk.Work;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Components.Parts;
using Helpdesk.Web.Live;
using Helpdesk.Web.Localisation;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Helpdesk.Web.Components.Desk;

/// <summary>
/// One queue. What it shows stands in the address, so that it is whole before the circuit is up and after going back; the circuit adds selection,
/// changes to many tickets, and what happens meanwhile.
/// </summary>
public sealed partial class QueuePage : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);
    private const string DensityKey = "desk-density";

    private readonly HashSet<long> _selected = [];
    private readonly HashSet<long> _newcomers = [];
    private readonly HashSet<long> _gone = [];
    private readonly HashSet<long> _changed = [];
    private readonly Lock _gate = new();
    private Dictionary<long, string> _replying = [];
    private IReadOnlyList<Colleague> _colleagues = [];
    private DeskPicture? _picture;
    private DateTimeOffset _now;
    private Guid _me;
    private bool _compact;
    private bool _singleKeys = true;
    private string? _problem;
    private IDisposable? _subscription;
    private IDisposable? _presence;
    private ITimer? _ticker;
    private ITimer? _gatherer;

    [Parameter]
    public string? Slug { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? Words { get; set; }

    [SupplyParameterFromQuery(Name = "topic")]
    public string? TopicFilter { get; set; }

    [SupplyParameterFromQuery(Name = "tier")]
    public string? TierFilter { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public string? AssigneeFilter { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    public string? Before { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    /// <summary>What was read while the page was prerendered; the circuit goes on from there.</summary>
    [PersistentState]
    public QueueView? View { get; set; }

    [Inject]
    internal DeskPerson Person { get; set; } = default!;

    [Inject]
    internal QueueReader Reader { get; set; } = default!;

    [Inject]
    internal Colleagues People { get; set; } = default!;

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
    internal IJSRuntime Script { get; set; } = default!;

    private string Path => QueueAddress(View!.Request.Queue);

    public void Dispose()
    {
        _subscription?.Dispose();
        _ticker?.Dispose();
        _gatherer?.Dispose();
        _presence?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        var queue = DeskQueues.Find(Slug ?? DeskQueue.Mine.Slug());
        if (queue is null || await Person.FindAsync() is not { } viewer)
        {
            Navigation.NotFound();
            return;
        }
        var asked = QueueRequest.Parse(
            queue.Value,
            Words,
            TopicFilter,
            TierFilter,
            AssigneeFilter,
            After,
            Before,
            From
        );
        _me = viewer.UserId;
        _picture = await Directory.GetAsync();
        if (View is null || View.Request != asked)
            await LoadAsync(asked);
        _now = Time.GetUtcNow();
        if (RendererInfo.IsInteractive && _subscription is null)
            Listen();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || View is null)
            return;
        _compact = await Script.InvokeAsync<string?>("localStorage.getItem", DensityKey) == "compact";
        _singleKeys = await Person.LikesSingleKeysAsync();
        if (await Person.FindAsync() is { } viewer)
            _colleagues = await People.OfAsync(viewer);
        StateHasChanged();
    }

    private async Task LoadAsync(QueueRequest asked)
    {
        if (await Person.FindAsync() is not { } viewer)
            return;
        lock (_gate)
            _changed.Clear();
        _newcomers.Clear();
        _gone.Clear();
        _selected.Clear();
        _problem = null;
        View = await Reader.ReadAsync(viewer, asked);
        _now = Time.GetUtcNow();
        ReadPresence();
    }

    private void Listen()
    {
        _ticker = Time.CreateTimer(_ => _ = InvokeAsync(PassTime), null, Tick, Tick);
        _gatherer = Time.CreateTimer(
            _ => _ = InvokeAsync(TakeInChangesAsync),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _subscription = Feed.Subscribe(batch => Gather(batch.TicketIds));
        Gather(Feed.Since(View!.Position).Select(c => c.TicketId));
        _presence = Presence.Subscribe(OnPresence);
        ReadPresence();
    }

    private void PassTime()
    {
        _now = Time.GetUtcNow();
        StateHasChanged();
    }

    private void OnPresence(long ticketId)
    {
        if (View?.Rows.Any(r => r.Id == ticketId) is true)
            _ = InvokeAsync(() =>
            {
                ReadPresence();
                StateHasChanged();
            });
    }

    private void ReadPresence()
    {
        if (RendererInfo.IsInteractive)
            _replying = View!
                .Rows.Select(r => (r.Id, Writer: Presence.Others(r.Id, _me).FirstOrDefault(v => v.IsReplying)))
                .Where(r => r.Writer is not null)
                .ToDictionary(r => r.Id, r => r.Writer!.Name);
    }

    private void Gather(IEnumerable<long> ticketIds)
    {
        lock (_gate)
        {
            var before = _changed.Count;
            _changed.UnionWith(ticketIds);
            if (_changed.Count > before && before == 0)
                _gatherer?.Change(Gathering, Timeout.InfiniteTimeSpan);
        }
    }

    // Rows change in place and keep their order; what would come in waits behind "3 new", so that nothing moves under the pointer.
    private async Task TakeInChangesAsync()
    {
        List<long> changed;
        lock (_gate)
        {
            changed = [.. _changed];
            _changed.Clear();
        }
        if (changed.Count == 0 || View is null || await Person.FindAsync() is not { } viewer)
            return;
        var (rows, inList) = await Reader.ReadChangedAsync(viewer, View.Request, changed);
        _picture = await Directory.GetAsync();
        var last = View.Rows is [.., var lowest] && View.HasNext ? lowest.Place : (QueueCursor?)null;
        foreach (var id in changed)
        {
            var isShown = View.Rows.Any(r => r.Id == id);
            if (isShown && inList.Contains(id))
                _gone.Remove(id);
            else if (isShown)
                _gone.Add(id);
            else if (inList.Contains(id) && (last is null || rows[id].Place < last))
                _newcomers.Add(id);
            else
                _newcomers.Remove(id);
        }
        View = View with { Rows = View.Rows.Select(r => rows.GetValueOrDefault(r.Id) ?? r).ToList() };
        _now = Time.GetUtcNow();
        StateHasChanged();
    }

    private Task ShowNewAsync() => LoadAsync(View!.Request);

    private async Task SetDensityAsync(bool compact)
    {
        _compact = compact;
        await Script.InvokeVoidAsync("localStorage.setItem", DensityKey, compact ? "compact" : "roomy");
    }

    private void ClearSelection() => _selected.Clear();

    private void ShowProblem(string? problem) => _problem = problem;

    // ---- words ----

    private string Title => View is null ? T["Queues"] : QueueTitle(View.Request.Queue);

    private string QueueTitle(DeskQueue queue) => T[$"Queue.{queue.Slug()}"];

    private string Summary =>
        View!.WaitForUs is { } waiting
            ? T["Summary", T.Count("Unresolved", View.Total), T.Count("WaitForUs", waiting)]
            : CountWords(View.Total);

    private string CountWords(long total) =>
        total > QueueQuery.CountedTo ? T["MoreThan", QueueQuery.CountedTo] : T.Count("Found", total);

    private string NextWords(QueueRow next) =>
        PromiseClock.Of(next, _picture!, _now)?.Left is not { } left ? T["OpenNext"]
        : left > TimeSpan.Zero ? T["OpenNextDue", Clock.Duration(left)]
        : T["OpenNextLate", Clock.Duration(left)];

    private static string QueueAddress(DeskQueue queue) =>
        queue is DeskQueue.Mine ? Places.Desk : Places.Queue(queue.Slug());

    private string Link(QueueRequest request) => request.Address(Path);

    private string TicketAddress(long id) =>
        View!.Request.Queue is DeskQueue.Mine
            ? Places.Ticket(id)
            : $"{Places.Ticket(id)}?queue={View.Request.Queue.Slug()}";

    private string? NextAddress =>
        View is { HasNext: true, Rows: [.., var last] }
            ? Link(View.Request with { After = last.Place, Before = null, From = View.Request.From + View.Rows.Count })
            : null;

    private string? PreviousAddress =>
        View is not { HasPrevious: true, Rows: [var first, ..] } ? null
        : View.Request.From - QueueQuery.PageSize <= 1 ? Link(View.Request.FirstPage)
        : Link(
            View.Request with
            {
                After = null,
                Before = first.Place,
                From = View.Request.From - QueueQuery.PageSize,
            }
        );

    private static string Pressed(bool isPressed) => isPressed ? "true" : "false";
}
