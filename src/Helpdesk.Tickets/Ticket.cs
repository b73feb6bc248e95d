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

    /// <summary>A person set the type; routing leaves it alone.</summary>
    public bool TypeIsManual { get; private set; }
    public Frequency? Frequency { get; private set; }
    public Complexity? Complexity { get; private set; }

    /// <summary>A person set the complexity; routing leaves it alone.</summary>
    public bool ComplexityIsManual { get; private set; }

    /// <summary>Routing has decided about it at least once.</summary>
    public bool WasRouted => Complexity is not null;

    /// <summary>ISO 639-1.</summary>
    public string? Language { get; private set; }
    public CustomerTone? Tone { get; private set; }

    /// <summary>A person set the tone; routing leaves it alone.</summary>
    public bool ToneIsManual { get; private set; }

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

    /// <summary>An acknowledgement was made, or must never be (mail from a machine).</summary>
    public bool Acknowledged { get; private set; }

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

    /// <summary>It comes from a problem that many have; the history says so.</summary>
    public void LinkToProblem(string problem, Actor actor, DateTimeOffset now)
    {
        Record(TicketEventKind.LinkedToProblem, actor, now, ("problem", problem));
        UpdatedAt = now;
    }

    internal void Record(
        TicketEventKind kind,
        Actor actor,
        DateTimeOffset now,
        params (string Name, string? Value)[] details
    ) => Events.Add(new TicketEvent(this, kind, actor, now, details));

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

    private const int MostFirstWords = 70;

    private static string FirstWords(string text)
    {
        var line = Text.OneLine(text, 2 * MostFirstWords);
        if (line.Length <= MostFirstWords)
            return line.Length > 0 ? line : "(no subject)";
        var space = line.LastIndexOf(' ', MostFirstWords - 1);
        return Text.Cut(line, space > MostFirstWords / 2 ? space : MostFirstWords - 1).TrimEnd(',', ';', ':', ' ')
            + "…";
    }
}
