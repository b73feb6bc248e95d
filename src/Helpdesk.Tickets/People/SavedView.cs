namespace Helpdesk.Tickets.People;

/// <summary>A list that somebody comes back to: a queue with filters, under a name of their own.</summary>
public sealed class SavedView
{
    public const int MaxNameLength = 60;
    public const int MaxAddressLength = 1000;

    /// <summary>A navigation longer than this is no help any more.</summary>
    public const int MostPerPerson = 12;

    public int Id { get; private set; }
    public required Guid UserId { get; init; }

    /// <summary>Unique for the person.</summary>
    public required string Name { get; init; }

    /// <summary>Path and query of its first page.</summary>
    public required string Address { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
}
