using Microsoft.AspNetCore.Antiforgery;

namespace Helpdesk.Web.Security;

/// <summary>
/// Answers 400 to changes and circuit connections that another site's page sends: the browser says so in Origin or
/// Sec-Fetch-Site. Stands beside the antiforgery token and replaces it where a cached page cannot carry one.
/// </summary>
public sealed class OriginGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsChange(request) || IsOurs(request, MustProve(context.GetEndpoint())))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    /// <summary>Whether the request may come from one of our own pages, or from no page at all.</summary>
    /// <param name="mustProve">Silence of the client counts as foreign.</param>
    public static bool IsOurs(HttpRequest request, bool mustProve)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0)
            return Uri.TryCreate(origin, UriKind.Absolute, out var uri) && SameAuthority(uri, request.Host);
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "same-origin" or "none" || (site.Length == 0 && !mustProve);
    }

    // An endpoint that neither asks for a form token nor says that it needs none was forgotten: silence is not enough there.
    private static bool MustProve(Endpoint? endpoint) =>
        endpoint is not null
        && (
            endpoint.Metadata.GetMetadata<RequireSameOriginAttribute>() is not null
            || endpoint.Metadata.GetMetadata<IAntiforgeryMetadata>() is null
        );

    // The scheme is left out: behind a proxy that ends TLS we may see http where the browser saw https.
    private static bool SameAuthority(Uri origin, HostString host) =>
        string.Equals(origin.Host, host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? origin.Port == port : origin.IsDefaultPort);

    // A web socket is opened with GET (HTTP/1.1) or CONNECT (HTTP/2) and may carry changes.
    private static bool IsChange(HttpRequest request) =>
        !(
            HttpMethods.IsGet(request.Method)
            || HttpMethods.IsHead(request.Method)
            || HttpMethods.IsOptions(request.Method)
            || HttpMethods.IsTrace(request.Method)
        ) || request.Headers.Upgrade.Contains("websocket", StringComparer.OrdinalIgnoreCase);
}

/// <summary>The endpoint takes changes only from a browser that names our own origin.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequireSameOriginAttribute : Attribute;
