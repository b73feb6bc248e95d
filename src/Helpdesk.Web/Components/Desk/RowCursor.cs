using System.Globalization;
using System.Runtime.InteropServices;

namespace Helpdesk.Web.Components.Desk;

/// <summary>A row's place in a list that is sorted by a number (or an instant's ticks) and then by id; a page begins behind a place.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RowCursor(long Key, long Id)
{
    public DateTimeOffset KeyAsInstant => new(Key, TimeSpan.Zero);

    public static RowCursor At(DateTimeOffset instant, long id) => new(instant.UtcTicks, id);

    /// <summary>For an address: <c>12.48213</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Key}.{Id}");

    /// <returns>Null for anything that <see cref="ToString"/> did not write.</returns>
    public static RowCursor? Parse(string? text) =>
        text?.Split('.') is [var key, var id]
        && long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var k)
        && k <= DateTime.MaxValue.Ticks
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            ? new(k, i)
            : null;
}
