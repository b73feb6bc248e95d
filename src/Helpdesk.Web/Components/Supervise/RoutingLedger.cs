using System.Globalization;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>Which decisions are listed.</summary>
public enum LedgerFilter
{
    All,

    /// <summary>It waits in a team's queue.</summary>
    Queued,

    /// <summary>Nobody on the team can do it.</summary>
    NobodyFits,

    /// <summary>A person had set the topic; routing only chose who.</summary>
    ByPerson,
}

/// <summary>What the page of decisions was asked for; all of it stands in the address.</summary>
/// <param name="Before">The page begins behind this decision; the latest come first.</param>
public sealed record LedgerRequest(LedgerFilter Filter = LedgerFilter.All, int? TopicId = null, long? Before = null)
{
    public bool IsFiltered => Filter is not LedgerFilter.All || TopicId is not null;

    public string Address(string path)
    {
        var query = new List<KeyValuePair<string, string?>>();
        if (Filter is not LedgerFilter.All)
            query.Add(new("show", Filter.ToString()));
        if (TopicId is { } topicId)
            query.Add(new("topic", topicId.ToString(CultureInfo.InvariantCulture)));
        if (Before is { } before)
            query.Add(new("before", before.ToString(CultureInfo.InvariantCulture)));
        return QueryHelpers.AddQueryString(path, query);
    }

    /// <summary>From the parts of an address; what makes no sense counts as not given.</summary>
    public static LedgerRequest Parse(string? show, string? topic, string? before) =>
        new(
            show switch
            {
                nameof(LedgerFilter.Queued) => LedgerFilter.Queued,
                nameof(LedgerFilter.NobodyFits) => LedgerFilter.NobodyFits,
                nameof(LedgerFilter.ByPerson) => LedgerFilter.ByPerson,
                _ => LedgerFilter.All,
            },
            int.TryParse(topic, NumberStyles.None, CultureInfo.InvariantCulture, out var topicId) ? topicId : null,
            long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null
        );
}

/// <summary>A decision in one row.</summary>
/// <param name="Reason">Who got it and the first reasons, in a sentence.</param>
/// <param name="Type">Null: not classified yet.</param>
/// <param name="IsTopicByPerson">The topic was set by a person, so that there is no confidence to show.</param>
public sealed record LedgerRow(
    long Id,
    long TicketId,
    string Subject,
    DateTimeOffset At,
    RoutingOutcome Outcome,
    TicketType? Type,
    int? TopicId,
    double Confidence,
    bool IsTopicByPerson,
    string Reason
);

/// <param name="OlderFrom">Where the next page begins; null at the end.</param>
public sealed record LedgerPage(IReadOnlyList<LedgerRow> Rows, long? OlderFrom);

/// <summary>The model that reads requests.</summary>
/// <param name="Tickets">Finished tickets among the <paramref name="Examples"/>; the rest are names and phrases.</param>
/// <param name="HeldOut">Texts it was tried on without having learned them; 0 = too few to say.</param>
public sealed record ModelFacts(
    int Id,
    DateTimeOffset TrainedAt,
    int Examples,
    int Tickets,
    int Topics,
    int HeldOut,
    double HeldOutAccuracy
);

/// <summary>How the automatic answer would have done, had it been on.</summary>
/// <param name="Decisions">In the time looked at.</param>
/// <param name="WouldAnswer">Of these answered by an article.</param>
/// <param name="Known">Of these resolved by a person with an article, so that it can be compared.</param>
/// <param name="Right">Of these resolved with the same article.</param>
public sealed record ObservedAnswers(int Decisions, int WouldAnswer, int Known, int Right);

public sealed record RoutingState(ModelFacts? Topics, ModelFacts? Complexity, ObservedAnswers Answers);

/// <summary>What routing decided lately, for supervisors.</summary>
public sealed class RoutingLedger(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TimeProvider time
) : IDisposable
{
    public const int PageSize = 25;

    /// <summary>A filter looks at this many decisions before it offers to look further back: they have no index by topic or outcome.</summary>
    public const int LookedAt = 10_000;

    /// <summary>The time over which the automatic answer is observed.</summary>
    public static readonly TimeSpan Observed = TimeSpan.FromDays(7);
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim reading = new(1, 1);
    private volatile Entry? entry;

    private sealed record Entry(RoutingState State, DateTimeOffset ReadAt);

    public void Dispose() => reading.Dispose();

    public async Task<LedgerPage> ReadAsync(
        Viewer.Staff viewer,
        LedgerRequest request,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = databases.CreateDbContext();
        var decisions = db.Set<RoutingDecision>().AsNoTracking();
        var newest =
            request.Before
            ?? (await decisions.MaxAsync(d => (long?)d.Id, cancellationToken) is { } last ? last + 1 : 0);
        var oldest = request.IsFiltered ? newest - LookedAt : 0;
        var chosen = Choose(decisions.Where(d => d.Id < newest && d.Id >= oldest), request);
        var rows = await chosen
            .Join(db.Tickets.VisibleTo(viewer), d => d.TicketId, t => t.Id, (d, t) => new { Decision = d, Ticket = t })
            .OrderByDescending(r => r.Decision.Id)
            .Take(PageSize + 1)
            .Select(r => new
            {
                r.Decision,
                r.Ticket.Subject,
                r.Ticket.CreatedAt,
            })
            .ToListAsync(cancellationToken);
        var hasMore = rows.Count > PageSize;
        if (hasMore)
            rows.RemoveAt(PageSize);
        return new(
            [.. rows.Select(r => RowOf(r.Decision, r.Subject, r.CreatedAt, picture))],
            hasMore ? rows[^1].Decision.Id
                : oldest > 1 ? oldest
                : null
        );
    }

    /// <summary>The models in use and what the automatic answer would have done; read at most once a minute.</summary>
    public async Task<RoutingState> StateAsync(CancellationToken cancellationToken = default)
    {
        if (entry is { } kept && IsFresh(kept))
            return kept.State;
        await reading.WaitAsync(cancellationToken);
        try
        {
            if (entry is { } meanwhile && IsFresh(meanwhile))
                return meanwhile.State;
            var now = time.GetUtcNow();
            await using var db = databases.CreateDbContext();
            var models = await db.Set<ClassifierModel>()
                .AsNoTracking()
                .Where(m => m.IsActive)
                .OrderByDescending(m => m.Id)
                .ToListAsync(cancellationToken);
            var state = new RoutingState(
                FactsOf(models, ModelKind.Topics),
                FactsOf(models, ModelKind.Complexity),
                await ObservedAsync(db, now - Observed, cancellationToken)
            );
            entry = new(state, now);
            return state;
        }
        finally
        {
            reading.Release();
        }
    }

    private bool IsFresh(Entry kept)
    {
        var age = time.GetUtcNow() - kept.ReadAt;
        return age >= TimeSpan.Zero && age < KeptFor;
    }

    private static IQueryable<RoutingDecision> Choose(IQueryable<RoutingDecision> decisions, LedgerRequest request)
    {
        if (request.TopicId is { } topicId)
            decisions = decisions.Where(d => d.TopicId == topicId);
        return request.Filter switch
        {
            LedgerFilter.Queued => decisions.Where(d => d.Outcome == RoutingOutcome.Queued),
            LedgerFilter.NobodyFits => decisions.Where(d => d.Outcome == RoutingOutcome.NobodyFits),
            LedgerFilter.ByPerson => decisions.Where(d => d.TopicId != null && d.Confidence >= 1),
            _ => decisions,
        };
    }

    private static LedgerRow RowOf(
        RoutingDecision decision,
        string subject,
        DateTimeOffset openedAt,
        DeskPicture picture
    ) =>
        new(
            decision.Id,
            decision.TicketId,
            subject,
            decision.At,
            decision.Outcome,
            decision.Details.IsUnread ? null : decision.Type,
            decision.TopicId,
            // as the decision's own page says it; of what has no topic nobody is sure of one
            decision.TopicId
                is null
                ? 0
                : RoutingExplanation.SureOf(decision, decision.Details, picture),
            decision.Details.TopicBy == "person",
            RoutingExplanation.Of(decision, openedAt, picture, CultureInfo.CurrentUICulture).Who
        );

    private static ModelFacts? FactsOf(List<ClassifierModel> models, ModelKind kind) =>
        models.Find(m => m.Kind == kind) is { } model
            ? new(
                model.Id,
                model.TrainedAt,
                model.Examples,
                model.Tickets,
                model.Topics,
                model.HeldOut,
                model.HeldOutAccuracy
            )
            : null;

    private static async Task<ObservedAnswers> ObservedAsync(
        HelpdeskDbContext db,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        // who is given what waited, or is weighed anew, was read before
        var decisions = db.Set<RoutingDecision>().Where(d => d.At >= since && d.ModelId != null);
        var sums = await decisions
            .GroupBy(_ => 1)
            .Select(g => new { All = g.Count(), Would = g.Count(d => d.WouldAnswerWith != null) })
            .SingleOrDefaultAsync(cancellationToken);
        if (sums is null || sums.Would == 0)
            return new(sums?.All ?? 0, 0, 0, 0);
        var compared = await decisions
            .Where(d => d.WouldAnswerWith != null)
            .Join(
                db.Tickets.Where(t => t.Status >= TicketStatus.Resolved && t.SolutionArticleId != null),
                d => d.TicketId,
                t => t.Id,
                (d, t) => d.WouldAnswerWith == t.SolutionArticleId
            )
            .GroupBy(_ => 1)
            .Select(g => new { Known = g.Count(), Right = g.Count(isSame => isSame) })
            .SingleOrDefaultAsync(cancellationToken);
        return new(sums.All, sums.Would, compared?.Known ?? 0, compared?.Right ?? 0);
    }
}
