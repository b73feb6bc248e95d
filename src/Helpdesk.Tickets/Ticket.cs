using System.Globalization;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;

namespace Helpdesk.Tickets;

/// <summary>
/// One request and its life. Every change goes through a method here, which keeps the rules, sets the clocks, and adds the
/// <see cref="TicketEvent"/> and the <see cref="Notification"/>s that belong to it, so that one commit holds all of it.
/// </summary>
public sealed partial class Ticket
{
    public const int MaxSubjectLength = 200;

    private Specialist? handedTo;

    private Ticket() { }

    /// <summary>The public number.</summary>
    public long Id { get; private set; }
    public string Subject { get; private set; } = "";
    public long CustomerId { get; private set; }
    public Customer Customer { get; private set; } = null!;
    public Channel Channel { get; private set; }
    public TicketStatus Status { get; private set; }
    public TicketPriority Priority { get; private set; } = TicketPriority.Normal;

    /// <summary>What the priority was computed from; orders tickets within a priority.</summary>
    public int PriorityScore { get; private set; }

    /// <summary>A person set the priority; routing leaves it alone.</summary>
    public bool PriorityIsManual { get; private set; }

    // classification
    public int? TopicId { get; private set; }
    public Topic? Topic { get; private set; }

    /// <summary>A person set the topic; routing leaves it alone, and learns from it.</summary>
    public bool TopicIsManual { get; private set; }

    /// <summary>Null until it is classified: nobody has read it yet, or there was no model to read it with.</summary>
    public TicketType? Type { get; private set; }
    public Frequency? Frequency { get; private set; }
    public Complexity? Complexity { get; private set; }

    /// <summary>Routing has decided about it at least once.</summary>
    public bool WasRouted => Complexity is not null;

    /// <summary>ISO 639-1.</summary>
    public string? Language { get; private set; }

    // who
    public int? TeamId { get; private set; }
    public Team? Team { get; private set; }
    public Guid? SpecialistId { get; private set; }
    public Specialist? Specialist { get; private set; }

    /// <summary>Null = routing owes a decision; it is picked up again after a crash.</summary>
    public DateTimeOffset? RoutedAt { get; private set; }

    // when
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? FirstRespondedAt { get; private set; }
    public DateTimeOffset? AwaitingReplySince { get; private set; }
    public DateTimeOffset LastMessageAt { get; private set; }

    /// <summary>The customer wrote last (bold in lists).</summary>
    public bool CustomerWroteLast { get; private set; }
    public DateTimeOffset ResolutionStartedAt { get; private set; }
    public DateTimeOffset? ResolvedAt { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public int Replies { get; private set; }
    public int Reopenings { get; private set; }

    /// <summary>All that came in here was moved to other tickets, and nobody answered: no request, so it counts in no statistics.</summary>
    public bool IsEmptied { get; private set; }

    // promises
    public int? SlaPolicyId { get; private set; }
    public TimeSpan PausedWorkingTime { get; private set; }
    public DateTimeOffset? PausedSince { get; private set; }

    /// <summary>The nearest open promise; null while paused, resolved, or without a policy.</summary>
    public DateTimeOffset? DueAt { get; private set; }
    public SlaTarget? DueTarget { get; private set; }

    /// <summary>When the sweep must look at this ticket next.</summary>
    public DateTimeOffset? NextEscalationAt { get; private set; }

    /// <summary>The highest level reached by what is open now, in percent of the promise; 0 = none.</summary>
    public int EscalationLevel { get; private set; }

    /// <summary>Null until the promise was kept or missed.</summary>
    public bool? FirstResponseKept { get; private set; }
    public bool? ResolutionKept { get; private set; }

    /// <summary>The first promise missed, ever.</summary>
    public DateTimeOffset? BreachedAt { get; private set; }

    // outcome
    public string? ResolutionNote { get; private set; }

    /// <summary>The article that solved it, or is in the last answer and may; ids are those of the knowledge module.</summary>
    public long? SolutionArticleId { get; private set; }

    /// <summary>Row version.</summary>
    public int Version { get; internal set; }

    public List<Message> Messages { get; } = [];
    public List<TicketEvent> Events { get; } = [];
    public List<Notification> Notifications { get; } = [];
    public List<TicketEscalation> Escalations { get; } = [];

    public bool IsUnresolved => Status < TicketStatus.Resolved;

    /// <param name="terms">The customer's promises; null = none.</param>
    public static Ticket Open(
        Customer customer,
        Channel channel,
        string subject,
        MessageContent content,
        Actor actor,
        SlaTerms? terms,
        DateTimeOffset now
    )
    {
        var line = Text.OneLine(subject, MaxSubjectLength);
        var ticket = new Ticket
        {
            Subject = line.Length > 0 ? line : FirstWords(content.Text),
            Customer = customer,
            CustomerId = customer.Id,
            Channel = channel,
            Language = customer.Language,
            CreatedAt = now,
            LastMessageAt = now,
            ResolutionStartedAt = now,
            CustomerWroteLast = true,
            SlaPolicyId = terms?.PolicyId,
        };
        ticket.Messages.Add(new Message(ticket, MessageKind.Customer, content, actor, now));
        ticket.Record(TicketEventKind.Opened, actor, now, ("channel", channel.ToString()));
        ticket.Reschedule(terms, now);
        return ticket;
    }

    /// <summary>The customer (or somebody writing for them) adds a message; a resolved request is open again.</summary>
    /// <param name="saysSolved">They say along with it that the automatic answer helped; else a word of theirs asks for a person.</param>
    public Message AddCustomerMessage(
        MessageContent content,
        Actor actor,
        SlaTerms? terms,
        DateTimeOffset now,
        bool saysSolved = false
    )
    {
        var message = new Message(this, MessageKind.Customer, content, actor, now);
        Messages.Add(message);
        Record(TicketEventKind.CustomerWrote, actor, now, ("sender", content.SenderAddress));
        var wasAutomatic = AutoAnswer is AutoAnswerState.Sent;
        if (wasAutomatic && !saysSolved)
            WantPerson(actor, terms, now);
        if (!IsUnresolved)
            StartAgain(actor, now);
        else if (Status is TicketStatus.Waiting)
            SetStatus(FirstRespondedAt is null ? TicketStatus.New : TicketStatus.Open, actor, now);
        EndPause(terms, now);
        if (FirstRespondedAt is not null)
            AwaitingReplySince ??= now;
        (LastMessageAt, CustomerWroteLast) = (now, true);
        Reschedule(terms, now);
        if (!wasAutomatic && Responsible is { } specialist)
            Notify(NotificationKind.CustomerAnswered, specialist, message, now);
        return message;
    }

    /// <summary>A specialist answers the customer; the answer is mailed.</summary>
    /// <param name="next">Where the ticket stands afterwards: open, waiting for the customer, or resolved.</param>
    /// <param name="articleId">The article that the answer gives, where it resolves the ticket: it learns the customer's words.</param>
    /// <exception cref="RuleViolationException">The answer is empty, or the ticket is closed.</exception>
    public Message Reply(
        MessageContent content,
        Actor actor,
        TicketStatus next,
        SlaTerms? terms,
        DateTimeOffset now,
        long? articleId = null
    )
    {
        if (string.IsNullOrWhiteSpace(content.Text))
            throw new RuleViolationException("The answer is empty. Write something before you send it.");
        EnsureNotClosed();
        if (next is TicketStatus.New or TicketStatus.Closed)
            throw new RuleViolationException("After an answer a request is open, waiting or resolved.");
        var message = new Message(this, MessageKind.Reply, content, actor, now);
        Messages.Add(message);
        Record(TicketEventKind.SpecialistReplied, actor, now, ("to", next.ToString()));
        CountAnswer(terms, now);
        // the last answer is the one that solves; the customer may have time to say so
        SolutionArticleId = articleId;
        (LastMessageAt, CustomerWroteLast) = (now, false);
        NotifyCustomer(NotificationKind.Reply, message, now);
        if (next is TicketStatus.Resolved)
            MarkResolved(note: null, articleId, actor, terms, now);
        else if (!IsUnresolved)
            StartAgain(actor, now, next);
        else
            SetStatus(next, actor, now);
        if (next is TicketStatus.Waiting)
            StartPause(now);
        else
            EndPause(terms, now);
        Reschedule(terms, now);
        return message;
    }

    /// <summary>Adds a note among staff.</summary>
    public Message AddNote(MessageContent content, Actor actor, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(content.Text))
            throw new RuleViolationException("The note is empty. Write something before you save it.");
        var note = new Message(this, MessageKind.Note, content, actor, now);
        Messages.Add(note);
        UpdatedAt = now;
        Record(TicketEventKind.NoteAdded, actor, now);
        return note;
    }

    /// <summary>Tells a colleague that a note calls them; see <see cref="Mentions"/>.</summary>
    internal void Mention(Message note, Specialist colleague, DateTimeOffset now) =>
        Notify(NotificationKind.Mentioned, colleague, note, now);

    /// <summary>Takes over what routing decided. Priority and topic set by a person stay as they are.</summary>
    public void Route(RoutingResult result, SlaTerms? terms, DateTimeOffset now)
    {
        TakeReading(result);
        if (!PriorityIsManual)
            (Priority, PriorityScore) = (result.Priority, result.PriorityScore);
        if (terms is not null)
            SlaPolicyId = terms.PolicyId;
        (TeamId, Team) = (result.TeamId, null);
        // whoever had it while the customer read an automatic answer was not told
        var isNew = result.Specialist?.Id != SpecialistId || PersonWantedAt is not null;
        HandTo(result.Specialist);
        RoutedAt = now;
        RecordRouted(result, now);
        Reschedule(terms, now);
        if (isNew && !result.IsQuiet && result.Specialist is { } specialist)
            Notify(NotificationKind.Assigned, specialist, message: null, now);
    }

    /// <summary>Takes over only what was read, where somebody works on it: whose it is, priority and promises stay, and nobody is told.</summary>
    public void Classify(RoutingResult result, DateTimeOffset now)
    {
        TakeReading(result);
        UpdatedAt = now;
        RecordRouted(result, now);
    }

    /// <summary>Tells the customer that the request arrived; once per ticket.</summary>
    /// <param name="data">Facts for the template, a flat JSON object.</param>
    /// <returns>Null when the customer has been told already.</returns>
    public Notification? Acknowledge(string? data, DateTimeOffset now)
    {
        if (Acknowledged)
            return null;
        Acknowledged = true;
        var notification = NotifyCustomer(NotificationKind.Acknowledgement, message: null, now);
        notification.Data = data;
        return notification;
    }

    /// <summary>An acknowledgement was made, or must never be (mail from a machine).</summary>
    public bool Acknowledged { get; private set; }

    /// <summary>For requests written by machines: nothing automatic is ever sent in answer.</summary>
    public void SuppressAcknowledgement() => Acknowledged = true;

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
        (TopicId, Topic, TopicIsManual, Type) = (topic.Id, null, true, TicketType.Typical);
        Frequency = topic.Frequency;
        UpdatedAt = now;
    }

    /// <summary>Asks routing for a new decision, e.g. after the topic was corrected.</summary>
    public void RequestRouting(DateTimeOffset now)
    {
        EnsureNotClosed();
        (RoutedAt, UpdatedAt) = (null, now);
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

    /// <summary>Hands the ticket to a person, who is told unless they did it themselves.</summary>
    public void AssignTo(Specialist specialist, Actor actor, string? reason, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (!specialist.IsActive)
            throw new RuleViolationException($"{specialist.Name} no longer works here. Choose somebody else.");
        if (SpecialistId == specialist.Id)
            return;
        Record(
            TicketEventKind.Assigned,
            actor,
            now,
            ("from", SpecialistId?.ToString()),
            ("to", specialist.Id.ToString()),
            ("name", specialist.Name),
            ("reason", reason)
        );
        HandTo(specialist);
        UpdatedAt = now;
        RoutedAt ??= now;
        if (actor.UserId != specialist.Id)
            Notify(NotificationKind.Assigned, specialist, message: null, now);
    }

    /// <summary>Back to the team's queue.</summary>
    public void Unassign(Actor actor, string? reason, DateTimeOffset now)
    {
        if (SpecialistId is null)
            return;
        Record(TicketEventKind.Unassigned, actor, now, ("from", SpecialistId.ToString()), ("reason", reason));
        HandTo(specialist: null);
        UpdatedAt = now;
    }

    /// <summary>Into another team's queue; nobody of it is chosen yet.</summary>
    public void MoveTo(Team team, Actor actor, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (TeamId == team.Id)
            return;
        Record(
            TicketEventKind.TeamChanged,
            actor,
            now,
            ("from", TeamId?.ToStringInvariant()),
            ("to", team.Id.ToStringInvariant()),
            ("name", team.Name)
        );
        (TeamId, Team, UpdatedAt) = (team.Id, null, now);
        HandTo(specialist: null);
    }

    /// <summary>The customer has the next word: the clocks stand still until they write.</summary>
    public void WaitForCustomer(Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (!IsUnresolved)
            throw new RuleViolationException("The request is resolved. Reopen it first.");
        SetStatus(TicketStatus.Waiting, actor, now);
        AwaitingReplySince = null;
        PersonTakesOver();
        StartPause(now);
        Reschedule(terms, now);
    }

    /// <summary>The desk has the next word again, without a message of the customer.</summary>
    public void Resume(Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (Status is not TicketStatus.Waiting)
            return;
        PersonTakesOver();
        SetStatus(TicketStatus.Open, actor, now);
        EndPause(terms, now);
        Reschedule(terms, now);
    }

    /// <summary>Marks the request solved and stops its clocks. Resolving twice changes nothing.</summary>
    /// <param name="articleId">The article that solved it, if one did: it learns the customer's words.</param>
    /// <exception cref="RuleViolationException">The ticket is closed; reopen it first.</exception>
    public void Resolve(string? note, long? articleId, Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (Status is TicketStatus.Resolved)
            return;
        MarkResolved(note, articleId, actor, terms, now);
        NotifyCustomer(NotificationKind.Resolved, message: null, now);
        Reschedule(terms, now);
    }

    /// <summary>Unresolved again; the resolution promise starts anew.</summary>
    public void Reopen(Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (IsUnresolved)
            return;
        StartAgain(actor, now);
        Reschedule(terms, now);
    }

    /// <summary>Ends a resolved ticket for good; a later mail of the customer still reopens it.</summary>
    public void Close(Actor actor, DateTimeOffset now)
    {
        if (Status is TicketStatus.Closed)
            return;
        if (Status is not TicketStatus.Resolved)
            throw new RuleViolationException("Only a resolved request can be closed. Resolve it first.");
        Status = TicketStatus.Closed;
        (ClosedAt, UpdatedAt) = (now, now);
        Record(TicketEventKind.Closed, actor, now);
    }

    /// <summary>Says who looks after the customer now that tier or contract changed.</summary>
    public void ChangePolicy(SlaTerms? terms, Actor actor, DateTimeOffset now)
    {
        if (SlaPolicyId == terms?.PolicyId)
            return;
        Record(TicketEventKind.PolicyChanged, actor, now, ("to", terms?.Name));
        SlaPolicyId = terms?.PolicyId;
        Reschedule(terms, now);
    }

    /// <summary>
    /// Acts on every level that has been reached and was not acted on before, and says when to look again.
    /// Needs <see cref="Escalations"/>, <see cref="Specialist"/> and the team's lead to be loaded.
    /// </summary>
    /// <returns>The levels acted on now; empty when there was nothing to do.</returns>
    public IReadOnlyList<TicketEscalation> Escalate(EscalationPeople people, SlaTerms terms, DateTimeOffset now)
    {
        var acted = new List<TicketEscalation>();
        foreach (var commitment in SlaClock.Open(terms, Timeline()))
        {
            if (commitment.IsPaused)
                continue;
            foreach (var rule in terms.Escalations)
            {
                var reachedAt = SlaClock.LevelAt(terms, commitment, rule);
                if (reachedAt > now)
                    break;
                if (HasActed(commitment, rule.Percent))
                    continue;
                var escalation = new TicketEscalation
                {
                    Target = commitment.Target,
                    Cycle = commitment.Cycle,
                    Percent = rule.Percent,
                    Actions = rule.Actions,
                    ReachedAt = reachedAt,
                    ActedAt = now,
                };
                Escalations.Add(escalation);
                acted.Add(escalation);
                Act(escalation, people, now);
            }
        }
        if (acted.Exists(e => e.Actions.HasFlag(EscalationActions.RaisePriority)) && Priority < TicketPriority.Urgent)
        {
            Record(
                TicketEventKind.PriorityChanged,
                Actor.System,
                now,
                ("from", Priority.ToString()),
                ("to", (Priority + 1).ToString()),
                ("reason", "escalation")
            );
            Priority++;
        }
        Reschedule(terms, now);
        if (NextEscalationAt <= now)
            NextEscalationAt = NextUnacted(terms);
        return acted;
    }

    /// <summary>Mail about this request came back, or was given up; the history says so.</summary>
    /// <param name="remark">The other server's words or ours, one line.</param>
    public void NoteDeliveryFailure(string address, string remark, DateTimeOffset now) =>
        Record(TicketEventKind.DeliveryFailed, Actor.System, now, ("address", address), ("remark", remark));

    /// <summary>It comes from a problem that many have; the history says so.</summary>
    public void LinkToProblem(string problem, Actor actor, DateTimeOffset now)
    {
        Record(TicketEventKind.LinkedToProblem, actor, now, ("problem", problem));
        UpdatedAt = now;
    }

    /// <summary>What the clocks are counted from.</summary>
    public SlaTimeline Timeline() =>
        new()
        {
            Priority = Priority,
            CreatedAt = CreatedAt,
            FirstRespondedAt = FirstRespondedAt,
            AwaitingReplySince = AwaitingReplySince,
            ResolutionStartedAt = ResolutionStartedAt,
            ResolvedAt = ResolvedAt,
            Paused = PausedWorkingTime,
            PausedSince = PausedSince,
            Replies = Replies,
            Reopenings = Reopenings,
        };

    internal void Record(
        TicketEventKind kind,
        Actor actor,
        DateTimeOffset now,
        params (string Name, string? Value)[] details
    ) => Events.Add(new TicketEvent(this, kind, actor, now, details));

    private void TakeReading(RoutingResult result)
    {
        (Type, Frequency, Complexity) = (result.Type, result.Frequency, result.Complexity);
        Language = result.Language ?? Language;
        if (!TopicIsManual)
            (TopicId, Topic) = (result.TopicId, null);
    }

    private void RecordRouted(RoutingResult result, DateTimeOffset now) =>
        Record(
            TicketEventKind.Routed,
            Actor.System,
            now,
            ("topic", result.TopicId?.ToStringInvariant()),
            ("team", result.TeamId?.ToStringInvariant()),
            ("specialist", result.Specialist?.Id.ToString()),
            ("priority", Priority.ToString())
        );

    private void Act(TicketEscalation escalation, EscalationPeople people, DateTimeOffset now)
    {
        EscalationLevel = Math.Max(EscalationLevel, escalation.Percent);
        if (escalation.Percent >= 100)
        {
            BreachedAt ??= escalation.ReachedAt;
            if (escalation.Target is SlaTarget.FirstResponse)
                FirstResponseKept = false;
            else if (escalation.Target is SlaTarget.Resolution)
                ResolutionKept = false;
        }
        Record(
            TicketEventKind.Escalated,
            Actor.System,
            now,
            ("target", escalation.Target.ToString()),
            ("percent", escalation.Percent.ToStringInvariant()),
            ("actions", escalation.Actions.ToString())
        );
        var facts = System.Text.Json.JsonSerializer.Serialize(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["target"] = escalation.Target.ToString(),
                ["percent"] = escalation.Percent.ToStringInvariant(),
                ["dueAt"] = (DueAt ?? escalation.ReachedAt).ToString("O", CultureInfo.InvariantCulture),
            }
        );
        if (escalation.Actions.HasFlag(EscalationActions.WarnSpecialist) && (Responsible ?? people.Lead) is { } warned)
            Notify(NotificationKind.DueSoon, warned, message: null, now).Data = facts;
        if (escalation.Actions.HasFlag(EscalationActions.TellSupervisor))
            foreach (var (userId, address) in people.Supervisors)
            {
                var told = Notification.ToStaff(NotificationKind.Breached, this, message: null, userId, address, now);
                told.Data = facts;
                Notifications.Add(told);
            }
        if (
            escalation.Actions.HasFlag(EscalationActions.ReassignToLead)
            && people.Lead is { IsActive: true } lead
            && lead.Id != SpecialistId
        )
            AssignTo(lead, Actor.System, "escalation", now);
    }

    private DateTimeOffset? NextUnacted(SlaTerms terms)
    {
        DateTimeOffset? next = null;
        foreach (var commitment in SlaClock.Open(terms, Timeline()))
        foreach (var rule in terms.Escalations)
        {
            if (commitment.IsPaused || HasActed(commitment, rule.Percent))
                continue;
            var at = SlaClock.LevelAt(terms, commitment, rule);
            if (at != DateTimeOffset.MaxValue && (next is null || at < next))
                next = at;
        }
        return next;
    }

    private bool HasActed(SlaCommitment commitment, int percent) =>
        Escalations.Exists(e => e.Target == commitment.Target && e.Cycle == commitment.Cycle && e.Percent == percent);

    private void MarkResolved(string? note, long? articleId, Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (Status is TicketStatus.Resolved)
            return;
        // a clock that stands still is past nothing, so it goes on before it is read
        EndPause(terms, now);
        PersonTakesOver();
        if (terms?.Promised(SlaTarget.Resolution, Priority) is not null)
            ResolutionKept = !IsPast(SlaTarget.Resolution, terms, now) && ResolutionKept is not false;
        (Status, ResolvedAt, AwaitingReplySince) = (TicketStatus.Resolved, now, null);
        ResolutionNote = note is null ? ResolutionNote : Text.Cut(note, 4000);
        SolutionArticleId = articleId ?? SolutionArticleId;
        Record(TicketEventKind.Resolved, actor, now, ("article", articleId?.ToStringInvariant()));
    }

    private void StartAgain(Actor actor, DateTimeOffset now, TicketStatus status = TicketStatus.Open)
    {
        Reopenings++;
        IsEmptied = false;
        // it goes on: a person of the desk says so, or nobody knows yet
        if (IsSpam is true)
            IsSpam = actor.Kind is ActorKind.Staff ? false : null;
        (Status, ResolvedAt, ClosedAt, ResolutionStartedAt) = (status, null, null, now);
        (PausedWorkingTime, PausedSince, EscalationLevel) = (TimeSpan.Zero, null, 0);
        Record(TicketEventKind.Reopened, actor, now);
        // whoever left cannot go on with it
        if (SpecialistId is null || Specialist is { IsActive: false })
            RoutedAt = null;
    }

    private void CountAnswer(SlaTerms? terms, DateTimeOffset now)
    {
        if (FirstRespondedAt is null)
        {
            if (terms?.Promised(SlaTarget.FirstResponse, Priority) is not null)
                FirstResponseKept = !IsPast(SlaTarget.FirstResponse, terms, now);
            FirstRespondedAt = now;
        }
        else if (AwaitingReplySince is not null)
        {
            if (terms is not null && IsPast(SlaTarget.NextResponse, terms, now))
                BreachedAt ??= now;
        }
        PersonTakesOver();
        // whom somebody answers is worth an answer
        IsSpam = IsSpam is true ? null : IsSpam;
        Replies++;
        (AwaitingReplySince, EscalationLevel) = (null, 0);
    }

    private bool IsPast(SlaTarget target, SlaTerms terms, DateTimeOffset now)
    {
        foreach (var commitment in SlaClock.Open(terms, Timeline()))
            if (commitment.Target == target && !commitment.IsPaused && commitment.DueAt < now)
            {
                BreachedAt ??= commitment.DueAt;
                return true;
            }
        return false;
    }

    /// <summary>Who has it, also when that was decided in this unit of work.</summary>
    private Specialist? Responsible => handedTo ?? Specialist;

    // Only the key is written: the person may come from another unit of work, which must not be saved along with this one.
    private void HandTo(Specialist? specialist)
    {
        (SpecialistId, Specialist) = (specialist?.Id, null);
        handedTo = specialist;
    }

    private void StartPause(DateTimeOffset now) => PausedSince ??= now;

    private void EndPause(SlaTerms? terms, DateTimeOffset now)
    {
        if (PausedSince is not { } since)
            return;
        PausedWorkingTime += (terms?.Calendar ?? BusinessCalendar.AlwaysOpen).Between(since, now);
        PausedSince = null;
    }

    private void SetStatus(TicketStatus status, Actor actor, DateTimeOffset now)
    {
        if (Status == status)
            return;
        Record(TicketEventKind.StatusChanged, actor, now, ("from", Status.ToString()), ("to", status.ToString()));
        Status = status;
    }

    private void Reschedule(SlaTerms? terms, DateTimeOffset now)
    {
        UpdatedAt = now;
        var open = terms is null ? [] : SlaClock.Open(terms, Timeline());
        var nearest = open.FirstOrDefault(c => !c.IsPaused && c.DueAt != DateTimeOffset.MaxValue);
        (DueAt, DueTarget) = (nearest?.DueAt, nearest?.Target);
        NextEscalationAt = terms is null ? null : SlaClock.NextLevel(terms, open);
    }

    private Notification NotifyCustomer(NotificationKind kind, Message? message, DateTimeOffset now)
    {
        var notification = Notification.ToCustomer(kind, this, message, Customer.Address, now);
        Notifications.Add(notification);
        return notification;
    }

    private Notification Notify(NotificationKind kind, Specialist specialist, Message? message, DateTimeOffset now)
    {
        var notification = Notification.ToStaff(kind, this, message, specialist.Id, specialist.Address, now);
        Notifications.Add(notification);
        return notification;
    }

    private void EnsureNotClosed()
    {
        if (Status is TicketStatus.Closed)
            throw new RuleViolationException(
                string.Create(CultureInfo.InvariantCulture, $"Request {Id} is closed. Reopen it first.")
            );
    }

    private static string FirstWords(string text)
    {
        var line = Text.OneLine(text, 70);
        return line.Length > 0 ? line : "(no subject)";
    }
}

/// <summary>What routing decided for a ticket, in the words of this module.</summary>
public sealed record RoutingResult
{
    /// <summary>Null: not classified yet.</summary>
    public required TicketType? Type { get; init; }
    public Frequency? Frequency { get; init; }
    public Complexity? Complexity { get; init; }
    public string? Language { get; init; }
    public int? TopicId { get; init; }
    public int? TeamId { get; init; }

    /// <summary>Null = the team's queue.</summary>
    public Specialist? Specialist { get; init; }
    public required TicketPriority Priority { get; init; }
    public required int PriorityScore { get; init; }

    /// <summary>The specialist is not told yet: the desk answers by itself, and perhaps that is enough.</summary>
    public bool IsQuiet { get; init; }
}

/// <summary>Whom an escalation concerns besides the specialist.</summary>
public sealed record EscalationPeople(Specialist? Lead, IReadOnlyList<(Guid UserId, string Address)> Supervisors);
