using Microsoft.AspNetCore.Components;
using NodaTime;

namespace Helpdesk.Web.Localisation;

/// <summary>
/// Who looks at the page: the zone times are shown in, and the theme. Filled once per request (<see cref="ReaderChoice"/>)
/// and carried over into a page's circuit.
/// </summary>
public sealed class Reader
{
    /// <summary>IANA id, always one that <see cref="Zone"/> knows.</summary>
    [PersistentState]
    public string ZoneId { get; set; } = "Etc/UTC";

    /// <summary><c>light</c>, <c>dark</c>, or null to follow the system.</summary>
    [PersistentState]
    public string? Theme { get; set; }

    public DateTimeZone Zone => DateTimeZoneProviders.Tzdb.GetZoneOrNull(ZoneId) ?? DateTimeZone.Utc;

    /// <summary>The reader's wall clock at an instant.</summary>
    public LocalDateTime Local(DateTimeOffset instant) =>
        Instant.FromDateTimeOffset(instant).InZone(Zone).LocalDateTime;
}
