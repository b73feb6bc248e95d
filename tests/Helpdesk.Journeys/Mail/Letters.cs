using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;

namespace Helpdesk.Journeys.Mail;

/// <summary>A customer's mail program: plain messages over a real SMTP conversation.</summary>
internal static class Letters
{
    public static byte[] Write(
        string from,
        string to,
        string subject,
        string text,
        string messageId,
        string? headers = null
    ) =>
        Encoding.UTF8.GetBytes(
            $"From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{messageId}>\r\n"
                + $"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n{headers}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        );

    /// <summary>What somebody's mail program sends when they press "reply".</summary>
    public static byte[] Answer(string from, ParsedMail to, string text, string messageId) =>
        Write(
            from,
            ReplyAddressOf(to),
            "Re: " + to.Subject,
            $"{text}\r\n\r\nOn Mon, 2 Mar 2026 at 10:05, Helpdesk <{to.From[0].Address}> wrote:\r\n> {to.TextBody?.ReplaceLineEndings("\r\n> ")}",
            messageId,
            $"In-Reply-To: <{to.MessageId}>\r\nReferences: <{to.MessageId}>\r\n"
        );

    public static Uri PrivateLinkIn(ParsedMail mail) =>
        new(
            mail.TextBody!.Split((char[])[' ', '\r', '\n', '<', '>'])
                .First(w => w.Contains("/r/", StringComparison.Ordinal) && w.Contains("://", StringComparison.Ordinal))
        );

    public static string ReplyAddressOf(ParsedMail mail) =>
        (mail.ReplyTo.Count > 0 ? mail.ReplyTo : mail.From)[0].Address;

    /// <returns>Whether the server took it for good (250 after the text).</returns>
    public static async Task<bool> SendAsync(
        int port,
        string from,
        string to,
        byte[] raw,
        CancellationToken cancellationToken
    ) => await DeliverAsync(port, from, to, raw, cancellationToken) is { State: DeliveryState.Sent };

    /// <returns>What the server said of it; null when it hung up in between.</returns>
    public static async Task<Delivery?> DeliverAsync(
        int port,
        string from,
        string to,
        byte[] raw,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var client = await SmtpClient.ConnectAsync(
                new OutboundOptions
                {
                    Host = "127.0.0.1",
                    Port = port,
                    Security = ConnectionSecurity.None,
                    ConnectTimeout = TimeSpan.FromSeconds(5),
                    CommandTimeout = TimeSpan.FromSeconds(20),
                    DataTimeout = TimeSpan.FromSeconds(20),
                },
                TimeProvider.System,
                cancellationToken
            );
            var results = await client.SendAsync(new OutgoingMail(from, [to], raw), cancellationToken);
            return results[0];
        }
        catch (Exception gone)
            when (gone is IOException or SocketException or TimeoutException or AuthenticationException)
        {
            return null; // the desk was killed in the middle: a mail server keeps the mail and tries again
        }
    }
}
