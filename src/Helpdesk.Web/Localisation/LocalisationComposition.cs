using Helpdesk.Web.Components.Layout;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Localisation;

/// <summary>Language, zone and theme of whoever looks at a page, and the name of the desk they look at.</summary>
public static class LocalisationComposition
{
    public static void AddLocalisation(this WebApplicationBuilder builder)
    {
        builder.Services.AddLocalization();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<DeskFacts>();
        builder.Services.AddScoped<Reader>().AddScoped<ReaderClock>().AddScoped<Brand>();
        builder
            .Services.AddOptions<BrandOptions>()
            .BindConfiguration("Brand")
            .ValidateDataAnnotations()
            .ValidateOnStart();
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
            async (context, next) =>
            {
                await FillAsync(context);
                await next(context);
            }
        );
    }

    /// <summary>Fills the request's <see cref="Reader"/> and <see cref="Brand"/>; again for a page rendered in a scope of its own.</summary>
    public static async Task FillAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var desk = await services.GetRequiredService<DeskFacts>().GetAsync(context.RequestAborted);
        ReaderChoice.Apply(context, services.GetRequiredService<Reader>(), desk.TimeZoneId);
        var brand = services.GetRequiredService<Brand>();
        (brand.Name, brand.Color, brand.LogoHash) = (desk.CompanyName, desk.BrandColor, desk.LogoHash);
    }
}
