using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Helpdesk.Web.Components.Admin.Company;

/// <summary>What an administrator says about the desk as a whole.</summary>
public sealed class DeskChanges(AdminWork work, IOptionsMonitor<SiteOptions> site)
{
    public const int MaxLogoBytes = 512 * 1024;

    public async Task<DeskForm> FormAsync() => (await work.ReadAsync(FormAsync))!;

    /// <param name="here">The host name under which the administrator is here now.</param>
    /// <param name="logo">The bytes of a picture; null leaves the logo as it is.</param>
    public Task<(string? Refusal, int Id)> SaveAsync(DeskForm form, string here, byte[]? logo = null) =>
        work.SaveAsync(
            "desk",
            DeskSettings.OnlyId,
            form,
            FormAsync,
            async db =>
            {
                if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(form.Zone!) is null)
                    return ("Zone", null);
                if (logo is not null && (logo.Length > MaxLogoBytes || PictureBytes.TypeOf(logo) is null))
                    return ("Logo", null);
                var settings = await db.DeskSettings.SingleAsync();
                settings.BrandColor = BrandColors.Parse(form.Color);
                if (logo is not null)
                    settings.LogoHash = await Blob.PutAsync(db, logo, CancellationToken.None);
                else if (form.RemoveLogo)
                    settings.LogoHash = null;
                settings.CompanyName = Text.OneLine(form.Company, 80);
                settings.TimeZoneId = form.Zone!;
                settings.PublicUrl = form.Site;
                settings.SplitsCombined = form.SplitsCombined;
                // an address that the desk would no longer answer under would shut everybody out, this page included
                if (!StaysOpen(here, settings))
                    return ("Host", null);
                return (null, () => settings.Id);
            }
        );

    /// <summary>Whether <see cref="HostGuard"/> goes on serving who is here. This machine's own names never depend on the settings.</summary>
    private bool StaysOpen(string here, DeskSettings settings) =>
        here is "localhost" or "127.0.0.1" or "[::1]"
        || new Uri(settings.PublicUrl).Host.Equals(here, StringComparison.OrdinalIgnoreCase)
        || site.CurrentValue.AllowedHosts.Contains(here, StringComparer.OrdinalIgnoreCase);

    private static async Task<DeskForm?> FormAsync(HelpdeskDbContext db)
    {
        var settings = await db.DeskSettings.AsNoTracking().SingleAsync();
        return new DeskForm
        {
            Company = settings.CompanyName,
            Zone = settings.TimeZoneId,
            PublicUrl = settings.PublicUrl,
            Color = settings.BrandColor,
            SplitsCombined = settings.SplitsCombined,
        };
    }
}
