using Helpdesk.Routing.Classification;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Routing.Learning;

/// <summary>What was said of the effort of requests when they came, and what they took.</summary>
/// <param name="Cells">How many, by what was said and by the third of all requests that the effort fell into.</param>
/// <param name="Right">Of how many these are the same.</param>
/// <param name="ByRule">Of how many the rule would have said it, that holds without a model.</param>
public sealed record ComplexityDrift(
    IReadOnlyDictionary<(Complexity Said, Complexity Was), int> Cells,
    int Requests,
    int Right,
    int ByRule
)
{
    /// <summary>So many of the newest finished requests are looked at.</summary>
    private const int MostRequests = 1_000;

    /// <param name="model">The model in use; null = the rule, and the thirds are those of the requests looked at.</param>
    public static async Task<ComplexityDrift> ReadAsync(
        HelpdeskDbContext db,
        DeskPicture picture,
        ComplexityModel? model,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var handled = await HandledRequests.LoadAsync(db, picture, MostRequests, cancellationToken);
        var judged = handled.Where(h => h.Said is not null && h.ResolvedAt >= since).ToList();
        var was = model is null ? ComplexityModel.ThirdsOf(judged) : model.Was;
        return new(
            judged.CountBy(h => (h.Said!.Value, was(h.Effort))).ToDictionary(),
            judged.Count,
            judged.Count(h => h.Said == was(h.Effort)),
            judged.Count(h => ComplexityRule.Predict(h.Facts with { Reopenings = 0 }).Complexity == was(h.Effort))
        );
    }
}
