namespace Helpdesk.Knowledge.Articles;

/// <summary>Customers that an article of <see cref="ArticleVisibility.Chosen"/> is for: those of a tier, or those of an organization.</summary>
public sealed class ChosenReader
{
    public long Id { get; private set; }
    public long ArticleId { get; private set; }

    /// <summary>Null where it is an organization.</summary>
    public int? TierId { get; init; }

    /// <summary>Null where it is a tier.</summary>
    public int? OrganizationId { get; init; }
}

/// <summary>Whom an author chose.</summary>
public sealed record ChosenReaders(IReadOnlyCollection<int> TierIds, IReadOnlyCollection<int> OrganizationIds)
{
    public static ChosenReaders None { get; } = new([], []);

    public bool IsEmpty => TierIds.Count + OrganizationIds.Count == 0;
}
