using Helpdesk.Tickets;
using Helpdesk.Tickets.Html;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>What a ticket's page shows of the ticket itself.</summary>
public sealed record TicketFacts
{
    public required long Id { get; init; }
    public required int Version { get; init; }
    public required string Subject { get; init; }
    public required Channel Channel { get; init; }
    public required TicketStatus Status { get; init; }
    public required TicketPriority Priority { get; init; }
    public required bool PriorityIsManual { get; init; }
    public int? TopicId { get; init; }
    public required bool TopicIsManual { get; init; }
    public TicketType? Type { get; init; }
    public bool TypeIsManual { get; init; }
    public Frequency? Frequency { get; init; }
    public Complexity? Complexity { get; init; }
    public bool ComplexityIsManual { get; init; }
    public string? Language { get; init; }
    public CustomerTone? Tone { get; init; }
    public int? TeamId { get; init; }
    public Guid? SpecialistId { get; init; }
    public string? SpecialistName { get; init; }
    public AutoAnswerState AutoAnswer { get; init; }

    /// <summary>A person's judgement; null = nobody said anything.</summary>
    public bool? IsSpam { get; init; }
    public DateTimeOffset? PersonWantedAt { get; init; }
    public DateTimeOffset? RoutedAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public SlaTarget? DueTarget { get; init; }
    public int? SlaPolicyId { get; init; }
    public bool? FirstResponseKept { get; init; }
    public bool? ResolutionKept { get; init; }
    public string? ResolutionNote { get; init; }
    public long? SolutionArticleId { get; init; }
    public required SlaTimeline Timeline { get; init; }
    public required CustomerFacts Customer { get; init; }

    public bool IsUnresolved => Status < TicketStatus.Resolved;
    public bool IsPaused => Timeline.PausedSince is not null;
}

/// <summary>Who asks.</summary>
public sealed record CustomerFacts
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Address { get; init; }
    public string? Organization { get; init; }
    public DateOnly? CustomerSince { get; init; }
    public int? TierId { get; init; }
    public string? Language { get; init; }
    public string? TimeZoneId { get; init; }
    public required bool IsVerified { get; init; }
    public required bool IsUndeliverable { get; init; }

    public string DisplayName => Name.Length > 0 ? Name : Address;
}

public sealed record MessageFacts
{
    public required long Id { get; init; }
    public required MessageKind Kind { get; init; }
    public required string AuthorName { get; init; }
    public Guid? AuthorUserId { get; init; }

    /// <summary>At most <see cref="TicketReader.ShownLength"/> characters.</summary>
    public required string Text { get; init; }
    public required bool IsCut { get; init; }
    public string? FoldedText { get; init; }

    /// <summary>Only of what the desk wrote; a customer's markup is shown in a frame of its own.</summary>
    public SafeHtml? Html { get; init; }
    public required bool HasFormatting { get; init; }
    public required bool FromOtherSender { get; init; }
    public string? SenderAddress { get; init; }
    public required bool IsMail { get; init; }

    /// <summary>Why it is in this ticket, as a code; null where nothing had to be decided.</summary>
    public string? ThreadReason { get; init; }

    /// <summary>The ticket in which it came in, where a person moved it here.</summary>
    public long? MovedFromTicketId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

public sealed record FileFacts(long Id, long MessageId, string Name, long Size);

/// <summary>One line of the history.</summary>
public sealed record EventFacts(
    long Id,
    TicketEventKind Kind,
    DateTimeOffset At,
    ActorKind ActorKind,
    string? ActorId,
    string ActorName,
    string? Data
);

public sealed record EarlierTicket(long Id, string Subject, TicketStatus Status, DateTimeOffset CreatedAt);

public sealed record DraftFacts(bool IsNote, string Text, DateTimeOffset SavedAt);

/// <summary>Somebody who gets the answers beside the customer.</summary>
public sealed record ParticipantFacts(
    long Id,
    string Address,
    string Name,
    ParticipantOrigin Origin,
    bool IsUndeliverable
)
{
    public string DisplayName => Name.Length > 0 ? Name : Address;

    /// <inheritdoc cref="Participant.IsProposed"/>
    public bool IsProposed => Origin is ParticipantOrigin.Mail;
}

/// <summary>A copy of an answer, and what became of it.</summary>
public sealed record CopyFacts(long MessageId, string Address, CopyKind Kind, MailState State);

/// <summary>Everything the page reads at once.</summary>
/// <param name="Earlier">The customer's other tickets that the viewer may see, newest first.</param>
/// <param name="Position">Where the live feed stood when the page was read.</param>
public sealed record TicketView(
    TicketFacts Ticket,
    IReadOnlyList<MessageFacts> Messages,
    bool HasEarlierMessages,
    ILookup<long, FileFacts> Files,
    IReadOnlyList<EventFacts> Events,
    IReadOnlyList<EarlierTicket> Earlier,
    IReadOnlyList<DraftFacts> Drafts,
    IReadOnlyList<ParticipantFacts> Participants,
    ILookup<long, CopyFacts> Copies,
    long Position
);
