using System.Globalization;
using System.Text;

namespace Helpdesk.Mail.Imap;

/// <summary>One value of a response: an atom, a string, a list, or nothing (NIL).</summary>
/// <param name="Bytes">Of an atom or string; empty for a list, null for NIL.</param>
/// <param name="Items">Of a list.</param>
/// <param name="OmittedBytes">Length of a string that was longer than the reader wanted and was passed over; else 0.</param>
internal sealed record ImapValue(byte[]? Bytes, IReadOnlyList<ImapValue>? Items = null, long OmittedBytes = 0)
{
    public static ImapValue Nil { get; } = new(Bytes: null);

    public string Text => Bytes is null ? "" : Encoding.UTF8.GetString(Bytes);

    /// <returns>Null when it is no number of 32 bits without sign, which is all that IMAP counts with.</returns>
    public uint? Number =>
        uint.TryParse(Bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public bool Is(string atom) =>
        Bytes is { } bytes && Ascii.EqualsIgnoreCase(bytes, (ReadOnlySpan<char>)atom) && OmittedBytes == 0;
}

/// <summary>A line of the server with all its literals.</summary>
/// <param name="Tag"><c>*</c>, <c>+</c>, or the tag of a command.</param>
/// <param name="Values">Data of an untagged response; of a status (OK, NO, BAD, BYE, PREAUTH) only that word.</param>
/// <param name="Code">What stood in brackets behind a status, e.g. UIDVALIDITY 3; empty when nothing did.</param>
/// <param name="Text">Words for people behind a status or a continuation.</param>
/// <param name="Numbers">Of a SEARCH response; null for others.</param>
internal sealed record ImapResponse(
    string Tag,
    IReadOnlyList<ImapValue> Values,
    IReadOnlyList<ImapValue> Code,
    string Text,
    IReadOnlyList<uint>? Numbers = null,
    bool NumbersCut = false
)
{
    public bool IsStatus(string word) => Values.Count > 0 && Values[0].Is(word);

    public bool HasCode(string word) => Code.Count > 0 && Code[0].Is(word);
}

/// <summary>
/// Reads what a server says (RFC 3501, 7 and 9), within limits that hold before anything is kept: bytes of a line, values of a response, depth of lists,
/// length of strings. Beyond them it throws; strings that are merely longer than wanted are passed over and counted.
/// </summary>
internal sealed class ImapReader(Stream stream)
{
    public const int MaxNumbers = 100_000;
    private const int MaxLineBytes = 2 * 1024 * 1024;
    private const int MaxValues = 10_000;
    private const int MaxDepth = 20;
    private const int MaxTextBytes = 4096;
    private const int MaxOtherBytes = 1024 * 1024;
    private const long MaxOmittedBytes = 4L * 1024 * 1024 * 1024;
    private static readonly byte[] NilWord = "NIL"u8.ToArray();

    private readonly byte[] buffer = new byte[16 * 1024];
    private readonly List<byte> piece = new(256);
    private int at;
    private int filled;
    private int lineBytes;
    private int values;
    private long keptBytes;

    /// <summary>Strings up to this length are kept; all that is kept of one response is at most a megabyte more.</summary>
    public int MaxStringBytes { get; set; } = 64 * 1024;

    /// <summary>Called at each arrival of bytes; may throw.</summary>
    public Action? Arrived { get; set; }

    /// <summary>Whether something was received and not read.</summary>
    public bool HasMore => at < filled;

    /// <exception cref="ImapException">Nonsense, or the connection is over.</exception>
    public async ValueTask<ImapResponse> ReadAsync(CancellationToken cancellationToken)
    {
        (lineBytes, values, keptBytes) = (0, 0, 0);
        var tag = await WordAsync(cancellationToken);
        if (tag == "+")
        {
            await SkipBlankAsync(cancellationToken);
            return new(tag, [], [], await RestAsync(cancellationToken));
        }
        await SkipBlankAsync(cancellationToken);
        var first = await WordAsync(cancellationToken);
        if (first.Length == 0)
            throw Nonsense("an empty response");
        if (first.ToUpperInvariant() is "OK" or "NO" or "BAD" or "BYE" or "PREAUTH")
            return await StatusAsync(tag, first, cancellationToken);
        if (first.Equals("SEARCH", StringComparison.OrdinalIgnoreCase))
            return await NumbersAsync(tag, first, cancellationToken);
        var all = new List<ImapValue> { Atom(first) };
        await ListAsync(all, closes: '\n', depth: 0, cancellationToken);
        return new(tag, all, [], "");
    }

    private async ValueTask<ImapResponse> StatusAsync(string tag, string word, CancellationToken cancellationToken)
    {
        await SkipBlankAsync(cancellationToken);
        var code = new List<ImapValue>();
        if (await PeekAsync(cancellationToken) == '[')
        {
            at++;
            await ListAsync(code, closes: ']', depth: 0, cancellationToken);
            await SkipBlankAsync(cancellationToken);
        }
        return new(tag, [Atom(word)], code, await RestAsync(cancellationToken));
    }

    private async ValueTask<ImapResponse> NumbersAsync(string tag, string word, CancellationToken cancellationToken)
    {
        var numbers = new List<uint>();
        var cut = false;
        while (true)
        {
            await SkipBlankAsync(cancellationToken);
            var next = await PeekAsync(cancellationToken);
            if (next is '\r' or '\n')
                break;
            (lineBytes, keptBytes) = (0, 0); // a million numbers are no long line
            if (next == '(')
            {
                // RFC 7162: the highest modification sequence of what was found
                at++;
                await ListAsync([], closes: ')', depth: 1, cancellationToken);
                continue;
            }
            if (Atom(await WordAsync(cancellationToken)).Number is not { } number)
                throw Nonsense("a search result that is no number");
            if (numbers.Count < MaxNumbers)
                numbers.Add(number);
            else
                cut = true;
        }
        await RestAsync(cancellationToken);
        return new(tag, [Atom(word)], [], "", numbers, cut);
    }

    private async ValueTask ListAsync(List<ImapValue> items, int closes, int depth, CancellationToken cancellationToken)
    {
        if (depth > MaxDepth)
            throw Nonsense("lists inside one another without end");
        while (true)
        {
            await SkipBlankAsync(cancellationToken);
            var next = await PeekAsync(cancellationToken);
            if (next == '\r' && closes == '\n')
            {
                at++;
                continue;
            }
            if (next == closes)
            {
                at++;
                return;
            }
            if (next is '\r' or '\n')
                throw Nonsense("a line that ends within a list");
            if (++values > MaxValues)
                throw Nonsense("a response without end");
            items.Add(await ValueAsync(next, closes, depth, cancellationToken));
        }
    }

    private async ValueTask<ImapValue> ValueAsync(int next, int closes, int depth, CancellationToken cancellationToken)
    {
        switch (next)
        {
            case '(':
                at++;
                var items = new List<ImapValue>();
                await ListAsync(items, closes: ')', depth + 1, cancellationToken);
                return new(Bytes: [], items);
            case '"':
                at++;
                return await QuotedAsync(cancellationToken);
            case '{':
                at++;
                return await LiteralAsync(cancellationToken);
            case '~':
                at++; // literal8 of RFC 3516
                return Atom("");
            default:
                var atom = await AtomAsync(closes, cancellationToken);
                return Ascii.EqualsIgnoreCase(atom, NilWord) ? ImapValue.Nil : new(atom);
        }
    }

    private async ValueTask<byte[]> AtomAsync(int closes, CancellationToken cancellationToken)
    {
        piece.Clear();
        var brackets = 0;
        while (true)
        {
            var c = await PeekAsync(cancellationToken);
            // BODY[HEADER.FIELDS (FROM SUBJECT)]<0> is one name
            if (c == '[' && closes != ']')
                brackets++;
            else if (c == ']' && closes != ']')
                brackets--;
            else if (c is '\r' or '\n' || brackets <= 0 && (c is ' ' or '(' or ')' or '"' || c == closes))
                break;
            Take(c);
        }
        if (piece.Count == 0)
            throw Nonsense("a character out of place");
        return [.. piece];
    }

    private async ValueTask<ImapValue> QuotedAsync(CancellationToken cancellationToken)
    {
        piece.Clear();
        while (true)
        {
            var c = await PeekAsync(cancellationToken);
            if (c is '\r' or '\n')
                throw Nonsense("a quotation without end");
            if (c == '"')
            {
                at++;
                return new([.. piece]);
            }
            if (c == '\\')
            {
                at++;
                c = await PeekAsync(cancellationToken);
            }
            Take(c);
        }
    }

    private async ValueTask<ImapValue> LiteralAsync(CancellationToken cancellationToken)
    {
        piece.Clear();
        for (int c; (c = await PeekAsync(cancellationToken)) != '}'; )
        {
            if (c is not (>= '0' and <= '9' or '+') || piece.Count > 12)
                throw Nonsense("a literal without a length");
            Take(c);
        }
        at++;
        if (
            !long.TryParse(
                Encoding.ASCII.GetString([.. piece]).TrimEnd('+'),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var length
            )
            || length > MaxOmittedBytes
        )
            throw Nonsense("a literal of absurd length");
        await RestAsync(cancellationToken);
        if (length > MaxStringBytes)
        {
            await PassOverAsync(length, cancellationToken);
            return new([], OmittedBytes: length);
        }
        lineBytes = 0;
        Keep((int)length);
        return new(await BytesAsync((int)length, cancellationToken));
    }

    // room is made as bytes arrive: an announcement alone costs nothing
    private async ValueTask<byte[]> BytesAsync(int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Min(length, 256 * 1024)];
        var count = Math.Min(filled - at, length);
        if (count > bytes.Length)
            Array.Resize(ref bytes, count);
        buffer.AsSpan(at, count).CopyTo(bytes);
        at += count;
        while (count < length)
        {
            if (count == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(length, bytes.Length * 2L));
            var read = await stream.ReadAsync(bytes.AsMemory(count), cancellationToken);
            if (read == 0)
                throw Over();
            Arrived?.Invoke();
            count += read;
        }
        return bytes;
    }

    private async ValueTask PassOverAsync(long length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            await PeekAsync(cancellationToken);
            var step = (int)Math.Min(length, filled - at);
            at += step;
            length -= step;
        }
    }

    private async ValueTask<string> WordAsync(CancellationToken cancellationToken)
    {
        piece.Clear();
        for (int c; (c = await PeekAsync(cancellationToken)) is not (' ' or '\r' or '\n'); )
        {
            if (piece.Count > 256)
                throw Nonsense("a word without end");
            Take(c);
        }
        return Encoding.ASCII.GetString([.. piece]);
    }

    /// <summary>What is left of the line, without its end; words for people are cut.</summary>
    private async ValueTask<string> RestAsync(CancellationToken cancellationToken)
    {
        piece.Clear();
        while (true)
        {
            var c = await PeekAsync(cancellationToken);
            at++;
            if (c == '\n')
                return Encoding.UTF8.GetString([.. piece]);
            if (++lineBytes > MaxLineBytes)
                throw Nonsense("a line without end");
            if (c != '\r' && piece.Count < MaxTextBytes)
                piece.Add((byte)c);
        }
    }

    private async ValueTask SkipBlankAsync(CancellationToken cancellationToken)
    {
        while (await PeekAsync(cancellationToken) == ' ')
        {
            at++;
            if (++lineBytes > MaxLineBytes)
                throw Nonsense("a line without end");
        }
    }

    private void Take(int c)
    {
        at++;
        if (++lineBytes > MaxLineBytes)
            throw Nonsense("a line without end");
        Keep(1);
        piece.Add((byte)c);
    }

    // each string may be short enough, and all of them together too long
    private void Keep(int bytes)
    {
        if ((keptBytes += bytes) > (long)MaxStringBytes + MaxOtherBytes)
            throw Nonsense("a response with more in it than was asked for");
    }

    private ValueTask<int> PeekAsync(CancellationToken cancellationToken) =>
        at < filled ? new(buffer[at]) : FillAsync(cancellationToken);

    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        (at, filled) = (0, 0);
        filled = await stream.ReadAsync(buffer, cancellationToken);
        if (filled == 0)
            throw Over();
        Arrived?.Invoke();
        return buffer[0];
    }

    private static ImapValue Atom(string text) => new(Encoding.ASCII.GetBytes(text));

    private static ImapException Nonsense(string what) =>
        new(ImapTroubleKind.Nonsense, $"The server does not speak IMAP: it sent {what}.");

    private static ImapException Over() => new(ImapTroubleKind.Broken, "The server closed the connection.");
}
