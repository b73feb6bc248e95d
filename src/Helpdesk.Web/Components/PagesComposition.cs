using System.IO.Compression;
using Helpdesk.Web.Components.Admin;
using Helpdesk.Web.Components.Design;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Components.Parts;
using Helpdesk.Web.Localisation;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using static Microsoft.AspNetCore.Components.Web.RenderMode;

namespace Helpdesk.Web.Components;

/// <summary>The pages: static unless a page asks for a circuit, cached where they are the same for every visitor.</summary>
public static class PagesComposition
{
    // A long answer with a quoted mail in it arrives as one message of the circuit.
    private const int MostTypedBytes = 256 * 1024;

    public static void AddPages(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services
            .AddRazorComponents()
            .AddInteractiveServerComponents(circuits => circuits.DetailedErrors = builder.Environment.IsDevelopment())
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = MostTypedBytes)
            .RegisterPersistentService<Reader>(InteractiveServer);
        services.AddCascadingAuthenticationState();
        services.AddSingleton<AssetPaths>();
        services.AddScoped<Toasts>();
        services.AddOutputCache(cache => cache.AddPolicy(HelpCache.Policy, new HelpCache()));
        services.AddResponseCompression(compression => compression.EnableForHttps = true);
        services.Replace(ServiceDescriptor.Singleton<IResponseCompressionProvider, PublicPageCompression>());
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Optimal);
    }

    public static void UsePages(this WebApplication app)
    {
        app.UseOutputCache();
        app.UseResponseCompression();
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(circuits => circuits.ContentSecurityFrameAncestorsPolicy = "'none'")
            .Add(endpoint => DevelopmentOnlyAttribute.Enforce(endpoint, app.Environment));
        app.MapAdministration();
        Samples.Map(app);
        // Without it the fallback policy would send unknown addresses to the sign-in page.
        app.MapFallback("{*path}", NotFound).AllowAnonymous();
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

/// <summary>A page for those who build the desk; in production its address is unknown.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DevelopmentOnlyAttribute : Attribute
{
    internal static void Enforce(EndpointBuilder endpoint, IHostEnvironment environment)
    {
        if (environment.IsDevelopment() || !endpoint.Metadata.OfType<DevelopmentOnlyAttribute>().Any())
            return;
        endpoint.RequestDelegate = context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
    }
}
