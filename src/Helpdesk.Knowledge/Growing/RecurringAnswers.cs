using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Helpdesk.Knowledge.Growing;

/// <summary>
/// Groups requests that were asked alike and answered alike, and for which no article was used: each group is proposed as one article.
/// Looks at the latest requests only, so that a run is the same work on a large desk; what is found is a row for a person to decide.
/// </summary>
public sealed class RecurringAnswers(
    IDbContextFactory<HelpdeskDbContext> databases,
    SolutionIndexes indexes,
    SolutionMatcher matcher,
    TimeProvider time,
    ILogger<RecurringAnswers> log
)
{
    /// <summary>So many requests, of two customers at least, are a group.</summary>
    public const int FewestTickets = 3;

    /// <summary>So many of a group are read for its proposal; more add nothing to it.</summary>
    public const int MostTickets = 30;

    /// <summary>Requests resolved so long ago are no reason for an article any more.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(90);

    /// <summary>An article that fits so well is added to rather than doubled.</summary>
    private const int NearPercent = SolutionMatcher.LeastPercent;
    private const int MostLookedAt = 400;
    private const int MostBack = 20_000;
    private const int Neighbours = 20;
    private const int MaxTextLength = 4_000;

    /// <summary>One run.</summary>
    /// <returns>How many groups were found newly.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        var fresh = await FreshAsync(db, cancellationToken);
        if (fresh.Count == 0)
            return 0;
        var near = fresh.ToDictionary(ticket => ticket.Id, NeighboursOf);
        var grouped = await GroupedAsync(db, [.. near.Values.SelectMany(ids => ids).Distinct()], cancellationToken);
        var weigh = new RequestLikeness([.. fresh, .. grouped.Select(member => member.Ticket)]);
        var left = await JoinAsync(db, fresh, near, grouped, weigh, cancellationToken);
        var found = Group(left, near, weigh);
        foreach (var group in found)
            db.Add(await ProposeAsync(db, group, cancellationToken));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // another node grouped the same requests at this moment; the next run sees what it did
            return 0;
        }
        if (found.Count > 0)
            log.LogInformation("{Groups} groups of recurring answers were found", found.Count);
        return found.Count;
    }

    /// <summary>The text that the others are most like: its place.</summary>
    public static int MostCentral(IReadOnlyList<string> answers)
    {
        var vectors = TellingStems.Vectors(answers);
        return Enumerable
            .Range(0, vectors.Count)
            .MaxBy(i => vectors.Sum(other => TellingStems.Cosine(vectors[i], other)));
    }

    private async Task<List<Answered>> FreshAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - Window;
        var last = await db.Tickets.MaxAsync(t => (long?)t.Id, cancellationToken) ?? 0;
        var from = last - MostBack;
        return await ReadAsync(
            db.Tickets.Where(t => t.Id > from && t.Status >= TicketStatus.Resolved && t.SolutionArticleId == null)
                .Where(t => t.ResolvedAt >= since && !db.Set<RecurringAnswerTicket>().Any(r => r.TicketId == t.Id))
                .OrderByDescending(t => t.Id)
                .Take(MostLookedAt),
            cancellationToken
        );
    }

    private static async Task<List<Answered>> ReadAsync(IQueryable<Ticket> tickets, CancellationToken cancellationToken)
    {
        var rows = await tickets
            .AsNoTracking()
            .Select(t => new
            {
                t.Id,
                t.Subject,
                t.CustomerId,
                t.Customer.Name,
                t.TopicId,
                Question = t
                    .Messages.AsQueryable()
                    .Where(Message.IsCustomersOwn)
                    .OrderBy(m => m.Id)
                    .Select(m => m.Text.Substring(0, MaxTextLength))
                    .FirstOrDefault(),
                Answer = t
                    .Messages.Where(m => m.Kind == MessageKind.Reply)
                    .OrderByDescending(m => m.Id)
                    .Select(m => m.Text.Substring(0, MaxTextLength))
                    .FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Where(row => !string.IsNullOrWhiteSpace(row.Answer))
                .Select(row => new Answered(
                    row.Id,
                    row.Subject,
                    row.CustomerId,
                    row.Name,
                    row.TopicId,
                    ActualQuestion.Find(row.Question ?? "").Question,
                    ActualQuestion.WithoutCourtesy(row.Answer!)
                )),
        ];
    }

    private List<long> NeighboursOf(Answered ticket) =>
        [
            .. indexes
                .ResolvedTickets.Search(
                    new SearchQuery(ticket.Question)
                    {
                        Subject = ticket.Subject,
                        Without = ticket.Id,
                        Count = Neighbours,
                        MaxWords = 48,
                    }
                )
                .Hits.Select(hit => hit.Id),
        ];

    private sealed record Member(RecurringAnswer Group, Answered Ticket);

    private static async Task<List<Member>> GroupedAsync(
        HelpdeskDbContext db,
        List<long> near,
        CancellationToken cancellationToken
    )
    {
        var groups = await db.Set<RecurringAnswer>()
            .Include(g => g.Tickets)
            .Where(g => g.Tickets.Any(t => near.Contains(t.TicketId)))
            .ToListAsync(cancellationToken);
        var of = groups
            .SelectMany(g => g.Tickets.Select(t => (t.TicketId, Group: g)))
            .ToDictionary(pair => pair.TicketId, pair => pair.Group);
        var wanted = near.Where(of.ContainsKey).Take(MostLookedAt).ToList();
        var tickets = await ReadAsync(db.Tickets.Where(t => wanted.Contains(t.Id)), cancellationToken);
        return tickets.ConvertAll(ticket => new Member(of[ticket.Id], ticket));
    }

    // what is like a group belongs to it, also to one that somebody said no to: it is not proposed again under other numbers
    private async Task<List<Answered>> JoinAsync(
        HelpdeskDbContext db,
        List<Answered> fresh,
        Dictionary<long, List<long>> near,
        List<Member> grouped,
        RequestLikeness weigh,
        CancellationToken cancellationToken
    )
    {
        var left = new List<Answered>();
        foreach (var ticket in fresh)
        {
            var joined = grouped
                .Where(member => near[ticket.Id].Contains(member.Ticket.Id) && weigh.AreAlike(ticket, member.Ticket))
                .GroupBy(member => member.Group)
                .OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key.Id)
                .FirstOrDefault()
                ?.Key;
            if (joined is null)
                left.Add(ticket);
            else // also where it is large: what stays outside would be looked at again in each run, in place of what is new
                joined.Tickets.Add(new RecurringAnswerTicket { TicketId = ticket.Id });
        }
        await db.SaveChangesAsync(cancellationToken);
        return left;
    }

    private static List<List<Answered>> Group(
        List<Answered> tickets,
        Dictionary<long, List<long>> near,
        RequestLikeness weigh
    )
    {
        var byId = tickets.ToDictionary(ticket => ticket.Id);
        var alike = tickets.ToDictionary(
            ticket => ticket.Id,
            ticket =>
                near[ticket.Id]
                    .Where(id => byId.TryGetValue(id, out var other) && weigh.AreAlike(ticket, other))
                    .ToList()
        );
        var taken = new HashSet<long>();
        var groups = new List<List<Answered>>();
        // the one that most are like stands for the group
        foreach (var seed in tickets.OrderByDescending(t => alike[t.Id].Count).ThenBy(t => t.Id))
        {
            if (taken.Contains(seed.Id))
                continue;
            List<Answered> group =
            [
                seed,
                .. alike[seed.Id].Where(id => !taken.Contains(id)).Take(MostTickets - 1).Select(id => byId[id]),
            ];
            if (group.Count < FewestTickets || group.Select(t => t.CustomerId).Distinct().Count() < 2)
                continue;
            taken.UnionWith(group.Select(ticket => ticket.Id));
            groups.Add(group);
        }
        return groups;
    }

    private async Task<RecurringAnswer> ProposeAsync(
        HelpdeskDbContext db,
        List<Answered> group,
        CancellationToken cancellationToken
    )
    {
        var first = group[0];
        var names = group.ConvertAll(ticket => ticket.CustomerName);
        string Clean(string text) => PersonalData.Mask(text, names, _ => "…").Text;
        var best = matcher.Match(Clean(first.Subject), Clean(first.Question), ArticleReader.Staff, 1);
        var nearId = best is [var hit] && FitPercent.Of(hit.Fit) >= NearPercent ? hit.Id : (long?)null;
        if (nearId is { } id && !await db.Set<Article>().AnyAsync(a => a.Id == id, cancellationToken))
            nearId = null;
        var proposal = new RecurringAnswer
        {
            Title = Text.OneLine(Clean(first.Subject), RecurringAnswer.MaxTitleLength),
            TopicId = group
                .Select(ticket => ticket.TopicId)
                .OfType<int>()
                .GroupBy(topic => topic)
                .OrderByDescending(topic => topic.Count())
                .ThenBy(topic => topic.Key)
                .FirstOrDefault()
                ?.Key,
            NearArticleId = nearId,
            FoundAt = time.GetUtcNow(),
        };
        proposal.Tickets.AddRange(group.Select(ticket => new RecurringAnswerTicket { TicketId = ticket.Id }));
        return proposal;
    }
}

/// <summary>Wakes the grouping.</summary>
[DisallowConcurrentExecution]
public sealed class FindRecurringAnswersJob(RecurringAnswers answers) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await answers.RunAsync(cancellationToken);
}
