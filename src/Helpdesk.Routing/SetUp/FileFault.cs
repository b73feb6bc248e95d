using System.Text.Json;

namespace Helpdesk.Routing.SetUp;

/// <summary>What is wrong with a file that people write, in words that name nothing of ours.</summary>
internal static class FileFault
{
    /// <returns>A sentence with the line, the entry and the problem: <c>Line 3, colour: nothing here is called 'colour'.</c></returns>
    public static string Of(JsonException wrong)
    {
        var where = wrong.LineNumber is { } line ? $"Line {line + 1}" : "The file";
        var at = wrong.Path is { Length: > 1 } path ? $", {path[2..]}" : "";
        var problem =
            Behind(wrong.Message, "including: ") is { } missing ? $"without {missing}"
            : Behind(wrong.Message, "The JSON property ") is { } name ? $"nothing here is called {name.Split(' ')[0]}"
            : Behind(wrong.Message, "Duplicate property '") is { } twice ? $"{twice.Split('\'')[0]} is given twice"
            : "this cannot be read";
        return $"{where}{at}: {problem}.";
    }

    private static string? Behind(string message, string words) =>
        message.IndexOf(words, StringComparison.Ordinal) is >= 0 and var at
            ? message[(at + words.Length)..].Split('.')[0]
            : null;
}
