namespace Helpdesk.Mail.Mime;

/// <summary>Message identifiers in Message-ID, In-Reply-To and References.</summary>
public static class MessageIds
{
    /// <summary>Every identifier in angle brackets, without them; words with an at sign when there are no brackets.</summary>
    /// <param name="max">The newest (last) ones are kept.</param>
    public static IReadOnlyList<string> Parse(string? header, int max)
    {
        if (string.IsNullOrWhiteSpace(header))
            return [];
        var found = new List<string>();
        var at = 0;
        while (at < header.Length)
        {
            var open = header.IndexOf('<', at);
            var close = open < 0 ? -1 : header.IndexOf('>', open);
            if (close < 0)
                break;
            // "<a <b@c>": the inner one is the identifier
            open = header.LastIndexOf('<', close - 1, close - open);
            var id = Squeeze(header.AsSpan(open + 1, close - open - 1));
            if (id.Length > 0)
                found.Add(id);
            at = close + 1;
        }
        if (found.Count == 0)
        {
            found.AddRange(
                header
                    .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                    .Where(w => w.Contains('@', StringComparison.Ordinal))
                    .Select(w => w.Trim('<', '>', ','))
            );
        }
        return found.Count <= max ? found : found.GetRange(found.Count - max, max);
    }

    /// <summary>The first identifier of a header, or null.</summary>
    public static string? First(string? header) =>
        Parse(header, int.MaxValue) is { Count: > 0 } found ? found[0] : null;

    /// <summary>The message's own identifier; a text without brackets and at sign is taken as it is.</summary>
    public static string? ParseOwn(string? header)
    {
        if (First(header) is { } found)
            return found;
        var text = Squeeze(header.AsSpan().Trim().Trim("<>"));
        return text.Length > 0 ? text : null;
    }

    private static string Squeeze(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny(" \t\r\n") < 0)
            return text.ToString();
        return string.Concat(text.ToString().Where(c => !char.IsWhiteSpace(c)));
    }
}
