using Helpdesk.Routing.Classification;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Routing.Learning;

/// <summary>What was said of the effort of requests when they came, and what they took.</summary>
/// <param name="Cells">How many, by what was said and by the third of all requests that the effort fell into.</param>
/// <param name="Right">Of how many these are the same.</param>
public sealed record ComplexityDrift(
    IReadOnlyDictionary<(Complexity Said, Complexity Was), int> Cells,
    int Requests,
    int Right
)
{
    /// <summary>So many of the newest finished requests are looked at.</summary>
    private const int MostRequests = 250;

    /// <param name="model">The model in use; null = the rule, and the thirds are those of the requests looked at.</param>
    public static async Task<ComplexityDrift> ReadAsync(
        HelpdeskDbContext db,
        DeskPicture picture,
        ComplexityModel? model,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var efforts = await HandledRequests.EffortsAsync(db, picture, MostRequests, cancellationToken);
        var judged = efforts.FindAll(e => e.ResolvedAt >= since);
        var was = model is null ? ComplexityModel.ThirdsOf(judged.Select(e => e.Effort)) : model.Was;
        return new(
            judged.CountBy(e => (e.Said, was(e.Effort))).ToDictionary(),
            judged.Count,
            judged.Count(e => e.Said == was(e.Effort))
        );
    }
}
