using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;

namespace Helpdesk.Tickets;

// What it is about and how urgent it is, as routing or a person says.
public sealed partial class Ticket
{
    /// <summary>Takes over what routing decided. Priority and topic set by a person stay as they are.</summary>
    public void Route(RoutingResult result, SlaTerms? terms, DateTimeOffset now)
    {
        TakeReading(result);
        // what an escalation raised is still late, whoever gets it now
        var least = EscalationLevel > 0 ? Priority : TicketPriority.Low;
        if (!PriorityIsManual)
            (Priority, PriorityScore) = (result.Priority > least ? result.Priority : least, result.PriorityScore);
        if (terms is not null)
            SlaPolicyId = terms.PolicyId;
        PutWith(result.TeamId);
        // whoever had it while the customer read an automatic answer was not told
        var isNew = result.Specialist?.Id != SpecialistId || PersonWantedAt is not null;
        var before = SpecialistId;
        HandTo(result.Specialist);
        RoutedAt = now;
        RecordRouted(result, before, now);
        Reschedule(terms, now);
        if (isNew && !result.IsQuiet && result.Specialist is { } specialist)
            Notify(NotificationKind.Assigned, specialist, message: null, now);
    }

    /// <summary>Takes over only what was read, where somebody works on it: whose it is, priority and promises stay, and nobody is told.</summary>
    public void Classify(RoutingResult result, DateTimeOffset now)
    {
        TakeReading(result);
        UpdatedAt = now;
        RecordRouted(result, SpecialistId, now);
    }

    /// <summary>Asks routing for a new decision, e.g. after the topic was corrected.</summary>
    public void RequestRouting(DateTimeOffset now)
    {
        EnsureNotClosed();
        (RoutedAt, UpdatedAt) = (null, now);
    }

    public void ChangeTopic(Topic topic, Actor actor, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (!topic.IsLeaf)
            throw new RuleViolationException($"\"{topic.Name}\" is an area. Choose one of its topics.");
        if (TopicId == topic.Id && TopicIsManual)
            return;
        Record(
            TicketEventKind.TopicChanged,
            actor,
            now,
            ("from", TopicId?.ToStringInvariant()),
            ("to", topic.Id.ToStringInvariant())
        );
        PutUnder(topic.Id);
        TopicIsManual = true;
        (Type, TypeIsManual) = (TicketType.Typical, false);
        Frequency = topic.Frequency;
        UpdatedAt = now;
    }

    /// <summary>A person says what was read wrong; null leaves as it is. A special request is about none of the topics.</summary>
    /// <param name="language">ISO 639-1.</param>
    /// <exception cref="RuleViolationException">Nothing has been read yet, or it is to be about a topic without having one.</exception>
    public void CorrectReading(
        TicketType? type,
        Complexity? complexity,
        string? language,
        Actor actor,
        DateTimeOffset now
    )
    {
        EnsureNotClosed();
        if (!WasRouted)
            throw new RuleViolationException("Nothing has been read yet that could be corrected.");
        if (type is TicketType.Typical or TicketType.Combined && TopicId is null)
            throw new RuleViolationException("Only a special request has no topic. Choose the topic.");
        (type, complexity, language) = (
            type == Type ? null : type,
            complexity == Complexity ? null : complexity,
            language == Language ? null : language
        );
        if (type is null && complexity is null && language is null)
            return;
        Record(
            TicketEventKind.ReadingCorrected,
            actor,
            now,
            ("type", type?.ToString()),
            ("complexity", complexity?.ToString()),
            ("language", language)
        );
        if (type is { } rightType)
            (Type, TypeIsManual) = (rightType, true);
        if (type is TicketType.Special)
            SetNoTopic(actor, now);
        if (complexity is { } rightComplexity)
            (Complexity, ComplexityIsManual) = (rightComplexity, true);
        Language = language ?? Language;
        UpdatedAt = now;
    }

    /// <summary>A person says how the customer writes.</summary>
    /// <exception cref="RuleViolationException">Nothing has been read yet.</exception>
    public void CorrectTone(CustomerTone tone, Actor actor, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (!WasRouted)
            throw new RuleViolationException("Nothing has been read yet that could be corrected.");
        if (Tone == tone)
            return;
        Record(TicketEventKind.ReadingCorrected, actor, now, ("tone", tone.ToString()));
        (Tone, ToneIsManual, UpdatedAt) = (tone, true, now);
    }

    private void SetNoTopic(Actor actor, DateTimeOffset now)
    {
        // who decided about the topic is learned from, and watched, by these events
        if (TopicId is { } topic)
            Record(TicketEventKind.TopicChanged, actor, now, ("from", topic.ToStringInvariant()));
        PutUnder(null);
        (TopicIsManual, Frequency) = (true, Tickets.Frequency.Rare);
    }

    public void ChangePriority(
        TicketPriority priority,
        Actor actor,
        string? reason,
        SlaTerms? terms,
        DateTimeOffset now
    )
    {
        EnsureNotClosed();
        if (actor.Kind is not ActorKind.System)
            PriorityIsManual = true;
        if (Priority == priority)
            return;
        Record(
            TicketEventKind.PriorityChanged,
            actor,
            now,
            ("from", Priority.ToString()),
            ("to", priority.ToString()),
            ("reason", reason)
        );
        Priority = priority;
        Reschedule(terms, now);
    }

    /// <summary>More urgent by what happened since it was routed. Never less, and never against what a person set.</summary>
    /// <returns>False when nothing changes.</returns>
    public bool WeighAgain(TicketPriority priority, int score, SlaTerms? terms, DateTimeOffset now)
    {
        if (!IsUnresolved || PriorityIsManual || score <= PriorityScore)
            return false;
        PriorityScore = score;
        if (priority > Priority)
            ChangePriority(priority, Actor.System, "happened since", terms, now);
        return true;
    }

    // what is loaded and goes would take an unchanged number with it
    private void PutUnder(int? topicId)
    {
        if (TopicId != topicId)
            (TopicId, Topic) = (topicId, null);
    }

    private void PutWith(int? teamId)
    {
        if (TeamId != teamId)
            (TeamId, Team) = (teamId, null);
    }

    private void TakeReading(RoutingResult result)
    {
        Type = TypeIsManual ? Type : result.Type;
        Complexity = ComplexityIsManual ? Complexity : result.Complexity;
        Frequency = result.Frequency;
        Language = result.Language ?? Language;
        Tone = ToneIsManual ? Tone : result.Tone;
        if (!TopicIsManual)
            PutUnder(result.TopicId);
    }

    private void RecordRouted(RoutingResult result, Guid? before, DateTimeOffset now) =>
        Record(
            TicketEventKind.Routed,
            Actor.System,
            now,
            ("topic", result.TopicId?.ToStringInvariant()),
            ("team", result.TeamId?.ToStringInvariant()),
            ("specialist", result.Specialist?.Id.ToString()),
            ("name", result.Specialist?.Name),
            ("from", before == result.Specialist?.Id ? null : before?.ToString()),
            ("insteadOf", result.InsteadOf),
            ("priority", Priority.ToString())
        );
}
