using System.Text.Json;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;

namespace Helpdesk.Web.Components.Desk.Writing;

/// <summary>
/// A specialist writes down what somebody says on the telephone: suggestions while typing, and the text is kept in the browser's tab until it
/// is sent, so that a lost connection loses nothing.
/// </summary>
public sealed partial class NewTicketPage : IDisposable
{
    private const int Answers = 4;
    private const string StorageKey = "desk-new-ticket";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);

    private readonly CancellationTokenSource _leaving = new();
    private NewTicketForm _form = new();
    private EditContext? _context;
    private DeskPicture? _picture;
    private IReadOnlyList<KnownCustomer> _found = [];
    private KnownCustomer? _known;
    private IReadOnlyList<OpenTicket> _open = [];
    private IReadOnlyList<ArticleHit> _answers = [];
    private WritingOutcome.Written? _written;
    private ITimer? _customerTimer;
    private ITimer? _wordsTimer;
    private string? _problem;
    private bool _sending;
    private bool _told;
    private bool _isRestored;
    private bool _singleKeys = true;
    private Guid _me;

    [Inject]
    internal DeskPerson Person { get; set; } = default!;

    [Inject]
    internal DeskDirectory Directory { get; set; } = default!;

    [Inject]
    internal CustomerFinder Customers { get; set; } = default!;

    [Inject]
    internal SolutionMatcher Matcher { get; set; } = default!;

    [Inject]
    internal TicketWriting Writing { get; set; } = default!;

    [Inject]
    internal TimeProvider Time { get; set; } = default!;

    [Inject]
    internal IJSRuntime Script { get; set; } = default!;

    [Inject]
    internal AssetPaths Paths { get; set; } = default!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = default!;

    private bool Off => !RendererInfo.IsInteractive;

    private bool HasWords => !string.IsNullOrWhiteSpace(_form.Subject) || !string.IsNullOrWhiteSpace(_form.Text);

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _customerTimer?.Dispose();
        _wordsTimer?.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _context = new EditContext(_form);
        if (await Person.FindAsync() is not { } viewer)
        {
            Navigation.NotFound();
            return;
        }
        _me = viewer.UserId;
        _picture = await Directory.GetAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || _picture is null)
            return;
        _singleKeys = await Person.LikesSingleKeysAsync();
        await RestoreAsync();
        StateHasChanged();
    }

    private sealed record Kept(Guid Who, NewTicketForm Form);

    // Only what the same person left in this tab.
    private async Task RestoreAsync()
    {
        if (await Script.InvokeAsync<string?>("sessionStorage.getItem", StorageKey) is not { } json)
            return;
        try
        {
            if (JsonSerializer.Deserialize<Kept>(json) is not { } kept || kept.Who != _me)
                return;
            (_form, _isRestored) = (kept.Form, true);
            _context = new EditContext(_form);
            await LookUpAsync();
            await FindAnswersAsync();
        }
        catch (JsonException)
        {
            // written by an earlier version of this page
        }
    }

    private async Task KeepAsync() =>
        await Script.InvokeVoidAsync(
            "sessionStorage.setItem",
            StorageKey,
            JsonSerializer.Serialize(new Kept(_me, _form))
        );

    private void CustomerTyped() => Later(ref _customerTimer, FindCustomersAsync);

    private void WordsTyped() => Later(ref _wordsTimer, FindAnswersAsync);

    private void Later(ref ITimer? timer, Func<Task> what)
    {
        timer ??= Time.CreateTimer(
            _ => _ = InvokeAsync(() => SafelyAsync(what)),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        timer.Change(Pause, Timeout.InfiniteTimeSpan);
    }

    private async Task SafelyAsync(Func<Task> what)
    {
        if (_leaving.IsCancellationRequested || _written is not null)
            return;
        try
        {
            await KeepAsync();
            await what();
            StateHasChanged();
        }
        catch (Exception gone) when (gone is OperationCanceledException or JSDisconnectedException)
        {
            // the page was left meanwhile
        }
    }

    private async Task FindCustomersAsync()
    {
        await LookUpAsync();
        _found = _known is null ? await Customers.FindAsync(_form.Address, _leaving.Token) : [];
    }

    private async Task LookUpAsync()
    {
        (_known, _open) = (null, []);
        if (await Person.FindAsync(_leaving.Token) is not { } viewer)
            return;
        if (await Customers.ByAddressAsync(_form.Address, viewer, _leaving.Token) is { } match)
            (_known, _open) = match;
    }

    private async Task ChooseAsync(KnownCustomer customer)
    {
        (_form.Address, _found) = (customer.Address, []);
        Left(nameof(NewTicketForm.Address));
        await LookUpAsync();
        await KeepAsync();
        await FocusAsync("subject");
    }

    private async Task FindAnswersAsync() =>
        _answers = HasWords
            ? await Matcher.MatchAsync(
                _form.Subject ?? "",
                string.IsNullOrWhiteSpace(_form.Text) ? _form.Subject! : _form.Text,
                ArticleReader.Staff,
                Answers,
                cancellationToken: _leaving.Token
            )
            : [];

    private async Task SendAsync()
    {
        if (_sending)
            return;
        (_sending, _problem) = (true, null);
        try
        {
            if (await Person.ConfirmAsync(_leaving.Token) is not { } viewer)
            {
                _problem = T["Write.NotStaff"];
                return;
            }
            await TakeAsync(await Writing.SendAsync(viewer, _form, _leaving.Token));
        }
        catch (DbUpdateException)
        {
            _problem = T["Write.NotSaved"];
        }
        finally
        {
            _sending = false;
        }
    }

    private async Task TakeAsync(WritingOutcome outcome)
    {
        switch (outcome)
        {
            case WritingOutcome.Written written:
                (_written, _told) = (written, _form.TellCustomer);
                await Script.InvokeVoidAsync("sessionStorage.removeItem", StorageKey);
                StateHasChanged();
                await FocusAsync("written");
                break;
            case WritingOutcome.KeyUsed used:
                _form.Key = Help.Requests.FormKey.Create();
                _problem = T["Write.KeyUsed", used.TicketId];
                break;
            case WritingOutcome.Refused refused:
                _problem = T["Write.Refused", refused.Reason];
                break;
        }
    }

    private async Task Again()
    {
        (_form, _written, _known, _problem, _isRestored) = (new NewTicketForm(), null, null, null, false);
        (_found, _open, _answers) = ([], [], []);
        _context = new EditContext(_form);
        await Script.InvokeVoidAsync("sessionStorage.removeItem", StorageKey);
        StateHasChanged();
        await FocusAsync("address");
    }

    private Task ShowErrorsAsync() => FocusAsync("form-errors");

    private async Task FocusAsync(string id)
    {
        await using var keys = await Script.InvokeAsync<IJSObjectReference>("import", Paths["js/desk.js"]);
        await keys.InvokeVoidAsync("focusOn", id);
    }

    private void Left(string field) => _context!.NotifyFieldChanged(_context.Field(field));

    private Tier? TierOf(KnownCustomer customer) =>
        customer.TierId is { } id && _picture!.Tiers.GetValueOrDefault(id) is { Rank: > 0 } tier ? tier : null;

    private string Belongs(KnownCustomer customer)
    {
        var address = customer.Name.Length > 0 ? customer.Address : null;
        return (address, customer.Organization) switch
        {
            (null, null) => T["NoOrganization"],
            (null, var organization) => organization,
            (var own, null) => own,
            var (own, organization) => T["NameAt", own, organization],
        };
    }
}
