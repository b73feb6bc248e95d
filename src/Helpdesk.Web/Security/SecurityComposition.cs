using System.Net;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Localisation;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Security;

/// <summary>What stands between the network and the pages, in the order in which a request meets it.</summary>
public static class SecurityComposition
{
    public static void AddSecurity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        services
            .AddOptions<SiteOptions>()
            .BindConfiguration("Site")
            .Validate(site => site.IsComplete, "Site:TrustedProxies are IP addresses, such as 10.0.0.5.")
            .ValidateOnStart();
        services
            .AddOptions<RateLimitOptions>()
            .BindConfiguration("RateLimits")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<SiteOptions>>(TrustProxies);
        SignInCookies.Add(services);
        services.Replace(ServiceDescriptor.Scoped<IUserClaimsPrincipalFactory<AppUser>, PersonClaims>());
        services.AddScoped<AuthenticationStateProvider, CircuitSessions>();
        services.AddAuthorization(Policies.Add);
        services.AddAntiforgery(SetUpAntiforgery);
        services.AddRateLimiter(RateLimits.Add);
        services.AddProblemDetails();
    }

    public static void UseSecurity(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<SecurityHeaders>();
        if (!app.Environment.IsDevelopment())
            app.UseHsts();
        StatusPages.Use(app);
        app.UseMiddleware<HostGuard>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseLocalisation();
        app.UseMiddleware<OriginGuard>();
        app.UseAuthorization();
        app.UseMiddleware<QueryGuard>();
        app.UseRateLimiter();
        app.UseAntiforgery();
        app.Use(RefuseForgedForms);
        app.UseMiddleware<StaleForms>();
    }

    // Endpoints answer a form without its token each in its own way; this is one way for all.
    private static Task RefuseForgedForms(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
            return next(context);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    // A mail program's link opens our page with a strict cookie missing; lax keeps the forms of other tabs valid.
    private static void SetUpAntiforgery(AntiforgeryOptions antiforgery)
    {
        antiforgery.Cookie.Name = "helpdesk-forms";
        antiforgery.Cookie.SameSite = SameSiteMode.Lax;
        antiforgery.SuppressXFrameOptionsHeader = true; // SecurityHeaders writes it
    }

    private static void TrustProxies(ForwardedHeadersOptions forwarded, IOptions<SiteOptions> site)
    {
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (var proxy in site.Value.TrustedProxies)
            forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        if (site.Value.TrustedProxies.Length > 0)
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
    }
}
