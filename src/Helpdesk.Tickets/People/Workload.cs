using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.People;

/// <param name="Work">Weighted, in the units of a capacity.</param>
public sealed record CarriedWork(double Work, int Tickets)
{
    public static CarriedWork None { get; } = new(0, 0);
}

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

    /// <summary>What everybody carries now; who is not in it has nothing.</summary>
    public static async Task<IReadOnlyDictionary<Guid, CarriedWork>> OfEverybodyAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken = default
    )
    {
        var counts = await db
            .Tickets.Where(t => t.SpecialistId != null && t.Status < TicketStatus.Resolved)
            .GroupBy(t => new
            {
                t.SpecialistId,
                t.Complexity,
                t.Status,
            })
            .Select(g => new { g.Key, Count = g.Count() })
            .ToListAsync(cancellationToken);
        return counts
            .GroupBy(c => c.Key.SpecialistId!.Value)
            .ToDictionary(
                g => g.Key,
                g => new CarriedWork(g.Sum(c => Weight(c.Key.Complexity, c.Key.Status) * c.Count), g.Sum(c => c.Count))
            );
    }
}
