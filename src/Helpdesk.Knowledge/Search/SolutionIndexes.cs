namespace Helpdesk.Knowledge.Search;

/// <summary>
/// The indexes of this node. What customers may read has an index of its own, so that no word of an internal article can reach them by a
/// result, a count, a correction or a suggestion. What only some customers may read is told apart within it, for each query.
/// </summary>
/// <param name="create">Makes an index of this ranking.</param>
public sealed class SolutionIndexes(Func<Ranking, ISolutionIndex> create)
{
    /// <summary>Published articles that are for everybody or for chosen customers; each has its audience.</summary>
    public ISolutionIndex CustomerArticles { get; } = create(Ranking.Articles);

    /// <summary>All published articles. No code that serves customers may read it.</summary>
    public ISolutionIndex StaffArticles { get; } = create(Ranking.Articles);

    /// <summary>The latest resolved tickets. For staff.</summary>
    public ISolutionIndex ResolvedTickets { get; } = create(Ranking.Tickets);
}
