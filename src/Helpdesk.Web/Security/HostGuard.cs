using System.Net;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Localisation;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Security;

/// <summary>Answers 400 to requests for a host that is not ours: rebound names and poisoned caches end here.</summary>
public sealed class HostGuard(
    RequestDelegate next,
    DeskFacts desk,
    IOptionsMonitor<SiteOptions> site,
    IHostEnvironment environment
)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // probes ask by the node's own address, and hear names and states only
        if (context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }
        var settings = await desk.GetAsync(context.RequestAborted);
        var isHere =
            environment.IsDevelopment()
            || context.Connection.RemoteIpAddress is { } visitor && IPAddress.IsLoopback(visitor);
        if (IsAllowed(context.Request.Host.Host, settings, site.CurrentValue, environment.IsDevelopment(), isHere))
            await next(context);
        else
        {
            // bare words: a page would need an address that can be trusted, or be one at all
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("This desk is not served under that name.", context.RequestAborted);
        }
    }

    /// <summary>
    /// Whether a Host header's name, without port, is that of the public address, a configured one, or loopback for who sits at this machine
    /// (no name can be rebound to that, and nobody is locked out by a public address that does not work yet).
    /// Until the set-up is done outside development every name is served: nobody could tell us the right one otherwise.
    /// </summary>
    /// <param name="isHere">The visitor's connection comes from this machine.</param>
    public static bool IsAllowed(string host, DeskSettings desk, SiteOptions site, bool development, bool isHere) =>
        (Uri.TryCreate(desk.PublicUrl, UriKind.Absolute, out var address) && Same(address.Host, host))
        || site.AllowedHosts.Any(allowed => Same(allowed, host))
        || (isHere && host is ("localhost" or "127.0.0.1" or "[::1]"))
        || (!development && desk.SetUpAt is null);

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
