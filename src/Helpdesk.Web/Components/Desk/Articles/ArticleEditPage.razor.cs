using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>
/// An article and its author. What is typed is kept in the browser's tab until it is saved; when somebody else saved meanwhile, both texts stay.
/// </summary>
public sealed partial class ArticleEditPage : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);

    private readonly CancellationTokenSource _leaving = new();
    private ArticleForm _form = new();
    private EditContext? _context;
    private FormRules? _rules;
    private ArticleSheet? _sheet;
    private DeskPicture? _picture;
    private ArticleStep _next;
    private ArticleStep _wanted;
    private ITimer? _timer;
    private string? _previewed;
    private ArticleObstacle _obstacle = ArticleObstacle.None;
    private bool _hasOwnSlug;
    private bool _isDirty;
    private bool _isRestored;
    private bool _isGone;
    private bool _isPrepared;
    private bool _saving;
    private bool _singleKeys = true;
    private IReadOnlyList<(Guid UserId, string Name)> _people = [];
    private DraftInTab? _draft;
    private ArticleComparison.Comparison? _compared;
    private ArticleProposal? _proposal;
    private ArticleSource? _source;
    private IReadOnlyDictionary<string, string> _snippets = new Dictionary<string, string>();
    private List<SharedText> _templates = [];

    /// <summary>Null = a new one.</summary>
    [Parameter]
    public long? Id { get; set; }

    /// <summary>A resolved request that a new article is made of.</summary>
    [SupplyParameterFromQuery(Name = "ticket")]
    public long? FromTicket { get; set; }

    /// <summary>A group of recurring answers that a new article is made of, or that is added to this one.</summary>
    [SupplyParameterFromQuery(Name = "group")]
    public long? FromGroup { get; set; }

    /// <summary>An article that a new one says in another language.</summary>
    [SupplyParameterFromQuery(Name = "translate")]
    public long? Translates { get; set; }

    [SupplyParameterFromQuery(Name = "title")]
    public string? WithTitle { get; set; }

    [SupplyParameterFromQuery(Name = "topic")]
    public int? WithTopic { get; set; }

    private (string, string)[] Trail => [(T["Art.Articles"], Places.DeskArticles)];

    private bool Off => !RendererInfo.IsInteractive || _sheet?.State is ArticleState.Archived;

    private bool IsPublished => _sheet?.State is ArticleState.Published;

    private bool IsReviewDue => _sheet is { State: not ArticleState.Archived } && _sheet.ReviewAt <= Time.GetUtcNow();

    private ArticleOrigin Origin => new(FromTicket, FromGroup, Translates, WithTitle, WithTopic);

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _timer?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_context is not null && _sheet?.Id == Id)
            return;
        _context = new EditContext(_form);
        if (await Person.FindAsync() is not { } viewer)
        {
            Navigation.NotFound();
            return;
        }
        _draft = new DraftInTab(
            Script,
            Id is { } known ? $"desk-article-{known.ToStringInvariant()}" : Origin.NameInTab,
            viewer.UserId
        );
        if (Id is { } id)
        {
            if (await Work.ReadAsync(id, _leaving.Token) is not { } sheet)
            {
                Navigation.NotFound();
                return;
            }
            Show(sheet);
            if (FromGroup is { } group)
                await AddGroupAsync(group, viewer);
        }
        else
        {
            var beginning = await Beginnings.OfAsync(Origin, viewer, _leaving.Token);
            (_proposal, _source) = (beginning.Proposal, beginning.Source);
            Fill(beginning.Form);
        }
        _people = await Work.PeopleAsync(_leaving.Token);
        var shared = await Shared.ListAsync(_leaving.Token);
        _templates = [.. shared.Where(text => text.Kind is SharedTextKind.Template)];
        _snippets = shared
            .Where(text => text.Kind is SharedTextKind.Snippet)
            .ToDictionary(text => text.Name, text => text.Body, StringComparer.Ordinal);
        _picture = await Directory.GetAsync();
    }

    // what the page shows may come after its first drawing
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isPrepared || _picture is null)
            return;
        _isPrepared = true;
        _singleKeys = await Person.LikesSingleKeysAsync();
        await RestoreAsync();
        StateHasChanged();
    }

    private void BeginWith(SharedText template) =>
        Put(
            _form with
            {
                Body = string.IsNullOrWhiteSpace(_form.Body) ? template.Body : $"{template.Body}\n\n{_form.Body}",
            }
        );

    // what the source said when this was translated, beside what it says now
    private async Task CompareSourceAsync(ArticleSource source)
    {
        if (await Work.VersionAsync(source.Id, source.SeenVersion, _leaving.Token) is not { } then)
            return;
        _compared = ArticleComparison.Comparison.Between(_sheet!.UpdatedAt, then, source.Text);
        await FocusAsync("comparison");
    }

    // below what the article says already; the author puts it where it belongs
    private async Task AddGroupAsync(long group, Viewer.Staff viewer)
    {
        if ((_proposal = await Recurring.OfAsync(group, viewer, _leaving.Token)) is not { Form: var added })
            return;
        _form.Body = $"{_form.Body?.TrimEnd()}\n\n{added.Body}";
        _form.Reason = added.Reason;
        (_previewed, _isDirty) = (_form.Body, true);
    }

    private void Show(ArticleSheet sheet)
    {
        (_sheet, _source, _obstacle) = (sheet, sheet.Source, ArticleObstacle.None);
        (_isDirty, _isRestored, _hasOwnSlug) = (false, false, true);
        Fill(sheet.Form());
    }

    private void Fill(ArticleForm form)
    {
        _form = form;
        _context = new EditContext(_form);
        _previewed = form.Body;
    }

    private async Task RestoreAsync()
    {
        if (await _draft!.FindAsync() is not { } kept)
            return;
        // what the author saw then, so that a change in between is noticed when this is saved
        if (kept.Seen is not null && _sheet is not null)
            _sheet = kept.Seen with
            {
                Questions = _sheet.Questions,
                Versions = _sheet.Versions,
                Remarks = _sheet.Remarks,
            };
        (_isRestored, _isDirty, _hasOwnSlug) = (true, true, true);
        Fill(kept.Form);
    }

    private async Task DiscardAsync()
    {
        await _draft!.ForgetAsync();
        if (_sheet is { } sheet && await Work.ReadAsync(sheet.Id, _leaving.Token) is { } fresh)
        {
            Show(fresh);
            return;
        }
        (_isRestored, _isDirty, _hasOwnSlug) = (false, false, false);
        Fill(new ArticleForm());
    }

    private void Typed()
    {
        _isDirty = true;
        _obstacle = _obstacle with { Body = null, Readers = null };
        _timer ??= Time.CreateTimer(
            _ => _ = InvokeAsync(KeepAsync),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _timer.Change(Pause, Timeout.InfiniteTimeSpan);
    }

    private void TitleTyped()
    {
        if (!_hasOwnSlug)
            _form.Slug = Slugs.Of(_form.Title);
        Typed();
    }

    private void SlugTyped()
    {
        _hasOwnSlug = !string.IsNullOrEmpty(_form.Slug);
        _obstacle = _obstacle with { Slug = null };
        Typed();
    }

    private async Task KeepAsync()
    {
        if (_leaving.IsCancellationRequested || !_isDirty)
            return;
        _previewed = _form.Body;
        StateHasChanged();
        await _draft!.KeepAsync(_sheet, _form);
    }

    // What the author is writing stays, and so does what they saw when they began.
    private void TakeLists(ArticleSheet fresh) =>
        _sheet = _sheet! with
        {
            Version = fresh.SaysTheSame(_sheet) ? fresh.Version : _sheet.Version,
            Questions = fresh.Questions,
            Versions = fresh.Versions,
            Remarks = fresh.Remarks,
            Solved = fresh.Solved,
        };

    private async Task TakeVersionAsync(VersionLine version)
    {
        if (await Work.VersionAsync(_sheet!.Id, version.Number, _leaving.Token) is not { } text)
            return;
        var before = _form with { };
        Put(
            _form with
            {
                Title = text.Title,
                Summary = text.Summary,
                Body = text.Body,
                Reason = T["Art.RestoredFrom", Clock.DayAndTime(version.SavedAt)],
            }
        );
        Toasts.Show(
            T["Art.InForm", Clock.DayAndTime(version.SavedAt)],
            () =>
                InvokeAsync(() =>
                {
                    Put(before);
                    StateHasChanged();
                })
        );
        await FocusAsync("title");
    }

    // an earlier text beside what stands in the form now
    private async Task CompareAsync(VersionLine version)
    {
        if (await Work.VersionAsync(_sheet!.Id, version.Number, _leaving.Token) is not { } then)
            return;
        var now = new ArticleText(_form.Title ?? "", _form.Summary ?? "", _form.Body ?? "");
        _compared = ArticleComparison.Comparison.Between(version.SavedAt, then, now);
        await FocusAsync("comparison");
    }

    private void Put(ArticleForm form)
    {
        Fill(form);
        Typed();
    }

    private Task ShowErrorsAsync() => FocusAsync("form-errors");

    private async Task FocusAsync(string id)
    {
        await using var keys = await Script.InvokeAsync<IJSObjectReference>("import", Paths["js/desk.js"]);
        await keys.InvokeVoidAsync("focusOn", id);
    }

    private void Left(string field) => _context!.NotifyFieldChanged(_context.Field(field));
}
