namespace Helpdesk.Tickets;

/// <summary>The way a request came in.</summary>
public enum Channel
{
    Email,
    Web,
    Api,
    Chat,
    Phone,

    /// <summary>Somebody came by; written down by a specialist.</summary>
    InPerson,
}

/// <summary>Where a ticket stands. Everything before <see cref="Resolved"/> is unresolved work.</summary>
public enum TicketStatus
{
    /// <summary>Nobody on the desk has answered yet.</summary>
    New,

    /// <summary>The desk has the next word.</summary>
    Open,

    /// <summary>The customer has the next word; the clocks stand still.</summary>
    Waiting,
    Resolved,
    Closed,
}

public enum TicketPriority
{
    Low,
    Normal,
    High,
    Urgent,
}

/// <summary>How many known topics a request has: one, several, none.</summary>
public enum TicketType
{
    Typical,
    Combined,
    Special,
}

/// <summary>Whether the topic is in the smallest set of topics that covers 80 % of the last 28 days.</summary>
public enum Frequency
{
    Common,
    Rare,
}

/// <summary>How the customer writes.</summary>
public enum CustomerTone
{
    Ordinary,

    /// <summary>In anger or disappointment: a person answers, never the desk by itself.</summary>
    Upset,
}

/// <summary>Predicted effort to handle a request.</summary>
public enum Complexity
{
    Simple,
    Medium,
    Complex,
}
