using System.Globalization;
using System.Text;
using Helpdesk.Mail.Outbound;

namespace Helpdesk.Mail.Smtp;

/// <summary>What a mail asks of a server beyond the oldest standard.</summary>
/// <param name="NeedsUtf8">A header or the part of an address before the @ is not ASCII (RFC 6531).</param>
/// <param name="EightBit">The body is not ASCII (RFC 6152).</param>
public readonly record struct MailTraits(bool NeedsUtf8, bool EightBit)
{
    private static readonly IdnMapping Idn = new();

    public static MailTraits Of(OutgoingMail mail)
    {
        var raw = mail.Raw.Span;
        var end = raw.IndexOf("\r\n\r\n"u8);
        var header = end < 0 ? raw : raw[..end];
        return new(
            !Ascii.IsValid(header)
                || WithAsciiDomain(mail.ReturnPath) is null
                || mail.Recipients.Any(r => WithAsciiDomain(r) is null),
            !Ascii.IsValid(raw[header.Length..])
        );
    }

    /// <returns>The address with its domain in the form every server knows (RFC 5891), null where that is not enough.</returns>
    public static string? WithAsciiDomain(string address)
    {
        if (Ascii.IsValid(address))
            return address;
        var at = address.LastIndexOf('@');
        if (at < 0 || !Ascii.IsValid(address.AsSpan(0, at)))
            return null;
        try
        {
            return address[..(at + 1)] + Idn.GetAscii(address, at + 1);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
