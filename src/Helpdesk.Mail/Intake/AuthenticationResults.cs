using System.Text;
using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake;

/// <summary>What a receiving server found out about a mail's sender (RFC 8601). Only the named server is believed, and only its topmost line.</summary>
public static class AuthenticationResults
{
    public const string Header = "Authentication-Results";

    /// <param name="receiver">The name of the server that is believed.</param>
    /// <param name="domain">The domain of the From address.</param>
    /// <returns>Whether DMARC passed; where the server did not ask it, whether DKIM or SPF did for this very domain.</returns>
    public static bool Pass(HeaderBlock headers, string receiver, string domain)
    {
        foreach (var value in headers.All(Header))
        {
            var parts = WithoutComments(value).Split(';');
            var name = parts[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("");
            if (!name.Equals(receiver, StringComparison.OrdinalIgnoreCase))
                continue;
            // lines further down may be anybody's
            var results = parts.Skip(1).ToList();
            var verdicts = results.FindAll(IsDmarc);
            return verdicts.Count > 0
                ? verdicts.TrueForAll(p => IsPass(p, domain))
                : results.Exists(p => IsPass(p, domain));
        }
        return false;
    }

    // also where blanks stand before the sign, or the version behind the name
    private static bool IsDmarc(string result) =>
        result.AsSpan().TrimStart().StartsWith("dmarc", StringComparison.OrdinalIgnoreCase);

    private static bool IsPass(string result, string domain)
    {
        string? method = null;
        var isOurs = false;
        var isForeign = false;
        foreach (var word in result.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            var (name, value) = (word[..equals].ToLowerInvariant(), word[(equals + 1)..].Trim('"'));
            if (method is null)
            {
                if (!value.Equals("pass", StringComparison.OrdinalIgnoreCase))
                    return false;
                method = name.Split('/')[0];
            }
            else if (IsAbout(method, name))
            {
                var about = value[(value.LastIndexOf('@') + 1)..];
                isOurs |= about.Equals(domain, StringComparison.OrdinalIgnoreCase);
                isForeign |= !about.Equals(domain, StringComparison.OrdinalIgnoreCase);
            }
        }
        // a server that ran DMARC compared the domains itself; it need not name them
        return !isForeign && (isOurs || method is "dmarc");
    }

    private static bool IsAbout(string method, string property) =>
        (method, property) is ("dmarc", "header.from") or ("dkim", "header.d") or ("spf", "smtp.mailfrom");

    /// <summary>Comments and what is quoted may hold anything, also what looks like a result or the domain of an address.</summary>
    private static string WithoutComments(string value)
    {
        var text = new StringBuilder(value.Length);
        var (depth, isQuoted) = (0, false);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == '\\' && (isQuoted || depth > 0))
            {
                i++; // what is escaped is not looked at, and is in no name that matters
                continue;
            }
            if (c == '"' && depth == 0)
                isQuoted = !isQuoted;
            else if (c == '(' && !isQuoted)
                depth++;
            else if (c == ')' && depth > 0 && !isQuoted)
                depth--;
            else if (depth == 0)
                text.Append(isQuoted && (c is ';' or '=' or '@' || char.IsWhiteSpace(c)) ? '_' : c);
        }
        return text.ToString();
    }
}
