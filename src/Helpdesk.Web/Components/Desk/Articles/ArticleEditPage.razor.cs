using System.Text.Encodings.Web;
using System.Text.Json;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>
/// An article and its author. What is typed is kept in the browser's tab until it is saved; when somebody else saved meanwhile, both texts stay.
/// </summary>
public sealed partial class ArticleEditPage : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);

    // a text in another script must not grow sixfold on its way
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly CancellationTokenSource _leaving = new();
    private ArticleForm _form = new();
    private EditContext? _context;
    private FormRules? _rules;
    private ArticleSheet? _sheet;
    private ArticleSheet? _theirs;
    private DeskPicture? _picture;
    private ArticleStep _next;
    private ArticleStep _wanted;
    private ITimer? _timer;
    private string? _previewed;
    private string? _problem;
    private string? _slugProblem;
    private string? _bodyProblem;
    private string? _readersProblem;
    private int _openComments;
    private string? _question;
    private bool _hasOwnSlug;
    private bool _isDirty;
    private bool _isRestored;
    private bool _isGone;
    private bool _saving;
    private bool _singleKeys = true;
    private Guid _me;
    private IReadOnlyList<(Guid UserId, string Name)> _people = [];
    private Comparison? _compared;
    private ArticleProposal? _proposal;
    private ArticleSource? _source;
    private IReadOnlyDictionary<string, string> _snippets = System
        .Collections
        .Frozen
        .FrozenDictionary<string, string>
        .Empty;
    private List<SharedText> _templates = [];
    private IReadOnlyList<ArticleAttachment> _files = [];

    private sealed record Comparison(DateTimeOffset SavedAt, IReadOnlyList<(DifferenceRow Row, bool IsGap)> Rows);

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

    [Inject]
    internal ArticleProposals Proposals { get; set; } = default!;

    [Inject]
    internal RecurringProposals Recurring { get; set; } = default!;

    [Inject]
    internal SharedTextWork Shared { get; set; } = default!;

    [Inject]
    internal ArticleFileList Files { get; set; } = default!;

    [Inject]
    internal DeskPerson Person { get; set; } = default!;

    [Inject]
    internal DeskDirectory Directory { get; set; } = default!;

    [Inject]
    internal ArticleWork Work { get; set; } = default!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = default!;

    [Inject]
    internal TimeProvider Time { get; set; } = default!;

    [Inject]
    internal Toasts Toasts { get; set; } = default!;

    [Inject]
    internal AssetPaths Paths { get; set; } = default!;

    [Inject]
    internal IJSRuntime Script { get; set; } = default!;

    private (string, string)[] Trail => [(T["Art.Articles"], Places.DeskArticles)];

    private bool Off => !RendererInfo.IsInteractive || _sheet?.State is ArticleState.Archived;

    private bool IsPublished => _sheet?.State is ArticleState.Published;

    // a proposal made of one request must not be shown over another's
    private string StorageKey =>
        Id is { } id ? $"desk-article-{id.ToStringInvariant()}"
        : FromGroup is { } group ? $"desk-article-of-group-{group.ToStringInvariant()}"
        : Translates is { } source ? $"desk-article-translation-of-{source.ToStringInvariant()}"
        : FromTicket is { } ticket ? $"desk-article-of-{ticket.ToStringInvariant()}"
        : "desk-article-new";

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
        _me = viewer.UserId;
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
            await StartAsync(viewer);
        }
        _people = await Work.PeopleAsync(_leaving.Token);
        var shared = await Shared.ListAsync(_leaving.Token);
        _templates = [.. shared.Where(text => text.Kind is SharedTextKind.Template)];
        _snippets = shared
            .Where(text => text.Kind is SharedTextKind.Snippet)
            .ToDictionary(text => text.Name, text => text.Body, StringComparer.Ordinal);
        if (_sheet is not null)
            _files = await Files.ListAsync(_sheet.Id, _leaving.Token);
        _picture = await Directory.GetAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || _picture is null)
            return;
        _singleKeys = await Person.LikesSingleKeysAsync();
        await RestoreAsync();
        await TakeFilesAsync();
        StateHasChanged();
    }

    // what is dropped or pasted goes its own way, beside the circuit, which takes no large messages
    private async Task TakeFilesAsync()
    {
        if (_sheet is null)
            return;
        await using var script = await Script.InvokeAsync<IJSObjectReference>("import", Paths["js/article-files.js"]);
        var words = new
        {
            sending = T["Art.File.Sending"].Value,
            done = T["Art.File.Done"].Value,
            failed = T["Art.File.Failed"].Value,
            tooLarge = T["Art.File.TooLarge"].Value,
            notTaken = T["Art.File.NotTaken"].Value,
        };
        await script.InvokeVoidAsync(
            "attach",
            "body",
            "files",
            "files-status",
            Helpdesk.Web.Files.ArticleFiles.UploadPlace(_sheet.Id),
            words
        );
    }

    private void BeginWith(string? templateId)
    {
        if (_templates.Find(text => text.Id.ToStringInvariant() == templateId) is not { } template)
            return;
        var typed = _form.Body;
        Put(_form with { Body = string.IsNullOrWhiteSpace(typed) ? template.Body : $"{template.Body}\n\n{typed}" });
    }

    private async Task InsertSnippetAsync(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return;
        await using var script = await Script.InvokeAsync<IJSObjectReference>("import", Paths["js/article-files.js"]);
        await script.InvokeVoidAsync("insertInto", "body", Snippets.Mark(name));
    }

    private string NotReviewer(string names) =>
        names.Length > 0 ? T["Art.NotReviewer", names] : T["Art.NotReviewerNobody"];

    private async Task RemoveFileAsync(ArticleAttachment file)
    {
        if (_sheet is null || await Person.ConfirmAsync(_leaving.Token) is not { } person)
            return;
        _problem = await Files.RemoveAsync(person, _sheet.Id, file.Id, _leaving.Token) is { Names: var names }
            ? NotReviewer(names)
            : null;
        _files = await Files.ListAsync(_sheet.Id, _leaving.Token);
    }

    // a new article with what is known of it: a request's question and answer, or words that nobody answers yet
    private async Task StartAsync(Viewer.Staff viewer)
    {
        if (FromTicket is { } ticket)
            _proposal = await Proposals.OfTicketAsync(ticket, viewer, _leaving.Token);
        else if (FromGroup is { } group)
            _proposal = await Recurring.OfAsync(group, viewer, _leaving.Token);
        var title = Text.OneLine(WithTitle, Article.MaxTitleLength);
        _form =
            _proposal?.Form
            ?? new ArticleForm
            {
                Title = title,
                Slug = Slugs.Of(title),
                TopicId = WithTopic,
            };
        if (Translates is { } source && await Work.ReadAsync(source, _leaving.Token) is { Source: null } original)
        {
            _source = new(
                original.Id,
                original.Language,
                new(original.Title, original.Summary, original.Body),
                original.TextVersion,
                original.TextVersion
            );
            _form = original.Form() with
            {
                Slug = "",
                Language = "",
                TranslationOfId = original.Id,
                SaysCurrent = true,
                PublishAt = null,
            };
        }
        (_context, _previewed) = (new EditContext(_form), _form.Body);
    }

    // what the source said when this was translated, beside what it says now
    private async Task CompareSourceAsync(ArticleSource source)
    {
        if (await Work.VersionAsync(source.Id, source.SeenVersion, _leaving.Token) is not { } then)
            return;
        _compared = new(
            _sheet!.UpdatedAt,
            WithoutLongSameParts(TextDifference.Between(Whole(then), Whole(source.Text)))
        );
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
        (_sheet, _theirs, _problem, _slugProblem, _bodyProblem) = (sheet, null, null, null, null);
        (_readersProblem, _openComments, _source) = (null, 0, sheet.Source);
        (_isDirty, _isRestored, _hasOwnSlug) = (false, false, true);
        _form = sheet.Form();
        _context = new EditContext(_form);
        _previewed = _form.Body;
    }

    private sealed record Kept(Guid Who, ArticleSheet? Seen, ArticleForm Form);

    private async Task RestoreAsync()
    {
        if (await Script.InvokeAsync<string?>("sessionStorage.getItem", StorageKey) is not { } json)
            return;
        try
        {
            if (JsonSerializer.Deserialize<Kept>(json, Plain) is not { } kept || kept.Who != _me)
                return;
            // what the author saw then, so that a change in between is noticed when this is saved
            if (kept.Seen is not null && _sheet is not null)
                _sheet = kept.Seen with
                {
                    Questions = _sheet.Questions,
                    Versions = _sheet.Versions,
                    Remarks = _sheet.Remarks,
                };
            (_form, _isRestored, _isDirty, _hasOwnSlug) = (kept.Form, true, true, true);
            _context = new EditContext(_form);
            _previewed = _form.Body;
        }
        catch (JsonException)
        {
            // written by an earlier version of this page
        }
    }

    private ValueTask ForgetAsync() => Script.InvokeVoidAsync("sessionStorage.removeItem", StorageKey);

    private async Task DiscardAsync()
    {
        await ForgetAsync();
        if (_sheet is { } sheet && await Work.ReadAsync(sheet.Id, _leaving.Token) is { } fresh)
        {
            Show(fresh);
            return;
        }
        (_form, _previewed, _isRestored, _isDirty, _hasOwnSlug) = (new ArticleForm(), null, false, false, false);
        _context = new EditContext(_form);
    }

    private void Typed()
    {
        _isDirty = true;
        (_bodyProblem, _readersProblem) = (null, null);
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
        (_hasOwnSlug, _slugProblem) = (!string.IsNullOrEmpty(_form.Slug), null);
        Typed();
    }

    private async Task KeepAsync()
    {
        if (_leaving.IsCancellationRequested || !_isDirty)
            return;
        _previewed = _form.Body;
        StateHasChanged();
        try
        {
            // lists are read again anyway, and would only make it longer
            var seen = _sheet is null ? null : _sheet with { Questions = [], Versions = [], Remarks = [] };
            await Script.InvokeVoidAsync(
                "sessionStorage.setItem",
                StorageKey,
                JsonSerializer.Serialize(new Kept(_me, seen, _form), Plain)
            );
        }
        catch (JSException)
        {
            // the browser keeps nothing for us; the text is still in the page
        }
        catch (JSDisconnectedException)
        {
            // the page was left meanwhile
        }
    }

    private async Task SaveAsync(ArticleStep step)
    {
        if (_saving)
            return;
        (_saving, _problem, _slugProblem, _bodyProblem, _wanted) = (true, null, null, null, step);
        (_readersProblem, _openComments) = (null, 0);
        try
        {
            if (await Person.ConfirmAsync(_leaving.Token) is not { } viewer)
                _problem = T["Art.NotStaff"];
            else
                await TakeAsync(await Work.SaveAsync(viewer, _sheet, _form, step, _leaving.Token), step);
        }
        catch (DbUpdateException)
        {
            _problem = T["Write.NotSaved"];
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task PublishDespiteAsync()
    {
        _form.DespiteComments = true;
        await SaveAsync(_wanted);
        _form.DespiteComments = false;
    }

    private void ChooseTier(int id, bool chosen)
    {
        _form.TierIds = [.. _form.TierIds.Where(tier => tier != id).Concat(chosen ? [id] : []).Order()];
        Typed();
    }

    // Their text stays a version: nothing is lost by saving on top of it.
    private Task SaveOverAsync()
    {
        _sheet = _theirs;
        _theirs = null;
        return SaveAsync(_wanted);
    }

    private async Task MoveAsync(ArticleStep step)
    {
        if (await Person.ConfirmAsync(_leaving.Token) is not { } viewer || _sheet is null)
            _problem = T["Art.NotStaff"];
        else if (_isDirty)
            _problem = T["Art.SaveFirst"];
        else
            await TakeAsync(await Work.MoveAsync(viewer, _sheet, step, cancellationToken: _leaving.Token), step);
    }

    private async Task TakeAsync(ArticleOutcome outcome, ArticleStep step)
    {
        switch (outcome)
        {
            case ArticleOutcome.Saved saved:
                await ForgetAsync();
                if (
                    FromGroup is { } group
                    && _proposal is not null
                    && await Person.FindAsync(_leaving.Token) is { } person
                )
                    await Recurring.TakeAsync(person, group, saved.Sheet.Id, _leaving.Token);
                _proposal = null;
                if (_sheet is null)
                {
                    Navigation.NavigateTo(Places.DeskArticle(saved.Sheet.Id));
                    return;
                }
                Show(saved.Sheet);
                _files = await Files.ListAsync(saved.Sheet.Id, _leaving.Token);
                Toasts.Show(T[$"Art.Done.{step}"]);
                break;
            case ArticleOutcome.Conflict conflict:
                _theirs = conflict.Theirs;
                break;
            case ArticleOutcome.SlugTaken:
                _slugProblem = T["Art.Slug.Taken"];
                await FocusAsync("slug");
                break;
            case ArticleOutcome.NotReviewer { Names: var names }:
                _problem = NotReviewer(names);
                break;
            case ArticleOutcome.OpenComments open:
                _openComments = open.Count;
                await FocusAsync("open-comments");
                break;
            case ArticleOutcome.UnknownOrganization unknown:
                _readersProblem = T["Art.Organizations.Unknown", unknown.Name];
                await FocusAsync("organizations");
                break;
            case ArticleOutcome.TooDeep:
                _bodyProblem = T["Art.TooDeep"];
                await FocusAsync("body");
                break;
            case ArticleOutcome.Refused refused:
                _problem = T["Write.Refused", refused.Reason];
                break;
            case ArticleOutcome.NotThere:
                _isGone = true;
                break;
        }
    }

    private async Task LearnAsync()
    {
        if (_sheet is null || string.IsNullOrWhiteSpace(_question) || await Person.ConfirmAsync(_leaving.Token) is null)
            return;
        if (await Work.LearnAsync(_sheet.Id, _question, _leaving.Token) is ArticleOutcome.Saved saved)
        {
            _question = null;
            TakeLists(saved.Sheet);
        }
        await FocusAsync("question");
    }

    private async Task UnlearnAsync(SolvedQuestion question)
    {
        if (_sheet is null || await Person.ConfirmAsync(_leaving.Token) is null)
            return;
        if (await Work.UnlearnAsync(_sheet.Id, question.Id, _leaving.Token) is ArticleOutcome.Saved saved)
            TakeLists(saved.Sheet);
        Toasts.Show(T["Art.Removed"], () => LearnAgainAsync(question.Text));
    }

    private async Task LearnAgainAsync(string question)
    {
        if (await Work.LearnAsync(_sheet!.Id, question, _leaving.Token) is ArticleOutcome.Saved saved)
            await InvokeAsync(() =>
            {
                TakeLists(saved.Sheet);
                StateHasChanged();
            });
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
        _compared = new(version.SavedAt, WithoutLongSameParts(TextDifference.Between(Whole(then), Whole(now))));
        await FocusAsync("comparison");
    }

    private static string Whole(ArticleText text) =>
        $"# {text.Title}\n{text.Summary}\n\n{text.Body.ReplaceLineEndings("\n")}";

    private static List<(DifferenceRow, bool)> WithoutLongSameParts(IReadOnlyList<DifferenceRow> rows)
    {
        const int Around = 3;
        var shown = new List<(DifferenceRow, bool)>();
        for (var i = 0; i < rows.Count; i++)
        {
            var isNear = Enumerable
                .Range(i - Around, (2 * Around) + 1)
                .Any(at => at >= 0 && at < rows.Count && !rows[at].IsSame);
            if (isNear)
                shown.Add((rows[i], false));
            else if (shown.Count == 0 || !shown[^1].Item2)
                shown.Add((rows[i], true));
        }
        return shown;
    }

    private void Put(ArticleForm form)
    {
        _form = form;
        _context = new EditContext(_form);
        _previewed = form.Body;
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
