using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Writing;

/// <summary>A customer that the desk knows.</summary>
/// <param name="TierId">The person's own, or the organization's.</param>
public sealed record KnownCustomer(
    long Id,
    string Address,
    string Name,
    string? Organization,
    int? TierId,
    bool IsUndeliverable
)
{
    public string DisplayName => Name.Length > 0 ? Name : Address;
}

/// <summary>An unresolved ticket of a customer, so that the same matter is not written down twice.</summary>
public sealed record OpenTicket(long Id, string Subject, TicketStatus Status, DateTimeOffset CreatedAt);

/// <summary>Finds customers while somebody types. For staff only.</summary>
public sealed class CustomerFinder(IDbContextFactory<HelpdeskDbContext> databases)
{
    public const int LeastLetters = 2;
    private const int Most = 6;
    private const int MostOpen = 3;

    /// <summary>Customers whose address begins with the words, then those whose name or organization has them.</summary>
    public async Task<IReadOnlyList<KnownCustomer>> FindAsync(
        string? words,
        CancellationToken cancellationToken = default
    )
    {
        var line = Text.OneLine(words, Customer.MaxAddressLength);
        if (line.Length < LeastLetters)
            return [];
        var lower = line.ToLowerInvariant();
        await using var db = databases.CreateDbContext();
        var found = await Known(
                db.Customers.Where(c => c.NormalizedAddress.StartsWith(lower)).OrderBy(c => c.NormalizedAddress)
            )
            .ToListAsync(cancellationToken);
        if (found.Count == Most || line.Contains('@', StringComparison.Ordinal))
            return found;
        // SQLite knows letter case only in ASCII: the word as typed is asked for too
#pragma warning disable CA1304, CA1311, CA1862 // becomes lower(…) in SQL
        var byName = db.Customers.Where(c =>
            c.Name.ToLower().Contains(lower)
            || c.Name.Contains(line)
            || c.Organization!.Name.ToLower().Contains(lower)
            || c.Organization!.Name.Contains(line)
        );
#pragma warning restore CA1304, CA1311, CA1862
        var others = await Known(byName).ToListAsync(cancellationToken);
        return [.. found.Concat(others).DistinctBy(c => c.Id).Take(Most)];
    }

    /// <summary>The customer with exactly this address, and what is open that the viewer may see; null when nobody has it.</summary>
    public async Task<(KnownCustomer Customer, IReadOnlyList<OpenTicket> Open)?> ByAddressAsync(
        string? address,
        Viewer.Staff viewer,
        CancellationToken cancellationToken = default
    )
    {
        if (!Customer.IsAddress(address?.Trim()))
            return null;
        var normalized = Customer.Normalize(address);
        await using var db = databases.CreateDbContext();
        var customer = await Known(db.Customers.Where(c => c.NormalizedAddress == normalized))
            .SingleOrDefaultAsync(cancellationToken);
        if (customer is null)
            return null;
        var open = await db
            .Tickets.VisibleTo(viewer)
            .Where(t => t.CustomerId == customer.Id && t.Status < TicketStatus.Resolved)
            .OrderByDescending(t => t.CreatedAt)
            .Take(MostOpen)
            .Select(t => new OpenTicket(t.Id, t.Subject, t.Status, t.CreatedAt))
            .ToListAsync(cancellationToken);
        return (customer, open);
    }

    private static IQueryable<KnownCustomer> Known(IQueryable<Customer> customers) =>
        customers
            .Take(Most)
            .Select(c => new KnownCustomer(
                c.Id,
                c.Address,
                c.Name,
                c.Organization!.Name,
                c.TierId ?? c.Organization!.TierId,
                c.UndeliverableAt != null
            ));
}
