using System.Net;

namespace Helpdesk.Web.Security;

/// <summary>Section <c>Site</c>: under which names, and behind which proxies, this process is reached.</summary>
public sealed record SiteOptions
{
    /// <summary>Host names without port, beside that of the desk's public address.</summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Addresses of reverse proxies whose X-Forwarded-For and -Proto are believed.</summary>
    public string[] TrustedProxies { get; set; } = [];

    internal bool IsComplete => TrustedProxies.All(proxy => IPAddress.TryParse(proxy, out _));
}
