using System.Globalization;
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

    /// <summary>
    /// Nobody decided in time: what it holds stays out, later corrections are judged anew. Somebody may still decide about it.
    /// </summary>
    Lapsed,
}

/// <summary>What somebody's judgements are about.</summary>
public enum LabelShiftKind
{
    /// <summary>From one topic to another, or to none of them.</summary>
    Topic,

    /// <summary>Mail called spam.</summary>
    Spam,
}

/// <summary>Judgements of one person that they make so much more often than their colleagues do that a supervisor is asked first.</summary>
public sealed class LabelShift
{
    public const int MaxNameLength = 254;

    /// <summary>Supervisors are told again when nobody has decided for so long.</summary>
    public static readonly TimeSpan RemindAfter = TimeSpan.FromDays(7);

    /// <summary>When nobody has decided for so long, it holds no later corrections any more.</summary>
    public static readonly TimeSpan LapsesAfter = TimeSpan.FromDays(14);

    public int Id { get; private set; }
    public LabelShiftKind Kind { get; init; }

    /// <summary>Whose corrections they are.</summary>
    public required Guid UserId { get; init; }
    public required string UserName { get; init; }

    /// <summary>What the model had read; null = special. Null too where it is about spam.</summary>
    public int? FromTopicId { get; init; }

    /// <summary>What that person made of it; null = special, or spam.</summary>
    public required int? ToTopicId { get; init; }
    public Topic? ToTopic { get; private set; }
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>The last correction that belongs to it; later ones are judged anew once it is decided.</summary>
    public required DateTimeOffset Until { get; set; }

    /// <summary>Of the person's own decisions about requests read as that topic, or about mail: all, and those that went to the other one, or were called spam.</summary>
    public required int Decisions { get; set; }
    public required int Corrections { get; set; }

    /// <summary>The same of everybody else.</summary>
    public required int OthersDecisions { get; set; }
    public required int OthersCorrections { get; set; }

    /// <summary>The tickets' numbers with spaces between, newest first, as many as there is room for.</summary>
    public required string TicketIds { get; set; }
    public LabelShiftState State { get; private set; }

    /// <summary>Whose and from where to where, while it is open: unique, so that two nodes never write the same one. Null once it is not open.</summary>
    public string? OpenKey { get; private set; }

    /// <summary>When supervisors were reminded of it.</summary>
    public DateTimeOffset? RemindedAt { get; set; }
    public string? DecidedBy { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }

    /// <summary>Whether somebody may still decide about it.</summary>
    public bool IsUndecided => State is LabelShiftState.Open or LabelShiftState.Lapsed;

    public static string KeyOf(LabelShiftKind kind, Guid userId, int? from, int? to) =>
        kind is LabelShiftKind.Spam
            ? string.Create(CultureInfo.InvariantCulture, $"{userId:N}/spam")
            : string.Create(CultureInfo.InvariantCulture, $"{userId:N}/{from}/{to}");

    public LabelShift Opened()
    {
        OpenKey = KeyOf(Kind, UserId, FromTopicId, ToTopicId);
        return this;
    }

    public void Decide(bool accept, string byName, DateTimeOffset now)
    {
        (State, DecidedBy, DecidedAt) = (accept ? LabelShiftState.Accepted : LabelShiftState.Rejected, byName, now);
        OpenKey = null;
    }

    /// <summary>Nobody decided in time; what was corrected until then stays out.</summary>
    public void Lapse()
    {
        (State, OpenKey, Until) = (LabelShiftState.Lapsed, null, FoundAt + LapsesAfter);
    }
}
