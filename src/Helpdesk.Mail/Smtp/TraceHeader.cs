using System.Globalization;
using System.Net;
using System.Text;

namespace Helpdesk.Mail.Smtp;

/// <summary>The lines that the last server on a mail's way writes on top of it (RFC 5321, 4.4).</summary>
public static class TraceHeader
{
    /// <param name="helo">What the other side called itself: free text from outside, so only harmless characters are kept.</param>
    public static byte[] Write(
        string returnPath,
        string helo,
        EndPoint? remote,
        string hostName,
        string protocol,
        IReadOnlyList<string> recipients,
        DateTimeOffset now
    )
    {
        var lines = new StringBuilder(320);
        lines.Append(CultureInfo.InvariantCulture, $"Return-Path: <{returnPath}>\r\n");
        lines.Append(CultureInfo.InvariantCulture, $"Received: from {Harmless(helo)} ({Address(remote)})\r\n");
        lines.Append(CultureInfo.InvariantCulture, $"\tby {hostName} with {protocol}");
        if (recipients.Count == 1)
            lines.Append(CultureInfo.InvariantCulture, $"\r\n\tfor <{recipients[0]}>");
        lines.Append(CultureInfo.InvariantCulture, $"; {now.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\n");
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private static string Harmless(string helo) =>
        helo.Length <= 255 && helo.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']')
            ? helo
            : "unknown";

    private static string Address(EndPoint? remote) =>
        remote switch
        {
            IPEndPoint { Address: { IsIPv4MappedToIPv6: true } mapped } => $"[{mapped.MapToIPv4()}]",
            IPEndPoint { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } v6 => $"[IPv6:{v6.Address}]",
            IPEndPoint v4 => $"[{v4.Address}]",
            _ => "[unknown]",
        };
}
