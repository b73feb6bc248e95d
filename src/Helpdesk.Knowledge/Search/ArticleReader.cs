namespace Helpdesk.Knowledge.Search;

/// <summary>Who reads articles, as far as it decides which: everybody, a customer of a tier and an organization, or staff.</summary>
public sealed record ArticleReader
{
    private ArticleReader() { }

    /// <summary>Everybody, also customers of whom nothing is known: public articles.</summary>
    public static ArticleReader Customer { get; } = new();

    /// <summary>Staff: internal ones too.</summary>
    public static ArticleReader Staff { get; } = new() { IsStaff = true };

    public bool IsStaff { get; private init; }
    public int? TierId { get; private init; }
    public int? OrganizationId { get; private init; }

    /// <summary>The language they would read in, ISO 639-1; of an article in several it comes first. Says nothing about rights. Null = no wish.</summary>
    public string? Language { get; init; }

    /// <summary>Nothing is known that opens more than what everybody may read.</summary>
    internal bool IsAnybody => this is { IsStaff: false, TierId: null, OrganizationId: null };

    /// <summary>A customer who has proved to be one: public articles, and those for their tier or their organization.</summary>
    public static ArticleReader Of(int? tierId, int? organizationId) =>
        tierId is null && organizationId is null
            ? Customer
            : new() { TierId = tierId, OrganizationId = organizationId };

    /// <summary>The reader for the index; null for staff, who see everything.</summary>
    internal ReaderKinds? Kinds =>
        IsStaff
            ? null
            : ReaderKinds.Of(
                new[]
                {
                    TierId is { } tier ? OfTier(tier) : 0,
                    OrganizationId is { } of ? OfOrganization(of) : 0,
                }.Where(kind => kind != 0)
            );

    internal static long OfTier(int id) => (1L << 32) | (uint)id;

    internal static long OfOrganization(int id) => (2L << 32) | (uint)id;
}
