using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>
/// The facts at the beginning of a Markdown file, between two lines of three hyphens: a name, a colon and a JSON value on one line, which is
/// also YAML, so that other programs read it.
/// </summary>
internal sealed class FrontMatter
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    private FrontMatter() { }

    /// <summary>A file's facts and its text; one blank line and the last line end are the file's, not the text's.</summary>
    public static (FrontMatter Facts, string Body) Split(string text)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var facts = new FrontMatter();
        if (!text.StartsWith(FrontMatterText.Fence + "\n", StringComparison.Ordinal))
            return (facts, text.Trim('\n'));
        var end = text.IndexOf("\n" + FrontMatterText.Fence + "\n", StringComparison.Ordinal);
        if (end < 0)
            return (facts, text.Trim('\n'));
        foreach (
            var line in text[(FrontMatterText.Fence.Length + 1)..(end + 1)]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#' && !char.IsWhiteSpace(line[0]))
                facts._values[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }
        var body = text[(end + FrontMatterText.Fence.Length + 2)..];
        body = body.StartsWith('\n') ? body[1..] : body;
        return (facts, body.EndsWith('\n') ? body[..^1] : body);
    }

    public string? Text(string name) =>
        !_values.TryGetValue(name, out var value) || value.Length == 0 ? null
        : value[0] == '"' ? Json<string>(name, value)
        : value.Trim('\'');

    public IReadOnlyList<string> List(string name) => List<string>(name);

    public IReadOnlyList<T> List<T>(string name) =>
        _values.TryGetValue(name, out var value) && value.Length > 0 ? Json<List<T>>(name, value) : [];

    public TEnum Choice<TEnum>(string name, TEnum otherwise)
        where TEnum : struct, Enum =>
        Text(name) is not { } text ? otherwise
        : Enum.TryParse<TEnum>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
        : throw new InvalidDataException(
            $"{name} is \"{text}\"; it can be {string.Join(", ", Enum.GetNames<TEnum>())}."
        );

    public DateTimeOffset? Instant(string name) =>
        Text(name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUniversalTime()
        : throw new InvalidDataException($"{name} is \"{text}\", which is no date.");

    private static T Json<T>(string name, string value)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(value, FrontMatterText.Readable)
                ?? throw new InvalidDataException($"{name} has no value.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{name} cannot be read: {exception.Message}", exception);
        }
    }
}

/// <summary>The same, written.</summary>
internal sealed class FrontMatterText
{
    public const string Fence = "---";

    public static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly StringBuilder _text = new(Fence + "\n");

    public void Fact<T>(string name, T value) =>
        _text.Append(name).Append(": ").Append(JsonSerializer.Serialize(value, Readable)).Append('\n');

    /// <summary>The whole file.</summary>
    public string With(string body) => _text.Append(Fence).Append("\n\n").Append(body).Append('\n').ToString();
}
