namespace Helpdesk.Mail.Smtp;

/// <summary>One command line taken apart: an upper-case verb and what follows it.</summary>
public readonly record struct SmtpCommand(string Verb, string Argument)
{
    public static SmtpCommand Parse(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0
            ? new(line.ToUpperInvariant(), "")
            : new(line[..space].ToUpperInvariant(), line[(space + 1)..].Trim(' '));
    }
}

/// <summary>The argument of MAIL or RCPT: <c>FROM:&lt;address&gt; KEY=VALUE …</c>.</summary>
/// <param name="Address">Without brackets and source route, empty for <c>&lt;&gt;</c>.</param>
public sealed record SmtpPath(string Address, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    public const int MaxAddressLength = 320;

    /// <param name="argument">As received, without the verb.</param>
    /// <param name="keyword"><c>FROM:</c> or <c>TO:</c>; compared without case.</param>
    /// <returns>Null when it is not a path as RFC 5321 (4.1.2) writes it; a space after the colon is forgiven.</returns>
    public static SmtpPath? Parse(string argument, string keyword)
    {
        if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = argument.AsSpan(keyword.Length).TrimStart(' ');
        if (rest.IsEmpty || rest[0] != '<' || FindEnd(rest) is not (> 0 and var end))
            return null;
        var address = rest[1..end];
        if (address.StartsWith("@") && address.IndexOf(':') is >= 0 and var route)
            address = address[(route + 1)..];
        if (!IsAddress(address))
            return null;
        return ParseParameters(rest[(end + 1)..]) is { } parameters ? new(address.ToString(), parameters) : null;
    }

    // the first '>' outside a quoted local part
    private static int FindEnd(ReadOnlySpan<char> path)
    {
        var quoted = false;
        for (var at = 1; at < path.Length; at++)
        {
            switch (path[at])
            {
                case '\\' when quoted:
                    at++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '>' when !quoted:
                    return at;
            }
        }
        return -1;
    }

    private static bool IsAddress(ReadOnlySpan<char> address)
    {
        if (address.Length > MaxAddressLength)
            return false;
        foreach (var c in address)
        {
            if (char.IsControl(c) || c is '<' or '>')
                return false;
        }
        if (address.StartsWith("\""))
            return address.LastIndexOf("\"@") > 0 && !address.EndsWith("@");
        return address.IndexOfAny(' ', '"', '\\') < 0 && address.IndexOf('@') != 0 && !address.EndsWith("@");
    }

    private static List<KeyValuePair<string, string>>? ParseParameters(ReadOnlySpan<char> rest)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        if (!rest.IsEmpty && rest[0] != ' ')
            return null;
        foreach (var range in rest.Split(' '))
        {
            var word = rest[range];
            if (word.IsEmpty)
                continue;
            var equals = word.IndexOf('=');
            parameters.Add(
                equals < 0
                    ? new(word.ToString().ToUpperInvariant(), "")
                    : new(word[..equals].ToString().ToUpperInvariant(), word[(equals + 1)..].ToString())
            );
        }
        return parameters;
    }
}
