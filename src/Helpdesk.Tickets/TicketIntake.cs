using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets;

/// <summary>A request as it came in, by whatever way.</summary>
public sealed record NewRequest
{
    public required Channel Channel { get; init; }

    /// <summary>Checked by the caller to be one syntactically valid mail address.</summary>
    public required string CustomerAddress { get; init; }
    public string? CustomerName { get; init; }
    public required string Subject { get; init; }
    public required MessageContent Content { get; init; }

    /// <summary>Null = the customer themselves.</summary>
    public Actor? Actor { get; init; }

    /// <summary>Written by a machine: no automatic answer, ever.</summary>
    public bool IsAutomatic { get; init; }
}

/// <summary>
/// The one door for requests: mail, web form and API enter here. It adds to the caller's unit of work and leaves the commit to the caller, so
/// that a mail, a form's key and its ticket are one commit. Routing follows on the commit's bell.
/// </summary>
public sealed class TicketIntake(DeskDirectory directory, TimeProvider time)
{
    /// <summary>Opens a ticket in <paramref name="db"/>; nothing is saved yet.</summary>
    public async Task<Ticket> OpenAsync(
        HelpdeskDbContext db,
        NewRequest request,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        var customer = await FindOrAddCustomerAsync(
            db,
            request.CustomerAddress,
            request.CustomerName,
            now,
            cancellationToken
        );
        var ticket = Ticket.Open(
            customer,
            request.Channel,
            request.Subject,
            request.Content,
            request.Actor ?? Actor.Customer(customer),
            picture.TermsFor(customer),
            now
        );
        if (request.IsAutomatic)
            ticket.SuppressAcknowledgement();
        db.Tickets.Add(ticket);
        return ticket;
    }

    /// <summary>Appends to a ticket loaded with <see cref="ForChangeAsync"/>; nothing is saved yet.</summary>
    /// <param name="saysSolved">See <see cref="Ticket.AddCustomerMessage"/>.</param>
    public async Task<Message> AppendAsync(
        Ticket ticket,
        MessageContent content,
        Actor? actor = null,
        bool saysSolved = false,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        return ticket.AddCustomerMessage(
            content,
            actor ?? Actor.Customer(ticket.Customer),
            picture.TermsOf(ticket),
            time.GetUtcNow(),
            saysSolved
        );
    }

    /// <summary>A ticket with the people its methods need (customer, specialist), tracked; null when there is none.</summary>
    public static Task<Ticket?> ForChangeAsync(
        HelpdeskDbContext db,
        long ticketId,
        CancellationToken cancellationToken = default
    ) =>
        db
            .Tickets.Include(t => t.Customer)
                .ThenInclude(c => c.Organization)
            .Include(t => t.Specialist)
            .Include(t => t.Topic)
            .Include(t => t.Team)
            .SingleOrDefaultAsync(t => t.Id == ticketId, cancellationToken);

    /// <summary>The customer with this address; a new one is added to the unit of work. Also finds one added before in the same unit.</summary>
    public static async Task<Customer> FindOrAddCustomerAsync(
        HelpdeskDbContext db,
        string address,
        string? name,
        DateTimeOffset now,
        CancellationToken cancellationToken = default
    )
    {
        var normalized = Customer.Normalize(address);
        var customer =
            db.FindTracked<Customer, string>(nameof(Customer.NormalizedAddress), normalized)
            ?? await db
                .Customers.Include(c => c.Organization)
                .SingleOrDefaultAsync(c => c.NormalizedAddress == normalized, cancellationToken);
        if (customer is null)
        {
            customer = new Customer(address, name, now);
            db.Customers.Add(customer);
        }
        // anybody may give any name with any address: a proven address is not called by it
        else if (customer is { Name.Length: 0, VerifiedAt: null } && !string.IsNullOrWhiteSpace(name))
        {
            customer.Name = Text.OneLine(name, Customer.MaxNameLength);
        }
        return customer;
    }
}
