using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// Mailboxes of an address header (RFC 5322), groups flattened. Reads unquoted commas in names, missing brackets,
/// semicolons as separators, comments as names, and bare addresses with text around them.
/// </summary>
public static class AddressList
{
    /// <param name="header">Unfolded, encoded words not decoded.</param>
    /// <param name="max">Mailboxes returned; the rest is only counted.</param>
    /// <param name="total">How many mailboxes the header has.</param>
    public static IReadOnlyList<Mailbox> Parse(string? header, int max, out int total)
    {
        total = 0;
        if (string.IsNullOrWhiteSpace(header))
            return [];
        var reader = new Reader(header, max);
        reader.ReadAll();
        total = reader.Total;
        return reader.Found;
    }

    public static IReadOnlyList<Mailbox> Parse(string? header) =>
        Parse(header, MailLimits.Default.MaxAddressesPerHeader, out _);

    private sealed class Reader(string header, int max)
    {
        /// <summary>Text outside brackets with its quotes: an address without brackets is found in it.</summary>
        private readonly StringBuilder raw = new();

        /// <summary>The same text as a person reads it.</summary>
        private readonly StringBuilder display = new();
        private string? address;
        private string? comment;
        private bool bracketsClose = true;
        private bool commentsClose = true;
        private bool quotesClose = true;

        /// <summary>An at sign stands in the current text outside brackets.</summary>
        private bool signSeen;
        private int at;

        public List<Mailbox> Found { get; } = [];
        public int Total { get; private set; }

        public void ReadAll()
        {
            while (at < header.Length)
            {
                switch (header[at])
                {
                    case '"' when quotesClose && ReadQuoted():
                    case '(' when commentsClose && ReadComment():
                    case '=' when ReadEncodedWord():
                        break;
                    case '<':
                        ReadBracketed();
                        break;
                    case ',':
                        at++;
                        EndMailbox(mayContinue: true);
                        break;
                    case ';':
                        at++;
                        EndMailbox(mayContinue: false);
                        break;
                    case ':' when address is null && !signSeen:
                        at++;
                        Clear(); // what stood here was the name of a group
                        break;
                    default:
                        Append(header[at++]);
                        break;
                }
            }
            EndMailbox(mayContinue: false);
        }

        private void Append(char c)
        {
            signSeen |= c == '@';
            raw.Append(c);
            display.Append(c);
        }

        private bool ReadQuoted()
        {
            var text = new StringBuilder();
            var i = at + 1;
            for (; i < header.Length && header[i] != '"'; i++)
            {
                if (header[i] == '\\' && i + 1 < header.Length)
                    i++;
                text.Append(header[i]);
            }
            if (i >= header.Length)
            {
                quotesClose = false;
                at++; // an opening quote alone means nothing
                return true;
            }
            raw.Append(header, at, i + 1 - at);
            display.Append(text);
            at = i + 1;
            return true;
        }

        private bool ReadComment()
        {
            var depth = 0;
            for (var i = at; i < header.Length; i++)
            {
                var c = header[i];
                if (c == '\\')
                    i++;
                else if (c == '(')
                    depth++;
                else if (c == ')' && --depth == 0)
                {
                    comment = header[(at + 1)..i];
                    if (address is null && raw.Length > 0)
                    {
                        // in the middle of a name the comment belongs to what people read
                        display.Append('(').Append(comment).Append(')');
                        raw.Append(' ');
                    }
                    at = i + 1;
                    return true;
                }
            }
            commentsClose = false;
            return false;
        }

        private bool ReadEncodedWord()
        {
            if (at + 1 >= header.Length || header[at + 1] != '?')
                return false;
            var end = HeaderText.EndOfWord(header, at);
            if (end < 0)
                return false;
            raw.Append(header, at, end - at);
            display.Append(header, at, end - at);
            at = end;
            return true;
        }

        private void ReadBracketed()
        {
            var close = bracketsClose ? header.IndexOf('>', at) : -1;
            bracketsClose = close >= 0;
            if (close < 0)
            {
                close = header.AsSpan(at).IndexOfAny(',', ';');
                close = close < 0 ? header.Length : at + close;
            }
            var content = header[(at + 1)..close];
            at = Math.Min(header.Length, close + (bracketsClose ? 1 : 0));
            while (at < header.Length && header[at] == '>')
                at++;
            if (address is null)
                address = CleanAddress(content);
            else if (!address.Contains('@', StringComparison.Ordinal))
            {
                // "<Name> <user@host>": the first was a name in brackets
                display.Append(address);
                address = CleanAddress(content);
            }
        }

        private void EndMailbox(bool mayContinue)
        {
            var text = raw.ToString();
            if (address is null)
            {
                if (string.IsNullOrWhiteSpace(text))
                {
                    Clear();
                    return;
                }
                // "Smith, John <j@example.org>": a comma in an unquoted name, when a bracket follows before the next one
                if (mayContinue && !text.Contains('@', StringComparison.Ordinal) && NameGoesOn())
                {
                    Append(',');
                    return;
                }
                SplitBare(text);
            }
            Add();
            Clear();
        }

        private bool NameGoesOn()
        {
            var rest = header.AsSpan(at);
            var next = rest.IndexOfAny(",;<");
            if (next < 0 || rest[next] != '<')
                return false;
            var name = rest[..next];
            return !name.Contains('@') && !name.IsWhiteSpace() && !name.Contains('"');
        }

        private void SplitBare(string text)
        {
            var sign = text.IndexOf('@', StringComparison.Ordinal);
            if (sign < 0)
            {
                var bare = text.Trim();
                var isWord =
                    !bare.Any(char.IsWhiteSpace)
                    && !bare.Contains("=?", StringComparison.Ordinal)
                    && !bare.Contains('"', StringComparison.Ordinal);
                var quoted = display.ToString();
                if (isWord)
                {
                    address = bare;
                    display.Clear();
                }
                else
                {
                    address = "";
                    display.Clear().Append(quoted);
                }
                return;
            }
            if (text.TrimStart().StartsWith('"') && text.TrimEnd().EndsWith('"'))
            {
                address = CleanAddress(display.ToString());
                display.Clear();
                return;
            }
            // the word around the sign, a quoted local part included
            var start = sign;
            if (start > 0 && text[start - 1] == '"')
            {
                start--;
                while (start > 0 && text[start - 1] != '"')
                    start--;
                start = Math.Max(0, start - 1);
            }
            else
            {
                while (start > 0 && !char.IsWhiteSpace(text[start - 1]))
                    start--;
            }
            var end = sign + 1;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            address = CleanAddress(text[start..end]);
            display.Clear().Append(text.AsSpan(0, start).Trim().Trim('"'));
            if (display.Length > 0)
                comment = null;
        }

        private void Add()
        {
            Total++;
            if (Found.Count >= max)
                return;
            var name = display.ToString().Trim();
            if (name.Length == 0 && comment is not null)
                name = comment.Trim();
            name = HeaderText.Clean(HeaderText.Decode(name));
            name = string.Join(' ', name.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
            if (name.Length > 1 && name[0] == '\'' && name[^1] == '\'')
                name = name[1..^1];
            var where = HeaderText.Clean(HeaderText.Decode(address ?? ""));
            // the whole mailbox inside one encoded word
            if (where.Length == 0 && name.Contains('<', StringComparison.Ordinal) && name.EndsWith('>'))
            {
                var bracket = name.LastIndexOf('<');
                where = CleanAddress(name[(bracket + 1)..^1]);
                name = name[..bracket].Trim().Trim('"');
            }
            Found.Add(new Mailbox(name, where));
        }

        private void Clear()
        {
            raw.Clear();
            display.Clear();
            (address, comment, signSeen) = (null, null, false);
        }

        private static string CleanAddress(string text)
        {
            var kept = new StringBuilder(text.Length);
            var quoted = false;
            var depth = 0;
            foreach (var c in text)
            {
                if (c == '"')
                    quoted = !quoted;
                if (!quoted && c == '(')
                    depth++;
                if (depth == 0 && (quoted || !char.IsWhiteSpace(c) && c is not ('<' or '>')))
                    kept.Append(c);
                if (!quoted && c == ')' && depth > 0)
                    depth--;
            }
            var result = kept.ToString();
            // an old source route: @relay,@other:user@host
            if (result.StartsWith('@') && result.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
                result = result[(colon + 1)..];
            if (result.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
                result = result["mailto:".Length..];
            return result;
        }
    }
}
