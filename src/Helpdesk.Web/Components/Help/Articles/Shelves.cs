using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Topics;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>An article in a list.</summary>
/// <param name="IsNew">Not changed since it was published.</param>
public sealed record ArticleLine(string Slug, string Title, string Summary, DateTimeOffset UpdatedAt, bool IsNew);

/// <summary>What the home page shows.</summary>
/// <param name="Asked">The topics asked about most in the last 28 days.</param>
/// <param name="Helped">The articles that helped most.</param>
public sealed record HomeShelf(
    IReadOnlyList<AreaTile> Areas,
    IReadOnlyList<Topic> Asked,
    IReadOnlyList<ArticleLine> Helped,
    IReadOnlyList<ArticleLine> Changed
);

/// <param name="Answers">Articles whose main topic lies in the area.</param>
public sealed record AreaTile(Topic Area, int Answers);

/// <summary>What the page of an area or topic shows.</summary>
/// <param name="Area">The topic's area; the topic itself when it is one.</param>
/// <param name="Groups">An area has one for each topic with articles, a topic one.</param>
/// <param name="Siblings">The area's other topics.</param>
public sealed record TopicShelf(
    Topic Topic,
    Topic Area,
    IReadOnlyList<TopicGroup> Groups,
    IReadOnlyList<Topic> Siblings
);

public sealed record TopicGroup(Topic Topic, IReadOnlyList<ArticleLine> Articles);

/// <param name="IsSource">It is what the others are translations of.</param>
public sealed record ArticleTranslation(string Language, string Slug, bool IsSource);

/// <summary>An article to be read.</summary>
public sealed record ReadArticle
{
    public required long Id { get; init; }
    public required string Slug { get; init; }
    public required string Title { get; init; }
    public required string Summary { get; init; }
    public required string Language { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>False for what only some customers may read: search engines and chat programs are told nothing of it.</summary>
    public required bool IsForEverybody { get; init; }
    public required Topic? Topic { get; init; }

    /// <summary>The same in other languages, of what this reader may see.</summary>
    public required IReadOnlyList<ArticleTranslation> Translations { get; init; }

    /// <summary>It is a translation, and what it translates has changed since.</summary>
    public required bool IsBehind { get; init; }

    /// <summary>The language that the reader asked for and that this is not in; null where there is nothing to say.</summary>
    public required string? MissesLanguage { get; init; }
    public required IReadOnlyList<ArticleSection> Sections { get; init; }

    /// <summary>Time to read it, at 200 words a minute; at least 1.</summary>
    public required int Minutes { get; init; }
    public required IReadOnlyList<ArticleLine> Related { get; init; }
}
