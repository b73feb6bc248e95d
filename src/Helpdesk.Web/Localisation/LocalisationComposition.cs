using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Localisation;

/// <summary>What applies to readers who chose nothing.</summary>
public sealed record ReaderOptions
{
    /// <summary>IANA id of the desk's own zone.</summary>
    [Required]
    public string DefaultZone { get; set; } = "Etc/UTC";
}

/// <summary>Language, zone and theme of whoever looks at a page.</summary>
public static class LocalisationComposition
{
    public static void AddLocalisation(this WebApplicationBuilder builder)
    {
        builder.Services.AddLocalization();
        builder
            .Services.AddOptions<ReaderOptions>()
            .BindConfiguration("Reader")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddScoped<Reader>().AddScoped<ReaderClock>();
        builder.Services.TryAddTimeProvider();
        builder.Services.Configure<RequestLocalizationOptions>(options =>
        {
            options.DefaultRequestCulture = new RequestCulture(Languages.Default);
            options.SupportedCultures = options.SupportedUICultures = [.. Languages.All];
            options.RequestCultureProviders =
            [
                new CustomRequestCultureProvider(ReaderChoice.CultureOf),
                new AcceptLanguageHeaderRequestCultureProvider { MaximumAcceptLanguageHeaderValuesToTry = 5 },
            ];
        });
    }

    /// <summary>After authentication, before anything that writes words.</summary>
    public static void UseLocalisation(this IApplicationBuilder app)
    {
        app.UseRequestLocalization();
        app.Use(
            (context, next) =>
            {
                ApplyReader(context);
                return next(context);
            }
        );
    }

    /// <summary>Fills the request's <see cref="Reader"/>; again for a page that is rendered in a scope of its own.</summary>
    public static void ApplyReader(HttpContext context) =>
        ReaderChoice.Apply(
            context,
            context.RequestServices.GetRequiredService<Reader>(),
            context.RequestServices.GetRequiredService<IOptionsMonitor<ReaderOptions>>().CurrentValue.DefaultZone
        );

    private static void TryAddTimeProvider(this IServiceCollection services)
    {
        if (services.All(service => service.ServiceType != typeof(TimeProvider)))
            services.AddSingleton(TimeProvider.System);
    }
}
