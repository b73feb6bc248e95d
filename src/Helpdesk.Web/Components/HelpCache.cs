using System.Globalization;
using System.Reflection;
using Helpdesk.Web.Components.Help.Articles;
using Helpdesk.Web.Localisation;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Helpdesk.Web.Components;

/// <summary>
/// Keeps finished help-centre pages for visitors who are not signed in; such a page is the same for all of them. A page
/// must not carry an antiforgery token or anything else of one visitor: what sets a cookie is never kept.
/// </summary>
public sealed class HelpCache(params string[] tags) : IOutputCachePolicy
{
    public const string Policy = "help";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var request = context.HttpContext.Request;
        var anonymous = context.HttpContext.User.Identity?.IsAuthenticated != true;
        context.EnableOutputCaching =
            anonymous && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));
        context.AllowCacheLookup = context.AllowCacheStorage = context.AllowLocking = true;
        context.ResponseExpirationTimeSpan = Lifetime;
        context.CacheVaryByRules.QueryKeys = "*";
        var reader = context.HttpContext.RequestServices.GetRequiredService<Reader>();
        var vary = context.CacheVaryByRules.VaryByValues;
        vary["language"] = CultureInfo.CurrentUICulture.Name;
        vary["article-language"] = ReaderLanguage.Of(context.HttpContext) ?? "";
        vary["zone"] = reader.ZoneId;
        vary["theme"] = reader.Theme ?? "";
        vary["encoding"] = Encoding(request.Headers.AcceptEncoding);
        context.Tags.Add(Policy);
        context.Tags.UnionWith(tags);
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) =>
        ValueTask.CompletedTask;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var response = context.HttpContext.Response;
        if (response.StatusCode != StatusCodes.Status200OK || !StringValues.IsNullOrEmpty(response.Headers.SetCookie))
            context.AllowCacheStorage = false;
        return ValueTask.CompletedTask;
    }

    // The kept bytes are compressed: one copy for each encoding we would choose.
    private static string Encoding(StringValues accepted)
    {
        var wish = accepted.ToString();
        return wish.Contains("br", StringComparison.OrdinalIgnoreCase) ? "br"
            : wish.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? "gzip"
            : "";
    }
}

/// <summary>Help-centre pages as endpoints of their own, the only way to keep a rendered page.</summary>
public static class HelpPages
{
    /// <summary>
    /// Maps a component without <c>@page</c> as a public, cached page in its layout. Route values become parameters of the
    /// same name; <c>[SupplyParameterFromQuery]</c> works.
    /// </summary>
    /// <param name="tags">Names under which the page can be forgotten, beside <see cref="HelpCache.Policy"/>.</param>
    public static IEndpointConventionBuilder MapHelpPage<TPage>(
        this IEndpointRouteBuilder app,
        string pattern,
        params string[] tags
    )
        where TPage : IComponent =>
        app.MapMethods(
                pattern,
                [HttpMethods.Get, HttpMethods.Head],
                (HttpContext context) => App.Render<TPage>(ParametersOf(typeof(TPage), context))
            )
            .AllowAnonymous()
            .WithMetadata(new PublicPageAttribute())
            .CacheOutput(new HelpCache(tags));

    /// <summary>Forgets kept pages: all of them, or those mapped with <paramref name="tag"/>. Call after publishing.</summary>
    public static ValueTask ForgetHelpPagesAsync(
        this IOutputCacheStore store,
        CancellationToken cancellation,
        string tag = HelpCache.Policy
    ) => store.EvictByTagAsync(tag, cancellation);

    private static Dictionary<string, object?> ParametersOf(Type page, HttpContext context)
    {
        var parameters = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (
            var property in page.GetProperties().Where(p => p.GetCustomAttribute<ParameterAttribute>() is not null)
        )
        {
            if (context.Request.RouteValues.TryGetValue(property.Name, out var value) && value is string text)
                parameters[property.Name] = Convert.ChangeType(
                    text,
                    Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
                    CultureInfo.InvariantCulture
                );
        }
        return parameters;
    }
}

/// <summary>The endpoint shows the same page to every visitor who is not signed in.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class PublicPageAttribute : Attribute
{
    /// <summary>Whether this request gets a page without anything of its own: no name, no token, no secret.</summary>
    public static bool Applies(HttpContext context) =>
        context.User.Identity?.IsAuthenticated != true
        && context.GetEndpoint()?.Metadata.GetMetadata<PublicPageAttribute>() is not null;
}

/// <summary>
/// Compresses only public pages. A compressed page that holds both a secret (a form token, a customer's name) and words of
/// the address line lets an eavesdropper guess the secret from the length, whatever TLS does (BREACH).
/// </summary>
public sealed class PublicPageCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    public override bool ShouldCompressResponse(HttpContext context) =>
        PublicPageAttribute.Applies(context) && base.ShouldCompressResponse(context);
}
