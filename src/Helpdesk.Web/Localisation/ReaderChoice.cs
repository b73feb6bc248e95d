using System.Security.Claims;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.WebUtilities;
using NodaTime;

namespace Helpdesk.Web.Localisation;

/// <summary>What a reader chose for this browser: zone, theme, language; null = not chosen. Kept in one readable cookie.</summary>
public sealed record ReaderChoice(string? ZoneId, string? Theme, string? Culture)
{
    public const string CookieName = "helpdesk-reader";

    /// <summary>Claims that carry a signed-in person's own settings; names as in OpenID Connect.</summary>
    public const string ZoneClaim = "zoneinfo";
    public const string CultureClaim = "locale";

    public static ReaderChoice None { get; } = new(null, null, null);

    /// <summary>Reads the cookie. Unknown zones, themes and languages count as not chosen.</summary>
    public static ReaderChoice Parse(string? cookie)
    {
        if (string.IsNullOrEmpty(cookie) || cookie.Length > 200)
            return None;
        var values = QueryHelpers.ParseQuery(cookie);
        return new(
            Known(values.GetValueOrDefault("zone")),
            values.GetValueOrDefault("theme").ToString() is ("light" or "dark") and var theme ? theme : null,
            Languages.Find(values.GetValueOrDefault("culture"))?.Name
        );
    }

    /// <summary>The cookie's value; empty when nothing is chosen.</summary>
    public override string ToString() =>
        QueryString
            .Create(
                new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["zone"] = ZoneId,
                    ["theme"] = Theme,
                    ["culture"] = Culture,
                }.Where(pair => pair.Value is not null)
            )
            .ToString()
            .TrimStart('?');

    /// <summary>What applies to a request: this browser's choice, then the person's own settings, then the desk's.</summary>
    public static void Apply(HttpContext context, Reader reader, string deskZone)
    {
        var choice = Parse(context.Request.Cookies[CookieName]);
        reader.ZoneId =
            choice.ZoneId ?? Known(context.User.FindFirstValue(ZoneClaim)) ?? Known(deskZone) ?? reader.ZoneId;
        reader.Theme = choice.Theme;
    }

    /// <summary>The language of a request, before the browser's own wish is asked.</summary>
    public static Task<ProviderCultureResult?> CultureOf(HttpContext context)
    {
        var name =
            Parse(context.Request.Cookies[CookieName]).Culture
            ?? Languages.Find(context.User.FindFirstValue(CultureClaim))?.Name;
        return Task.FromResult(name is null ? null : new ProviderCultureResult(name));
    }

    private static string? Known(string? zoneId) =>
        zoneId is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneId) is not null ? zoneId : null;
}
