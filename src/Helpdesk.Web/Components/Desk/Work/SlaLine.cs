using System.Text.Json;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Components.Desk.Work;

public enum SlaStretch
{
    /// <summary>Opening time that counts.</summary>
    Working,

    /// <summary>Outside the opening times.</summary>
    Closed,

    /// <summary>The customer had the next word.</summary>
    Paused,

    /// <summary>Opening time until it is due.</summary>
    Left,

    /// <summary>Opening time after it was due.</summary>
    Late,
}

/// <param name="Length">What the stretch counts for: opening time for <see cref="SlaStretch.Working"/>, <see cref="SlaStretch.Left"/> and
/// <see cref="SlaStretch.Late"/>, elapsed time for the others.</param>
public sealed record SlaSegment(SlaStretch Kind, DateTimeOffset From, DateTimeOffset To, TimeSpan Length);

/// <summary>How a promise came to be due when it is due, as stretches of time in their order.</summary>
/// <param name="Used">Opening time counted so far.</param>
/// <param name="Left">Negative when late.</param>
public sealed record SlaLine(
    SlaCommitment Commitment,
    IReadOnlyList<SlaSegment> Segments,
    TimeSpan Used,
    TimeSpan Left,
    DateTimeOffset Now
)
{
    // more would not be read; the oldest days are drawn as one
    private const int MostSegments = 9;

    /// <summary>The line of the resolution promise, or of the nearest one where nothing is promised about the resolution.</summary>
    /// <param name="pauses">In their order; an end of null lasts.</param>
    /// <returns>Null when no promise is open.</returns>
    public static SlaLine? Of(
        SlaTerms terms,
        SlaTimeline timeline,
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset? To)> pauses,
        DateTimeOffset now
    )
    {
        var open = SlaClock.Open(terms, timeline);
        var commitment =
            open.FirstOrDefault(c => c.Target is SlaTarget.Resolution) ?? (open.Count > 0 ? open[0] : null);
        if (commitment is null || commitment.DueAt == DateTimeOffset.MaxValue)
            return null;
        var due = commitment.DueAt;
        var segments = new List<SlaSegment>();
        if (commitment.IsPaused || due > now)
        {
            AddPast(segments, terms.Calendar, pauses, commitment.StartedAt, now, SlaStretch.Working);
            var left = terms.Calendar.Between(commitment.IsPaused ? timeline.PausedSince!.Value : now, due);
            if (left > TimeSpan.Zero)
                segments.Add(new(SlaStretch.Left, now, commitment.IsPaused ? now : due, left));
            return new(commitment, Shorten(segments), Counted(segments), left, now);
        }
        AddPast(segments, terms.Calendar, pauses, commitment.StartedAt, due, SlaStretch.Working);
        AddPast(segments, terms.Calendar, pauses, due, now, SlaStretch.Late);
        var late = terms.Calendar.Between(due, now);
        return new(commitment, Shorten(segments), Counted(segments) + late, -late, now);
    }

    /// <summary>When the customer had the next word, read from the ticket's history.</summary>
    /// <param name="events">In any order.</param>
    public static IReadOnlyList<(DateTimeOffset From, DateTimeOffset? To)> PausesIn(IEnumerable<EventFacts> events)
    {
        var pauses = new List<(DateTimeOffset From, DateTimeOffset? To)>();
        foreach (var change in events.OrderBy(e => e.Id))
        {
            var isPaused = pauses is [.., { To: null }];
            if (
                change.Kind is TicketEventKind.AutoAnswered
                || (change.Kind is TicketEventKind.StatusChanged && StatusAfter(change) is TicketStatus.Waiting)
            )
            {
                if (!isPaused)
                    pauses.Add((change.At, null));
            }
            else if (isPaused && change.Kind is TicketEventKind.PersonWanted)
            {
                // the clocks went on as if nothing had been answered
                pauses.RemoveAt(pauses.Count - 1);
            }
            else if (
                isPaused
                && change.Kind is TicketEventKind.StatusChanged or TicketEventKind.Resolved or TicketEventKind.Reopened
            )
            {
                pauses[^1] = (pauses[^1].From, change.At);
            }
        }
        return pauses;
    }

    private static TicketStatus? StatusAfter(EventFacts change)
    {
        if (change.Data is null)
            return null;
        using var data = JsonDocument.Parse(change.Data);
        return
            data.RootElement.TryGetProperty("to", out var to)
            && Enum.TryParse<TicketStatus>(to.GetString(), out var status)
            ? status
            : null;
    }

    private static TimeSpan Counted(IEnumerable<SlaSegment> segments) =>
        TimeSpan.FromTicks(segments.Where(s => s.Kind is SlaStretch.Working).Sum(s => s.Length.Ticks));

    private static void AddPast(
        List<SlaSegment> segments,
        BusinessCalendar calendar,
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset? To)> pauses,
        DateTimeOffset from,
        DateTimeOffset to,
        SlaStretch open
    )
    {
        var at = from;
        foreach (var (pauseFrom, pauseTo) in pauses)
        {
            var (begins, ends) = (Later(pauseFrom, from), Earlier(pauseTo ?? to, to));
            if (ends <= begins || ends <= at)
                continue;
            AddOpenAndClosed(segments, calendar, at, Later(begins, at), open);
            Add(segments, SlaStretch.Paused, Later(begins, at), ends);
            at = ends;
        }
        AddOpenAndClosed(segments, calendar, at, to, open);
    }

    private static void AddOpenAndClosed(
        List<SlaSegment> segments,
        BusinessCalendar calendar,
        DateTimeOffset from,
        DateTimeOffset to,
        SlaStretch open
    )
    {
        var at = from;
        while (at < to)
        {
            var (opens, closes) = calendar.OpenFrom(at).FirstOrDefault();
            if (closes == default || opens >= to)
            {
                Add(segments, SlaStretch.Closed, at, to);
                return;
            }
            Add(segments, SlaStretch.Closed, at, opens);
            Add(segments, open, Later(opens, at), Earlier(closes, to));
            at = Earlier(closes, to);
        }
    }

    private static void Add(List<SlaSegment> segments, SlaStretch kind, DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
            return;
        if (segments is [.., var last] && last.Kind == kind && last.To == from)
            segments[^1] = last with { To = to, Length = last.Length + (to - from) };
        else
            segments.Add(new(kind, from, to, to - from));
    }

    private static List<SlaSegment> Shorten(List<SlaSegment> segments)
    {
        while (segments.Count > MostSegments)
        {
            var working = segments[0].Kind is SlaStretch.Working ? segments[0].Length : TimeSpan.Zero;
            working += segments[1].Kind is SlaStretch.Working ? segments[1].Length : TimeSpan.Zero;
            segments[0] = new(SlaStretch.Working, segments[0].From, segments[1].To, working);
            segments.RemoveAt(1);
        }
        return segments;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
