using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Security;

/// <summary>Requests a minute that one network (anonymous) or one person (signed in) may make.</summary>
public sealed record RateLimitOptions
{
    [Range(1, 1_000_000)]
    public int SignInPerMinute { get; set; } = 10;

    [Range(1, 1_000_000)]
    public int FormsPerMinute { get; set; } = 30;

    [Range(1, 1_000_000)]
    public int LinksPerMinute { get; set; } = 60;

    [Range(1, 1_000_000)]
    public int SearchPerMinute { get; set; } = 120;

    [Range(1, 1_000_000)]
    public int ApiPerMinute { get; set; } = 600;
}

/// <summary>Names for <c>RequireRateLimiting</c> and <c>[EnableRateLimiting]</c>; beyond a limit the answer is 429 with Retry-After.</summary>
public static class RateLimits
{
    public const string SignIn = "sign-in";
    public const string Forms = "forms";

    /// <summary>For addresses that carry a secret: opening them counts too, so that nobody can guess.</summary>
    public const string Links = "links";
    public const string Search = "search";
    public const string Api = "api";

    public static void Add(RateLimiterOptions limiter)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = static (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
                ? after
                : TimeSpan.FromMinutes(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds)
                .ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
        limiter.AddPolicy(SignIn, context => Sent(context) ?? ForNetwork(context, Settings(context).SignInPerMinute));
        limiter.AddPolicy(Forms, context => Sent(context) ?? ForPerson(context, Settings(context).FormsPerMinute));
        limiter.AddPolicy(Links, context => ForNetwork(context, Settings(context).LinksPerMinute));
        limiter.AddPolicy(Search, context => ForPerson(context, Settings(context).SearchPerMinute));
        limiter.AddPolicy(Api, context => ForPerson(context, Settings(context).ApiPerMinute));
    }

    /// <summary>The network an address belongs to: IPv4 whole, IPv6 its /64, which is what one subscriber gets.</summary>
    public static string NetworkOf(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private static RateLimitOptions Settings(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptionsMonitor<RateLimitOptions>>().CurrentValue;

    private static RateLimitPartition<string> ForPerson(HttpContext context, int perMinute) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } person
            ? Window("person " + person, perMinute)
            : ForNetwork(context, perMinute);

    // Opening a form costs nothing; only sending it is counted.
    private static RateLimitPartition<string>? Sent(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) ? null : RateLimitPartition.GetNoLimiter("reading");

    private static RateLimitPartition<string> ForNetwork(HttpContext context, int perMinute) =>
        Window("network " + NetworkOf(context.Connection.RemoteIpAddress), perMinute);

    private static RateLimitPartition<string> Window(string key, int perMinute) =>
        RateLimitPartition.GetSlidingWindowLimiter(
            key,
            _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = perMinute,
                Window = TimeSpan.FromMinutes(1),
                SegmentsPerWindow = 6,
                QueueLimit = 0,
            }
        );
}
