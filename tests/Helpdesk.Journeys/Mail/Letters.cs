using System.Net.Sockets;
using System.Text;
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

    /// <returns>Whether the server took it for good (250 after the text).</returns>
    public static async Task<bool> SendAsync(
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
                },
                TimeProvider.System,
                cancellationToken
            );
            var results = await client.SendAsync(new OutgoingMail(from, [to], raw), cancellationToken);
            return results.All(r => r.State is DeliveryState.Sent);
        }
        catch (Exception gone) when (gone is IOException or SocketException or TimeoutException)
        {
            return false; // the desk was killed in the middle: a mail server keeps the mail and tries again
        }
    }
}
