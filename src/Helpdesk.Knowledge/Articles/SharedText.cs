using System.Text.RegularExpressions;
using Helpdesk.Tickets;

namespace Helpdesk.Knowledge.Articles;

public enum SharedTextKind
{
    /// <summary>A passage that articles show by its name: changed once, changed in all of them.</summary>
    Snippet,

    /// <summary>What a new article may begin with; copied, and from then on the article's own.</summary>
    Template,
}

/// <summary>Text that authors share.</summary>
public sealed partial class SharedText
{
    public const int MaxNameLength = 60;
    public const int MaxBodyLength = 20_000;

    private SharedText() { }

    public SharedText(SharedTextKind kind, string name, string body, Actor author, DateTimeOffset now)
    {
        Kind = kind;
        Write(name, body, author, now);
    }

    public int Id { get; private set; }
    public SharedTextKind Kind { get; private set; }

    /// <summary>Unique among its kind: of a snippet lower-case letters, digits and hyphens, of a template any line.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Markdown; of a snippet it may show other snippets.</summary>
    public string Body { get; private set; } = "";
    public string AuthorName { get; private set; } = "";
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Row version.</summary>
    public int Version { get; private set; }

    /// <exception cref="RuleViolationException">The name is not one, or the body is empty or too long.</exception>
    public void Write(string name, string body, Actor author, DateTimeOffset now)
    {
        name = Text.OneLine(name, MaxNameLength);
        if (name.Length == 0 || (Kind is SharedTextKind.Snippet && !SnippetName().IsMatch(name)))
            throw new RuleViolationException(
                "A snippet's name is made of lower-case letters, digits and single hyphens, such as opening-hours."
            );
        if (string.IsNullOrWhiteSpace(body) || body.Length > MaxBodyLength)
            throw new RuleViolationException($"The text is empty or longer than {MaxBodyLength:N0} characters.");
        (Name, Body) = (name, body.ReplaceLineEndings("\n").Trim('\n'));
        (AuthorName, UpdatedAt) = (author.Name, now);
        Version++;
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SnippetName();
}
