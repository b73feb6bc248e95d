using System.Net;

namespace Helpdesk.Web.Security;

/// <summary>Under which names, and behind which proxies, this process is reached.</summary>
public sealed record SiteOptions
{
    /// <summary>The address people use, for example <c>https://help.example.com</c>; its host is always allowed.</summary>
    public Uri? PublicAddress { get; set; }

    /// <summary>Further host names, without port. With neither this nor <see cref="PublicAddress"/> only loopback is served.</summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Addresses of reverse proxies whose X-Forwarded-For and -Proto are believed.</summary>
    public string[] TrustedProxies { get; set; } = [];

    internal bool IsComplete =>
        (PublicAddress is null || PublicAddress is { IsAbsoluteUri: true, Scheme: "http" or "https" })
        && TrustedProxies.All(proxy => IPAddress.TryParse(proxy, out _));
}
