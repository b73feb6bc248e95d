using System.Globalization;
using System.Runtime.InteropServices;

namespace Helpdesk.Web.Components.Desk.Queues;

/// <summary>
/// A row's place in a queue: by time left, those without a running promise last, oldest first. A page begins behind a place, so that page 400
/// costs what page 1 costs.
/// </summary>
/// <param name="DueAt">Null = no promise is running; see <see cref="Of"/> for what stands on top.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QueueCursor(DateTimeOffset? DueAt, long Id) : IComparable<QueueCursor>
{
    // far before every promise
    private static readonly TimeSpan OnTop = TimeSpan.FromDays(365_250);

    /// <summary>A ticket whose customer asked for a person after an automatic answer stands above all others, as if it were a thousand
    /// years late; whoever asked first comes first.</summary>
    public static QueueCursor Of(DateTimeOffset? personWantedAt, DateTimeOffset? dueAt, long id) =>
        new(personWantedAt - OnTop ?? dueAt, id);

    /// <summary>Since when a person is wanted, for a place on top; else null.</summary>
    public DateTimeOffset? PersonWantedAt => DueAt?.Year < 1500 ? DueAt + OnTop : null;

    public int CompareTo(QueueCursor other) =>
        (DueAt, other.DueAt) switch
        {
            (null, null) => Id.CompareTo(other.Id),
            (null, _) => 1,
            (_, null) => -1,
            var (mine, theirs) => mine.Value.CompareTo(theirs.Value) is var byTime and not 0
                ? byTime
                : Id.CompareTo(other.Id),
        };

    public static bool operator <(QueueCursor left, QueueCursor right) => left.CompareTo(right) < 0;

    public static bool operator >(QueueCursor left, QueueCursor right) => left.CompareTo(right) > 0;

    public static bool operator <=(QueueCursor left, QueueCursor right) => left.CompareTo(right) <= 0;

    public static bool operator >=(QueueCursor left, QueueCursor right) => left.CompareTo(right) >= 0;

    /// <summary>For an address: <c>639100000000000000.48213</c> (UTC ticks) or <c>x.48213</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(DueAt is { } due ? due.UtcTicks.ToString(CultureInfo.InvariantCulture) : "x")}.{Id}"
        );

    /// <returns>Null for anything that <see cref="ToString"/> did not write.</returns>
    public static QueueCursor? Parse(string? text)
    {
        if (text?.Split('.') is not [var due, var number])
            return null;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        if (due == "x")
            return new(null, id);
        return
            long.TryParse(due, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTime.MaxValue.Ticks
            ? new(new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : null;
    }
}
