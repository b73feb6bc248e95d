using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Helpdesk.Knowledge.Articles;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>A question of an article in a file.</summary>
public sealed record ArticleFileQuestion(string Text, QuestionSource Source);

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
/// <param name="Body">Markdown with \n line ends.</param>
public sealed record ArticleFile(
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
    DateTimeOffset? PublishAt,
    DateTimeOffset? ReviewAt,
    IReadOnlyList<ArticleFileQuestion> Questions,
    string Body
)
{
    private const string Fence = "---";

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file's text; <see cref="Read"/> makes an equal article of it.</summary>
    public string Write()
    {
        var file = new StringBuilder();
        file.Append(Fence).Append('\n');
        Fact(file, "title", Title);
        Fact(file, "slug", Slug);
        Fact(file, "summary", Summary);
        Fact(file, "language", Language);
        Fact(file, "state", State.ToString());
        Fact(file, "visibility", Visibility.ToString());
        if (Tiers.Count > 0)
            Fact(file, "tiers", Tiers);
        if (Organizations.Count > 0)
            Fact(file, "organizations", Organizations);
        if (Topic is not null)
            Fact(file, "topic", Topic);
        if (AlsoTopics.Count > 0)
            Fact(file, "alsoTopics", AlsoTopics);
        if (FormerAddresses.Count > 0)
            Fact(file, "formerAddresses", FormerAddresses);
        if (TranslationOf is not null)
            Fact(file, "translationOf", TranslationOf);
        if (IsBehind)
            Fact(file, "behind", "yes");
        if (PublishAt is { } publishAt)
            Fact(file, "publishAt", publishAt.ToString("O", CultureInfo.InvariantCulture));
        if (ReviewAt is { } reviewAt)
            Fact(file, "reviewAt", reviewAt.ToString("O", CultureInfo.InvariantCulture));
        foreach (var group in Questions.GroupBy(question => question.Source))
            Fact(file, $"questionsOf{group.Key}", group.Select(question => question.Text).ToList());
        return file.Append(Fence).Append("\n\n").Append(Body).Append('\n').ToString();
    }

    /// <summary>Reads a file of ours, or any Markdown: its title is then the first heading, and it is a draft.</summary>
    /// <param name="name">The file's name without its ending, for what the file does not say.</param>
    /// <exception cref="InvalidDataException">A fact is not of its kind; the message names it.</exception>
    public static ArticleFile Read(string text, string name)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var (facts, body) = Split(text);
        var title = facts.Text("title");
        if (title is null)
            (title, body) = TitleOf(body, name);
        var slug = facts.Text("slug") ?? Slugs.Of(name);
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
            facts.Instant("publishAt"),
            facts.Instant("reviewAt"),
            [
                .. Enum.GetValues<QuestionSource>()
                    .SelectMany(source =>
                        facts.List($"questionsOf{source}").Select(question => new ArticleFileQuestion(question, source))
                    ),
            ],
            body
        );
    }

    private static void Fact<T>(StringBuilder file, string name, T value) =>
        file.Append(name).Append(": ").Append(JsonSerializer.Serialize(value, Readable)).Append('\n');

    // one blank line and the last line end are the file's, not the article's
    private static (Facts Facts, string Body) Split(string text)
    {
        var facts = new Facts();
        if (!text.StartsWith(Fence + "\n", StringComparison.Ordinal))
            return (facts, text.Trim('\n'));
        var end = text.IndexOf("\n" + Fence + "\n", StringComparison.Ordinal);
        if (end < 0)
            return (facts, text.Trim('\n'));
        foreach (var line in text[(Fence.Length + 1)..(end + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#' && !char.IsWhiteSpace(line[0]))
                facts.Put(line[..colon].Trim(), line[(colon + 1)..].Trim());
        }
        var body = text[(end + Fence.Length + 2)..];
        body = body.StartsWith('\n') ? body[1..] : body;
        return (facts, body.EndsWith('\n') ? body[..^1] : body);
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

    private sealed class Facts
    {
        private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

        public void Put(string name, string value) => _values[name] = value;

        public string? Text(string name) =>
            !_values.TryGetValue(name, out var value) || value.Length == 0 ? null
            : value[0] == '"' ? Json<string>(name, value)
            : value.Trim('\'');

        public IReadOnlyList<string> List(string name) =>
            _values.TryGetValue(name, out var value) && value.Length > 0 ? Json<List<string>>(name, value) : [];

        public TEnum Choice<TEnum>(string name, TEnum otherwise)
            where TEnum : struct, Enum =>
            Text(name) is not { } text ? otherwise
            : Enum.TryParse<TEnum>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
            : throw new InvalidDataException(
                $"{name} is \"{text}\"; it can be {string.Join(", ", Enum.GetNames<TEnum>())}."
            );

        public DateTimeOffset? Instant(string name) =>
            Text(name) is not { } text ? null
            : DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var instant
            )
                ? instant.ToUniversalTime()
            : throw new InvalidDataException($"{name} is \"{text}\", which is no date.");

        private static T Json<T>(string name, string value)
        {
            try
            {
                return JsonSerializer.Deserialize<T>(value) ?? throw new InvalidDataException($"{name} has no value.");
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"{name} cannot be read: {exception.Message}", exception);
            }
        }
    }
}
