using Helpdesk.Tickets.Topics;

namespace Helpdesk.Routing.Learning;

public enum LabelShiftState
{
    /// <summary>Kept out of training until a supervisor decides.</summary>
    Open,

    /// <summary>It counts like other corrections.</summary>
    Accepted,

    /// <summary>It never counts.</summary>
    Rejected,
}

/// <summary>Corrections of one person from one topic to another, so much more often than their colleagues make them that a supervisor is asked first.</summary>
public sealed class LabelShift
{
    public const int MaxNameLength = 254;

    public int Id { get; private set; }

    /// <summary>Whose corrections they are.</summary>
    public required Guid UserId { get; init; }
    public required string UserName { get; init; }

    /// <summary>What the model had read; null = special.</summary>
    public int? FromTopicId { get; init; }
    public required int ToTopicId { get; init; }
    public Topic ToTopic { get; private set; } = null!;
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>The last correction that belongs to it; later ones are judged anew once it is decided.</summary>
    public required DateTimeOffset Until { get; set; }

    /// <summary>Of the person's own decisions about requests read as that topic: all, and those that went to the other one.</summary>
    public required int Decisions { get; set; }
    public required int Corrections { get; set; }

    /// <summary>The same of everybody else.</summary>
    public required int OthersDecisions { get; set; }
    public required int OthersCorrections { get; set; }

    /// <summary>The tickets' numbers with spaces between, newest first, as many as there is room for.</summary>
    public required string TicketIds { get; set; }
    public LabelShiftState State { get; private set; }
    public string? DecidedBy { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }

    public void Decide(bool accept, string byName, DateTimeOffset now) =>
        (State, DecidedBy, DecidedAt) = (accept ? LabelShiftState.Accepted : LabelShiftState.Rejected, byName, now);
}
