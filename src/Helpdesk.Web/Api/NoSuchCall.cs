using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Template;

namespace Helpdesk.Web.Api;

/// <summary>
/// Answers under <c>/api</c> where no call is. The pages' own answer to unknown addresses takes every method, so routing never says that
/// only the method was wrong: it is found out here. Nothing is done and nothing told but what the public description says.
/// </summary>
internal static class NoSuchCall
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapFallback("/api/{**rest}", Answer)
            .AllowAnonymous()
            .DisableAntiforgery()
            .RequireRateLimiting(Security.RateLimits.Api);

    private static Task Answer(HttpContext context, EndpointDataSource all)
    {
        var calls = all
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<NeededRight>() is not null && IsAt(e, context.Request.Path))
            .ToList();
        var methods = calls
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (methods.Count == 0)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (!methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase))
            (context.Response.StatusCode, context.Response.Headers.Allow) = (
                StatusCodes.Status405MethodNotAllowed,
                string.Join(", ", methods)
            );
        else
            // a number that is none, or a body of another type
            context.Response.StatusCode = calls.Exists(e => TakesOtherContent(e, context.Request))
                ? StatusCodes.Status415UnsupportedMediaType
                : StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool IsAt(RouteEndpoint call, PathString path) =>
        new TemplateMatcher(TemplateParser.Parse(call.RoutePattern.RawText!.TrimStart('/')), []).TryMatch(path, []);

    private static bool TakesOtherContent(RouteEndpoint call, HttpRequest request) =>
        call.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(request.Method) is true
        && call.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts
        && request.ContentType?.Split(';')[0].Trim() is var given
        && !accepts.ContentTypes.Contains(given, StringComparer.OrdinalIgnoreCase);
}
