namespace Helpdesk.Tickets.Sla;

/// <summary>What a ticket's clocks are counted from. All instants UTC.</summary>
public sealed record SlaTimeline
{
    public required TicketPriority Priority { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FirstRespondedAt { get; init; }

    /// <summary>The customer's oldest word that nobody answered yet, after the first response.</summary>
    public DateTimeOffset? AwaitingReplySince { get; init; }

    /// <summary>When the resolution clock started: creation, or the last reopening.</summary>
    public required DateTimeOffset ResolutionStartedAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Working time of finished pauses since <see cref="ResolutionStartedAt"/>.</summary>
    public TimeSpan Paused { get; init; }

    /// <summary>Start of the pause that lasts; null = the clocks run.</summary>
    public DateTimeOffset? PausedSince { get; init; }

    /// <summary>How often the customer's word was answered: numbers the next-response promises.</summary>
    public int Replies { get; init; }

    /// <summary>How often the ticket was reopened: numbers the resolution promises.</summary>
    public int Reopenings { get; init; }
}

/// <summary>One promise of a ticket, with everything it was computed from.</summary>
/// <param name="Cycle">Numbers the promises of one target: each reopening and each answered question starts a new one.</param>
/// <param name="Extension">Working time of pauses, added to what was promised.</param>
/// <param name="DueAt">UTC; while paused the instant that would hold if the clock went on at the pause's start.</param>
public sealed record SlaCommitment(
    SlaTarget Target,
    int Cycle,
    DateTimeOffset StartedAt,
    TimeSpan Promised,
    TimeSpan Extension,
    DateTimeOffset DueAt,
    bool IsPaused
);

/// <summary>
/// The open promises of a ticket as a pure function of its policy, calendar and timeline: due = the instant at which
/// (promised + paused) working time has passed since the start. Nothing here reads a clock.
/// </summary>
public static class SlaClock
{
    /// <returns>Open promises only, the nearest first; empty for a resolved ticket.</returns>
    public static IReadOnlyList<SlaCommitment> Open(SlaTerms terms, SlaTimeline timeline)
    {
        if (timeline.ResolvedAt is not null)
            return [];
        var open = new List<SlaCommitment>(2);
        if (timeline.FirstRespondedAt is null)
            // a request that was solved unanswered and opened again waits for its first answer since then
            Add(SlaTarget.FirstResponse, timeline.Reopenings, timeline.ResolutionStartedAt, timeline.Paused);
        else if (timeline.AwaitingReplySince is { } since)
            Add(SlaTarget.NextResponse, timeline.Replies, since, TimeSpan.Zero);
        Add(SlaTarget.Resolution, timeline.Reopenings, timeline.ResolutionStartedAt, timeline.Paused);
        open.Sort((a, b) => a.DueAt.CompareTo(b.DueAt));
        return open;

        void Add(SlaTarget target, int cycle, DateTimeOffset start, TimeSpan extension)
        {
            if (terms.Promised(target, timeline.Priority) is { } promised)
                open.Add(
                    new(
                        target,
                        cycle,
                        start,
                        promised,
                        extension,
                        terms.Calendar.Add(start, promised + extension),
                        timeline.PausedSince is not null
                    )
                );
        }
    }

    /// <summary>When a level is reached: at that share of the promised working time, pauses left out.</summary>
    public static DateTimeOffset LevelAt(SlaTerms terms, SlaCommitment commitment, EscalationRule rule) =>
        terms.Calendar.Add(commitment.StartedAt, (commitment.Promised * (rule.Percent / 100.0)) + commitment.Extension);

    /// <summary>The instant of the earliest level of any running promise; null when none will come.</summary>
    /// <param name="after">Levels up to this instant are left out; null = all count.</param>
    public static DateTimeOffset? NextLevel(
        SlaTerms terms,
        IReadOnlyList<SlaCommitment> open,
        DateTimeOffset? after = null
    )
    {
        DateTimeOffset? next = null;
        foreach (var commitment in open)
        {
            if (commitment.IsPaused)
                continue;
            foreach (var rule in terms.Escalations)
            {
                var at = LevelAt(terms, commitment, rule);
                if (at == DateTimeOffset.MaxValue || at <= after)
                    continue;
                if (next is null || at < next)
                    next = at;
                break; // levels are in order, so the first that counts is this promise's earliest
            }
        }
        return next;
    }
}
