namespace Helpdesk.Tickets;

public enum ActorKind
{
    /// <summary>The desk itself: routing, escalation, intake.</summary>
    System,
    Customer,
    Staff,
    ApiClient,
}

/// <summary>Who made a change; kept with every <see cref="TicketEvent"/>.</summary>
/// <param name="Id">The user's, customer's or token's id as text; null for the desk itself.</param>
/// <param name="Name">The name as it was at that time; empty for the desk itself, which pages name in the reader's language.</param>
public sealed record Actor(ActorKind Kind, string? Id, string Name)
{
    public static Actor System { get; } = new(ActorKind.System, Id: null, "");

    /// <summary>The desk where it answers by itself.</summary>
    public static Actor AutoAnswer { get; } = new(ActorKind.System, "auto-answer", "");

    public static Actor Staff(Guid userId, string name) => new(ActorKind.Staff, userId.ToString(), name);

    public static Actor Customer(People.Customer customer) =>
        new(ActorKind.Customer, customer.Id == 0 ? null : customer.Id.ToStringInvariant(), customer.DisplayName);

    public static Actor ApiClient(string tokenId, string name) => new(ActorKind.ApiClient, tokenId, name);

    /// <summary>The user behind a change by staff; null for everybody else.</summary>
    public Guid? UserId => Kind is ActorKind.Staff && Guid.TryParse(Id, out var id) ? id : null;
}
