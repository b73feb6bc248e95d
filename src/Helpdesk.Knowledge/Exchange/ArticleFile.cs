using System.Globalization;
using System.Text.RegularExpressions;
using Helpdesk.Knowledge.Articles;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>A question of an article in a file.</summary>
public sealed record ArticleFileQuestion(string Text, QuestionSource Source);

/// <summary>A picture or file of an article.</summary>
/// <param name="Path">Where it lies, seen from the article's file, with forward slashes.</param>
/// <param name="Name">What people call it.</param>
public sealed record ArticleFilePath(string Path, string Name);

/// <summary>
/// An article as a Markdown file: its facts between two lines of three hyphens, then its text. A fact is a name, a colon and a JSON value
/// on one line, which is also YAML, so that other programs read it.
/// </summary>
/// <param name="Tiers">Names of the tiers that it is for, where it is for chosen customers.</param>
/// <param name="Organizations">Names of the organizations that it is for.</param>
/// <param name="Topic">Key of the main topic; null = none.</param>
/// <param name="AlsoTopics">Keys of further topics.</param>
/// <param name="FormerAddresses">Slugs that lead to it still.</param>
/// <param name="TranslationOf">Slug of the article that it translates; null = none.</param>
/// <param name="IsBehind">That article has changed since.</param>
/// <param name="Owner">E-mail address of who keeps it true; null = nobody, or not said.</param>
/// <param name="Files">Its pictures and files, shown or not.</param>
/// <param name="Body">Markdown with \n line ends.</param>
public sealed partial record ArticleFile(
    string Slug,
    string Title,
    string Summary,
    string Language,
    ArticleState State,
    ArticleVisibility Visibility,
    IReadOnlyList<string> Tiers,
    IReadOnlyList<string> Organizations,
    string? Topic,
    IReadOnlyList<string> AlsoTopics,
    IReadOnlyList<string> FormerAddresses,
    string? TranslationOf,
    bool IsBehind,
    string? Owner,
    DateTimeOffset? PublishAt,
    DateTimeOffset? ReviewAt,
    IReadOnlyList<ArticleFileQuestion> Questions,
    IReadOnlyList<ArticleFilePath> Files,
    string Body
)
{
    /// <summary>The file's text; <see cref="Read"/> makes an equal article of it.</summary>
    public string Write()
    {
        var file = new FrontMatterText();
        file.Fact("title", Title);
        file.Fact("slug", Slug);
        file.Fact("summary", Summary);
        file.Fact("language", Language);
        file.Fact("state", State.ToString());
        file.Fact("visibility", Visibility.ToString());
        if (Tiers.Count > 0)
            file.Fact("tiers", Tiers);
        if (Organizations.Count > 0)
            file.Fact("organizations", Organizations);
        if (Topic is not null)
            file.Fact("topic", Topic);
        if (AlsoTopics.Count > 0)
            file.Fact("alsoTopics", AlsoTopics);
        if (FormerAddresses.Count > 0)
            file.Fact("formerAddresses", FormerAddresses);
        if (TranslationOf is not null)
            file.Fact("translationOf", TranslationOf);
        if (IsBehind)
            file.Fact("behind", "yes");
        if (Owner is not null)
            file.Fact("owner", Owner);
        if (PublishAt is { } publishAt)
            file.Fact("publishAt", publishAt.ToString("O", CultureInfo.InvariantCulture));
        if (ReviewAt is { } reviewAt)
            file.Fact("reviewAt", reviewAt.ToString("O", CultureInfo.InvariantCulture));
        foreach (var group in Questions.GroupBy(question => question.Source))
            file.Fact($"questionsOf{group.Key}", group.Select(question => question.Text).ToList());
        if (Files.Count > 0)
            file.Fact("files", Files);
        return file.With(Body);
    }

    /// <summary>Reads a file of ours, or any Markdown: its title is then the first heading, and it is a draft.</summary>
    /// <param name="name">The file's name without its ending, for what the file does not say.</param>
    /// <exception cref="InvalidDataException">A fact is not of its kind; the message names it.</exception>
    public static ArticleFile Read(string text, string name)
    {
        var (facts, body) = FrontMatter.Split(text);
        var title = facts.Text("title");
        if (title is null)
            (title, body) = TitleOf(body, name);
        var slug = facts.Text("slug");
        if (slug is null)
            (slug, body) = (Slugs.Of(name), OtherFile().Replace(body, m => $"]({Slugs.Of(m.Groups["name"].Value)})"));
        return new(
            slug.Length > 0 ? slug : Slugs.Of(title),
            title,
            facts.Text("summary") ?? facts.Text("description") ?? "",
            facts.Text("language") ?? facts.Text("lang") ?? "en",
            facts.Choice("state", ArticleState.Draft),
            facts.Choice("visibility", ArticleVisibility.Public),
            facts.List("tiers"),
            facts.List("organizations"),
            facts.Text("topic"),
            facts.List("alsoTopics"),
            facts.List("formerAddresses"),
            facts.Text("translationOf"),
            facts.Text("behind") is "yes" or "true",
            facts.Text("owner"),
            facts.Instant("publishAt"),
            facts.Instant("reviewAt"),
            [
                .. Enum.GetValues<QuestionSource>()
                    .SelectMany(source =>
                        facts.List($"questionsOf{source}").Select(question => new ArticleFileQuestion(question, source))
                    ),
            ],
            [.. facts.List<ArticleFilePath?>("files").OfType<ArticleFilePath>().Where(f => f.Path is not null)],
            body
        );
    }

    private static (string Title, string Body) TitleOf(string body, string name)
    {
        var start = body.AsSpan().TrimStart('\n');
        if (!start.StartsWith("# "))
            return (name.Replace('-', ' ').Replace('_', ' ').Trim(), body);
        var end = start.IndexOf('\n');
        var heading = end < 0 ? start : start[..end];
        return (heading[2..].Trim().Trim('#').Trim().ToString(), end < 0 ? "" : start[end..].ToString().Trim('\n'));
    }

    // what links to a neighbour's file leads to the article that it becomes
    [GeneratedRegex(
        @"\]\(([^\s()<>:#]*/)?(?<name>[^\s()<>:#/]+)\.(md|markdown)(#[^\s()<>]*)?\)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex OtherFile();
}
