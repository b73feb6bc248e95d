using System.Runtime.InteropServices;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets.Moving;

/// <summary>Where a ticket stands after all that its record tells.</summary>
public sealed record ConversationState
{
    public TicketStatus Status { get; init; }
    public DateTimeOffset? FirstRespondedAt { get; init; }
    public DateTimeOffset? AwaitingReplySince { get; init; }
    public required DateTimeOffset LastMessageAt { get; init; }
    public bool CustomerWroteLast { get; init; }
    public required DateTimeOffset ResolutionStartedAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public int Replies { get; init; }
    public int Reopenings { get; init; }
    public TimeSpan PausedWorkingTime { get; init; }
    public DateTimeOffset? PausedSince { get; init; }

    public bool IsUnresolved => Status < TicketStatus.Resolved;
}

/// <summary>
/// A ticket's clocks as a pure function of its record: the same rules by which <see cref="Ticket"/> goes on step by step, played from the
/// beginning. Needed where a message joins or leaves a conversation afterwards: what followed from it must follow, or must not have followed.
/// </summary>
public static class ConversationClock
{
    private enum Deed
    {
        CustomerWrote,
        Replied,
        StatusSet,
        Reopened,
    }

    /// <param name="Since">For a customer's words: since when they wait, which lies before <paramref name="At"/> where they were moved here.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Step(DateTimeOffset At, Deed Deed, TicketStatus Status, DateTimeOffset Since);

    /// <param name="calendar">Counts the time of pauses.</param>
    /// <param name="emptiedAt">When the last of the customer's words left; a ticket of which nothing remains is closed then.</param>
    public static ConversationState Play(
        DateTimeOffset createdAt,
        ConversationRecord record,
        BusinessCalendar calendar,
        DateTimeOffset emptiedAt
    )
    {
        var state = new ConversationState { LastMessageAt = createdAt, ResolutionStartedAt = createdAt };
        foreach (var step in Steps(record))
            state = step.Deed switch
            {
                Deed.CustomerWrote => CustomerWrote(state, step, calendar),
                Deed.Replied => Replied(state, step, calendar),
                Deed.Reopened => state.IsUnresolved ? state : StartAgain(state, step.At, TicketStatus.Open),
                _ => StatusSet(state, step, calendar),
            };
        if (!record.HasCustomersWords && state.Replies == 0)
            state = state with
            {
                Status = TicketStatus.Closed,
                ResolvedAt = state.ResolvedAt ?? emptiedAt,
                ClosedAt = emptiedAt,
                CustomerWroteLast = false,
                PausedSince = null,
            };
        return state;
    }

    private static IEnumerable<Step> Steps(ConversationRecord record)
    {
        var written = record
            .Messages.Where(m => m.Kind is MessageKind.Customer)
            .Select(m => new Step(m.MovedAt ?? m.WrittenAt, Deed.CustomerWrote, default, m.WrittenAt));
        return written.Concat(Done(record.Changes)).OrderBy(s => s.At); // stable: words stand before what was done at the same instant
    }

    /// <summary>What people did. What only followed from the customer's words is left out: it follows again, or it does not.</summary>
    private static IEnumerable<Step> Done(IReadOnlyList<ChangeMark> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            var next =
                i + 1 < changes.Count && changes[i + 1] is var after && IsConsequence(change, after) ? after : null;
            switch (change.Kind)
            {
                case TicketEventKind.CustomerWrote:
                    i += next is null ? 0 : 1;
                    break;
                case TicketEventKind.SpecialistReplied:
                    i += next is null ? 0 : 1;
                    var status = change.Status ?? next?.Status ?? TicketStatus.Open;
                    yield return new(change.At, Deed.Replied, status, change.At);
                    break;
                case TicketEventKind.Reopened:
                    yield return new(change.At, Deed.Reopened, TicketStatus.Open, change.At);
                    break;
                default:
                    if (change.Status is { } to)
                        yield return new(change.At, Deed.StatusSet, to, change.At);
                    break;
            }
        }
    }

    private static bool IsConsequence(ChangeMark change, ChangeMark next) =>
        next.At == change.At
        && next.ActorId == change.ActorId
        && next.Kind is TicketEventKind.StatusChanged or TicketEventKind.Reopened or TicketEventKind.Resolved;

    private static ConversationState CustomerWrote(ConversationState state, Step step, BusinessCalendar calendar)
    {
        if (!state.IsUnresolved)
            state = StartAgain(state, step.At, TicketStatus.Open);
        else if (state.Status is TicketStatus.Waiting)
            state = state with { Status = state.FirstRespondedAt is null ? TicketStatus.New : TicketStatus.Open };
        state = EndPause(state, step.At, calendar);
        var isWaiting = state.FirstRespondedAt is not null;
        return state with
        {
            AwaitingReplySince = isWaiting ? Earlier(state.AwaitingReplySince, step.Since) : state.AwaitingReplySince,
            LastMessageAt = step.Since > state.LastMessageAt ? step.Since : state.LastMessageAt,
            CustomerWroteLast = true,
        };
    }

    private static ConversationState Replied(ConversationState state, Step step, BusinessCalendar calendar)
    {
        state = state with
        {
            FirstRespondedAt = state.FirstRespondedAt ?? step.At,
            Replies = state.Replies + 1,
            AwaitingReplySince = null,
            LastMessageAt = step.At,
            CustomerWroteLast = false,
        };
        if (step.Status is TicketStatus.Resolved)
            return state.Status is TicketStatus.Resolved
                ? EndPause(state, step.At, calendar)
                : Resolve(state, step.At, calendar);
        state = state.IsUnresolved ? state with { Status = step.Status } : StartAgain(state, step.At, step.Status);
        return step.Status is TicketStatus.Waiting
            ? state with
            {
                PausedSince = state.PausedSince ?? step.At,
            }
            : EndPause(state, step.At, calendar);
    }

    private static ConversationState StatusSet(ConversationState state, Step step, BusinessCalendar calendar) =>
        step.Status switch
        {
            TicketStatus.Resolved => state.IsUnresolved ? Resolve(state, step.At, calendar) : state,
            TicketStatus.Closed => state.Status is TicketStatus.Resolved
                ? state with
                {
                    Status = TicketStatus.Closed,
                    ClosedAt = step.At,
                }
                : state,
            TicketStatus.Waiting => !state.IsUnresolved
                ? state
                : state with
                {
                    Status = TicketStatus.Waiting,
                    AwaitingReplySince = null,
                    PausedSince = state.PausedSince ?? step.At,
                },
            _ => state.Status is TicketStatus.Waiting
                ? EndPause(state with { Status = step.Status }, step.At, calendar)
                : state,
        };

    private static ConversationState Resolve(ConversationState state, DateTimeOffset at, BusinessCalendar calendar) =>
        EndPause(state, at, calendar) with
        {
            Status = TicketStatus.Resolved,
            ResolvedAt = at,
            AwaitingReplySince = null,
        };

    private static ConversationState StartAgain(ConversationState state, DateTimeOffset at, TicketStatus status) =>
        state with
        {
            Status = status,
            Reopenings = state.Reopenings + 1,
            ResolvedAt = null,
            ClosedAt = null,
            ResolutionStartedAt = at,
            PausedWorkingTime = TimeSpan.Zero,
            PausedSince = null,
        };

    private static ConversationState EndPause(ConversationState state, DateTimeOffset at, BusinessCalendar calendar) =>
        state.PausedSince is not { } since
            ? state
            : state with
            {
                PausedWorkingTime = state.PausedWorkingTime + calendar.Between(since, at),
                PausedSince = null,
            };

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) =>
        one is { } known && known < other ? known : other;
}
