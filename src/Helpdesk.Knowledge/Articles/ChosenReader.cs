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

    /// <summary>Makes a list name these and nobody else; who stays is left alone.</summary>
    /// <returns>Whether anything had to change.</returns>
    internal bool ReplaceIn(List<ChosenReader> list)
    {
        var removed = list.RemoveAll(r =>
            !(r.TierId is { } tier && TierIds.Contains(tier))
            && !(r.OrganizationId is { } organization && OrganizationIds.Contains(organization))
        );
        var before = list.Count;
        list.AddRange(
            TierIds.Where(id => !list.Exists(r => r.TierId == id)).Select(id => new ChosenReader { TierId = id })
        );
        list.AddRange(
            OrganizationIds
                .Where(id => !list.Exists(r => r.OrganizationId == id))
                .Select(id => new ChosenReader { OrganizationId = id })
        );
        return removed > 0 || list.Count != before;
    }
}
