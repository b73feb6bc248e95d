namespace Helpdesk.Tickets.People;

/// <summary>What a ticket weighs against a specialist's capacity.</summary>
public static class Workload
{
    /// <summary>One unit is a simple ticket that waits for the desk; while the customer has the next word a quarter counts.</summary>
    public static double Weight(Complexity? complexity, TicketStatus status)
    {
        var full = complexity switch
        {
            Complexity.Complex => 3.0,
            Complexity.Medium => 1.5,
            _ => 1.0,
        };
        return status switch
        {
            TicketStatus.New or TicketStatus.Open => full,
            TicketStatus.Waiting => full / 4,
            _ => 0,
        };
    }
}
