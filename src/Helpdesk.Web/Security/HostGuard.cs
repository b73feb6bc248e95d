using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Security;

/// <summary>Answers 400 to requests for a host that is not ours: rebound names and poisoned caches end here.</summary>
public sealed class HostGuard(RequestDelegate next, IOptionsMonitor<SiteOptions> site, IHostEnvironment environment)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    public Task InvokeAsync(HttpContext context)
    {
        if (IsAllowed(context.Request.Host.Host, site.CurrentValue, environment.IsDevelopment()))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    /// <summary>Whether a Host header's name, without port, is one of the configured ones.</summary>
    public static bool IsAllowed(string host, SiteOptions site, bool development)
    {
        var configured = site.AllowedHosts.Length > 0 || site.PublicAddress is not null;
        return (configured && Matches(site.AllowedHosts, host))
            || string.Equals(site.PublicAddress?.Host, host, StringComparison.OrdinalIgnoreCase)
            || ((development || !configured) && Matches(Loopback, host));
    }

    private static bool Matches(string[] names, string host) => names.Contains(host, StringComparer.OrdinalIgnoreCase);
}
