using System.Net;

namespace Helpdesk.Web.Security;

/// <summary>Whether a request comes from the very machine that the desk runs on: for what is only there for those who build it.</summary>
internal static class ThisMachine
{
    // both the peer and the name it asked for: a proxy on this machine forwards strangers under another name
    public static bool Asks(HttpContext? http) =>
        http is { Connection.RemoteIpAddress: { } peer }
        && IPAddress.IsLoopback(peer)
        && http.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
        && !Forwarding.Any(http.Request.Headers.ContainsKey);

    private static readonly string[] Forwarding =
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Original-Host",
        "X-Real-IP",
        "Forwarded",
        "Via",
    ];
}
