using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Helpdesk.Tickets.Access;

/// <summary>
/// Unguessable tokens that carry what they stand for: HMAC-SHA-256 over purpose and content, cut to 128 bits, keyed with the desk's
/// signing key. They open a ticket's page or let a mail join its ticket; ticket numbers alone open nothing.
/// </summary>
public sealed class SignedToken(byte[] signingKey)
{
    private const int MacBytes = 16;

    /// <summary>96 bits: nobody sends enough mails to guess one, and the address stays short.</summary>
    private const int ReplyMacBytes = 12;

    /// <summary>For the private link of a request: who may follow which ticket.</summary>
    public string ForGuest(long ticketId, long customerId) => Write("guest", ticketId, customerId);

    public bool TryReadGuest(string? token, out long ticketId, out long customerId) =>
        TryRead("guest", token, out ticketId, out customerId);

    /// <summary>For the link to a file that is too large for its mail.</summary>
    public string ForFile(FileLink link)
    {
        var token = new byte[32 + MacBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, link.TicketId);
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(8), link.CustomerId);
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(16), link.AttachmentId);
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(24), link.Until.ToUnixTimeSeconds());
        Mac("file", token.AsSpan(0, 32)).CopyTo(token.AsSpan(32));
        return Base64Url.EncodeToString(token);
    }

    /// <returns>Null for what is not ours. Whether its time is over is the caller's to say.</returns>
    public FileLink? ReadFile(string? token)
    {
        Span<byte> bytes = stackalloc byte[32 + MacBytes];
        if (
            token is not { Length: 64 }
            || !Base64Url.TryDecodeFromChars(token, bytes, out var length)
            || length != bytes.Length
            || !CryptographicOperations.FixedTimeEquals(bytes[32..], Mac("file", bytes[..32]))
        )
            return null;
        return new(
            BinaryPrimitives.ReadInt64BigEndian(bytes),
            BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[16..]),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes[24..]))
        );
    }

    /// <summary>
    /// For the reply address of a ticket, in letters that survive lower-casing, and short: mail servers may refuse more than 64
    /// octets before the @ (RFC 5321, 4.5.3.1.1). The second number says whom the mail went to: a customer's id, or 0 for staff.
    /// </summary>
    public string ForReplyAddress(long ticketId, long recipientId)
    {
        Span<byte> content = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(content, ticketId);
        BinaryPrimitives.WriteInt64BigEndian(content[8..], recipientId);
        var mac = Mac("reply", content)[..ReplyMacBytes];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Base32.Write(ticketId)}.{Base32.Write(recipientId)}.{Base32.Write(mac)}"
        );
    }

    public bool TryReadReplyAddress(string? token, out long ticketId, out long recipientId)
    {
        (ticketId, recipientId) = (0, 0);
        if (
            token?.Split('.', 4) is not [var ticket, var recipient, _]
            || !Base32.TryRead(ticket, out var first)
            || !Base32.TryRead(recipient, out var second)
            || !IsSame(token, ForReplyAddress(first, second))
        )
            return false;
        (ticketId, recipientId) = (first, second);
        return true;
    }

    /// <summary>
    /// For the address at which one member of staff answers one notice: whom and which ticket it is about stands in the notice's row, so the token is bound to
    /// both and can grow old.
    /// </summary>
    public string ForStaffReply(Guid notification) => WriteNotice("staff-reply", notification);

    public bool TryReadStaffReply(string? token, out Guid notification) =>
        TryReadNotice("staff-reply", token, out notification);

    /// <summary>
    /// For the address at which somebody answers their copy of one answer. It is bound to that copy, so it says whose hand it was in and never speaks for
    /// the customer.
    /// </summary>
    public string ForCopyReply(Guid notification) => WriteNotice("copy-reply", notification);

    public bool TryReadCopyReply(string? token, out Guid notification) =>
        TryReadNotice("copy-reply", token, out notification);

    private string WriteNotice(string purpose, Guid notification) =>
        Base32.Write([
            .. notification.ToByteArray(),
            .. Mac(purpose, notification.ToByteArray()).AsSpan(0, ReplyMacBytes),
        ]);

    private bool TryReadNotice(string purpose, string? token, out Guid notification)
    {
        Span<byte> bytes = stackalloc byte[16 + ReplyMacBytes];
        var isWhole = Base32.TryRead(token, bytes);
        notification = isWhole ? new Guid(bytes[..16]) : default;
        return isWhole
            && CryptographicOperations.FixedTimeEquals(bytes[16..], Mac(purpose, bytes[..16]).AsSpan(0, ReplyMacBytes));
    }

    /// <summary>The local part of a Message-ID, made from a notification's random token.</summary>
    public string ForMessageId(Guid notification)
    {
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(signingKey, Encoding.ASCII.GetBytes("message-id" + notification.ToString("N")), mac);
        return $"hd.{notification:N}.{Convert.ToHexStringLower(mac[..MacBytes])}";
    }

    /// <param name="messageId">With or without angle brackets; the part after @ is not looked at.</param>
    public bool TryReadMessageId(string messageId, out Guid notification)
    {
        notification = default;
        var local = messageId.AsSpan().Trim('<').Trim('>');
        var at = local.IndexOf('@');
        if (at >= 0)
            local = local[..at];
        return local.Length == 3 + 32 + 1 + (2 * MacBytes)
            && local.StartsWith("hd.", StringComparison.OrdinalIgnoreCase)
            && Guid.TryParseExact(local[3..35], "N", out notification)
            && IsSame(local.ToString(), ForMessageId(notification));
    }

    private static bool IsSame(string given, string ours) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(given.ToLowerInvariant()),
            Encoding.ASCII.GetBytes(ours)
        );

    private string Write(string purpose, long first, long second) =>
        Base64Url.EncodeToString(Bytes(purpose, first, second));

    private byte[] Bytes(string purpose, long first, long second)
    {
        var token = new byte[16 + MacBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, first);
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(8), second);
        Mac(purpose, token.AsSpan(0, 16)).CopyTo(token.AsSpan(16));
        return token;
    }

    private bool TryRead(string purpose, string? token, out long first, out long second)
    {
        (first, second) = (0, 0);
        if (token is not { Length: 43 })
            return false;
        Span<byte> bytes = stackalloc byte[16 + MacBytes];
        return Base64Url.TryDecodeFromChars(token, bytes, out var length)
            && length == bytes.Length
            && TryRead(purpose, bytes, out first, out second);
    }

    private bool TryRead(string purpose, ReadOnlySpan<byte> token, out long first, out long second)
    {
        first = BinaryPrimitives.ReadInt64BigEndian(token);
        second = BinaryPrimitives.ReadInt64BigEndian(token[8..]);
        return CryptographicOperations.FixedTimeEquals(token[16..], Mac(purpose, token[..16]));
    }

    private byte[] Mac(string purpose, ReadOnlySpan<byte> content)
    {
        byte[] input = [.. Encoding.ASCII.GetBytes(purpose), 0, .. content];
        return HMACSHA256.HashData(signingKey, input)[..MacBytes];
    }
}

/// <summary>One file for whoever may follow its ticket as that customer, for a time.</summary>
/// <param name="Until">Whole seconds.</param>
public sealed record FileLink(long TicketId, long CustomerId, long AttachmentId, DateTimeOffset Until);
