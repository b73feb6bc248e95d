using Helpdesk.Knowledge.Articles;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>What becomes of an article with its text.</summary>
public enum ArticleStep
{
    /// <summary>Only the text.</summary>
    Keep,
    Review,
    Publish,
    Archive,
    Draft,
}

/// <summary>A question that the article has answered.</summary>
public sealed record SolvedQuestion(
    long Id,
    string Text,
    QuestionSource Source,
    long? TicketId,
    DateTimeOffset AddedAt
);

/// <summary>A saved text of the article, without the text.</summary>
public sealed record VersionLine(int Number, string AuthorName, string Reason, DateTimeOffset SavedAt);

/// <summary>What a reader missed.</summary>
public sealed record ReaderRemark(string Text, DateTimeOffset At);

/// <summary>What a translation says in another language.</summary>
/// <param name="SeenVersion">The text that the translation says.</param>
/// <param name="TextVersion">The text now.</param>
public sealed record ArticleSource(long Id, string Language, ArticleText Text, int SeenVersion, int TextVersion)
{
    public bool HasChanged => TextVersion > SeenVersion;
}

/// <summary>A translation of the article.</summary>
public sealed record ArticleLanguage(long Id, string Language, string Title, ArticleState State, bool IsBehind);

/// <summary>An article as its authors see it.</summary>
/// <param name="Version">The row version that a change must name.</param>
public sealed record ArticleSheet(
    long Id,
    int Version,
    int TextVersion,
    string Slug,
    string Title,
    string Summary,
    string Body,
    ArticleState State,
    ArticleVisibility Visibility,
    IReadOnlyList<int> TierIds,
    string Organizations,
    int? TopicId,
    string AuthorName,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? PublishedAt,
    DateTimeOffset? PublishAt,
    Guid? OwnerUserId,
    DateTimeOffset? ReviewAt,
    int Helped,
    int DidNotHelp,
    int Solved,
    string Language,
    ArticleSource? Source,
    IReadOnlyList<ArticleLanguage> Translations,
    IReadOnlyList<SolvedQuestion> Questions,
    IReadOnlyList<VersionLine> Versions,
    IReadOnlyList<ReaderRemark> Remarks
)
{
    /// <summary>Whether an author would see no difference; what the index learned meanwhile is none.</summary>
    public bool SaysTheSame(ArticleSheet other) =>
        TierIds.SequenceEqual(other.TierIds)
        && Organizations == other.Organizations
        && Language == other.Language
        && Source?.Id == other.Source?.Id
        && (Slug, Title, Summary, Body, State, Visibility, TopicId, PublishAt, OwnerUserId, ReviewAt)
            == (
                other.Slug,
                other.Title,
                other.Summary,
                other.Body,
                other.State,
                other.Visibility,
                other.TopicId,
                other.PublishAt,
                other.OwnerUserId,
                other.ReviewAt
            );

    public ArticleForm Form() =>
        new()
        {
            Title = Title,
            Slug = Slug,
            Summary = Summary,
            Body = Body,
            TopicId = TopicId,
            Visibility = Visibility,
            TierIds = TierIds.Count == 0 ? [] : TierIds,
            Organizations = Organizations.Length == 0 ? null : Organizations,
            OwnerUserId = OwnerUserId,
            Language = Language,
            TranslationOfId = Source?.Id,
            ReviewOn = ReviewAt is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null,
            PublishAt = PublishAt?.UtcDateTime,
        };
}

/// <summary>What came of a change to an article.</summary>
public abstract record ArticleOutcome
{
    public sealed record Saved(ArticleSheet Sheet) : ArticleOutcome;

    /// <summary>Somebody else saved after this person saw it; nothing was saved now.</summary>
    public sealed record Conflict(ArticleSheet Theirs) : ArticleOutcome;

    /// <param name="Field">The form's field, where it is one.</param>
    public sealed record Refused(string Reason, string? Field = null) : ArticleOutcome;

    /// <summary>Another article has this address.</summary>
    public sealed record SlugTaken : ArticleOutcome;

    /// <summary>Only these people, supervisors and administrators publish there, and change what is published.</summary>
    public sealed record NotReviewer(string Names) : ArticleOutcome;

    /// <summary>Comments nobody has settled: the author is asked before it is published.</summary>
    public sealed record OpenComments(int Count) : ArticleOutcome;

    /// <param name="Name">No organization has it.</param>
    public sealed record UnknownOrganization(string Name) : ArticleOutcome;

    /// <summary>The Markdown is nested deeper than the desk reads.</summary>
    public sealed record TooDeep : ArticleOutcome;

    public sealed record NotThere : ArticleOutcome;
}
