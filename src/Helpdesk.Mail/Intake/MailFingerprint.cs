using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Helpdesk.Mail.Intake;

/// <summary>
/// What makes a mail the same mail when it comes again: its Message-ID together with its content, without the lines that
/// each server on the way adds, and whatever ends its lines. Needs no parsing beyond finding the header lines, and takes any bytes.
/// </summary>
/// <param name="MessageId">Without angle brackets; null when the mail has none.</param>
/// <param name="MessageKey">128 bits of a hash of the Message-ID, hexadecimal; the content's where there is none.</param>
/// <param name="ContentKey">128 bits of a hash of header and body, hexadecimal.</param>
public readonly record struct MailFingerprint(string? MessageId, string MessageKey, string ContentKey)
{
    public const int KeyLength = 32;

    private static readonly FrozenSet<string> TraceFields = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Received",
        "Return-Path",
        "Delivered-To",
        "X-Delivered-To",
        "X-Original-To",
        "Envelope-To",
        "X-Envelope-To",
        "X-Received",
        "Received-SPF",
        "Authentication-Results",
        "ARC-Seal",
        "ARC-Message-Signature",
        "ARC-Authentication-Results"
    );

    public static MailFingerprint Of(ReadOnlySpan<byte> raw)
    {
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string? messageId = null;
        var at = 0;
        while (NextField(raw[at..], out var name) is > 0 and var length)
        {
            var field = raw.Slice(at, length);
            if (messageId is null && name.Equals("Message-ID", StringComparison.OrdinalIgnoreCase))
                messageId = ReadId(field[(name.Length + 1)..]);
            if (!TraceFields.Contains(name))
                Append(content, field);
            at += length;
        }
        Append(content, raw[at..].TrimEnd("\r\n"u8));
        Span<byte> hash = stackalloc byte[32];
        content.GetCurrentHash(hash);
        var contentKey = Key(hash);
        if (messageId is null)
            return new(null, contentKey, contentKey);
        SHA256.HashData(Encoding.UTF8.GetBytes(messageId), hash);
        return new(messageId, Key(hash), contentKey);
    }

    // a file keeps LF where a conversation brings CR LF, and a door may end the last line that another leaves open
    private static void Append(IncrementalHash content, ReadOnlySpan<byte> lines)
    {
        var from = 0;
        for (var at = 0; lines[at..].IndexOf((byte)'\n') is >= 0 and var end; at += end + 1)
        {
            if (at + end > 0 && lines[at + end - 1] == (byte)'\r')
                continue;
            content.AppendData(lines[from..(at + end)]);
            content.AppendData("\r\n"u8);
            from = at + end + 1;
        }
        content.AppendData(lines[from..]);
    }

    private static string Key(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash[..(KeyLength / 2)]);

    /// <returns>The length of the header field at the beginning, its folded lines included; 0 where the header ends.</returns>
    private static int NextField(ReadOnlySpan<byte> rest, out string name)
    {
        name = "";
        var line = LineLength(rest);
        var colon = rest[..line].IndexOf((byte)':');
        if (colon <= 0 || rest[..colon].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            return 0;
        name = Encoding.ASCII.GetString(rest[..colon]);
        var length = line;
        while (length < rest.Length && rest[length] is (byte)' ' or (byte)'\t')
            length += LineLength(rest[length..]);
        return length;
    }

    private static int LineLength(ReadOnlySpan<byte> rest) =>
        rest.IndexOf((byte)'\n') is >= 0 and var end ? end + 1 : rest.Length;

    private static string? ReadId(ReadOnlySpan<byte> value)
    {
        var open = value.IndexOf((byte)'<');
        var close = open < 0 ? -1 : value[open..].IndexOf((byte)'>');
        var id = Encoding.UTF8.GetString(close > 0 ? value.Slice(open + 1, close - 1) : value).Trim();
        return id.Length > 0 ? id : null;
    }
}
