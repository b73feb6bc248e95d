using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Sample;

/// <summary>Makes tickets of the past for a desk that has the sample's topics.</summary>
internal sealed class HistoryMaker
{
    private readonly DeskPlan plan;
    private readonly LifeSetting setting;

    private HistoryMaker(DeskPlan plan, LifeSetting setting)
    {
        this.plan = plan;
        this.setting = setting;
    }

    public StaffedDesk Desk => setting.Desk;

    /// <summary>Brings in people, topics and articles first where the desk has none.</summary>
    /// <exception cref="RuleViolationException">The desk has other topics.</exception>
    public static async Task<HistoryMaker> ForDeskAsync(
        HelpdeskDbContext db,
        Bells bells,
        int seed,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var bank = SampleText.Desk();
        if (!await db.Topics.AnyAsync(cancellationToken))
        {
            await new DeskStructure(db, bank, now).AddAsync(cancellationToken);
            await SampleArticles.AddAsync(db, bells, seed, now, cancellationToken);
            await SampleArticles.VoteAsync(db, bank, seed, now, cancellationToken);
        }
        var known = await db.Topics.Select(t => t.Key).ToListAsync(cancellationToken);
        var needed = bank.Areas.SelectMany(a => a.Topics).Select(t => t.Key);
        if (needed.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } missing)
            throw new RuleViolationException(
                $"This desk has topics of its own and lacks \"{missing}\". The sample's tickets need an empty desk or the sample's topics."
            );
        var desk = await StaffedDesk.ReadAsync(db, bank, cancellationToken);
        var talk = SampleText.Conversations();
        var words = new RequestWords(talk, new RequestTexts(SampleText.Requests(), seed));
        return new(
            bank,
            new LifeSetting(desk, talk, words, seed, now)
            {
                CommonTopics = ByWeight(desk),
                Articles = await ArticlesAsync(db, cancellationToken),
            }
        );
    }

    /// <param name="tag">Goes into each address; empty = none.</param>
    public SampleCustomers MakeCustomers(int privateCount, string tag) =>
        SampleCustomers.Make(Desk, plan, setting.Talk, privateCount, setting.Seed, tag, setting.Now);

    /// <summary>In the order of time.</summary>
    public IEnumerable<Arrival> Arrivals(DateTimeOffset from, int count) =>
        new Arrivals(Desk, setting.Talk, setting.Seed, setting.Now).Between(from, count);

    /// <summary>What became of the arrivals, in their order. Each depends on the seed and its number alone, so they are lived side by side.</summary>
    public IReadOnlyList<LivedTicket> Live(IEnumerable<Arrival> arrivals, SampleCustomers customers) =>
        [.. arrivals.AsParallel().AsOrdered().Select(arrival => Live(arrival, customers))];

    private LivedTicket Live(Arrival arrival, SampleCustomers customers)
    {
        var dice = new Dice(setting.Seed, arrival.Number);
        var language = arrival.Kind is RequestKind.Foreign ? setting.Talk.OtherLanguages[arrival.Text].Language : null;
        var ticket = TicketLife.Live(setting, arrival, customers.Pick(dice, language), dice);
        return new(
            ticket,
            dice,
            arrival.Kind is RequestKind.Typical ? setting.Words.Question(arrival) : "",
            AnswerNotes.Of(setting, arrival, ticket)
        );
    }

    /// <summary>Ranks the topics by their last 28 days and marks those that make four fifths of them.</summary>
    public async Task CountTopicsAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var since = setting.Now.AddDays(-28);
        var counts = await db
            .Tickets.Where(t => t.CreatedAt >= since && t.TopicId != null)
            .GroupBy(t => t.TopicId!.Value)
            .Select(g => new { TopicId = g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.TopicId, g => g.Count, cancellationToken);
        var topics = await db.Topics.Where(t => t.ParentId != null).ToListAsync(cancellationToken);
        var (rank, covered, all) = (0, 0, counts.Values.Sum());
        foreach (
            var topic in topics
                .OrderByDescending(t => counts.GetValueOrDefault(t.Id))
                .ThenBy(t => t.Key, StringComparer.Ordinal)
        )
        {
            topic.FrequencyRank = ++rank;
            topic.Frequency = covered < all * 0.8 ? Frequency.Common : Frequency.Rare;
            covered += counts.GetValueOrDefault(topic.Id);
        }
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    private static async Task<ILookup<string, long>> ArticlesAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var articles = await db.Set<Article>()
            .Where(a =>
                a.State == ArticleState.Published && a.Visibility == ArticleVisibility.Public && a.Topic != null
            )
            .OrderBy(a => a.Slug)
            .Select(a => new { a.Topic!.Key, a.Id })
            .ToListAsync(cancellationToken);
        return articles.ToLookup(a => a.Key, a => a.Id, StringComparer.Ordinal);
    }

    /// <summary>The smallest set of topics that makes four fifths of what comes in.</summary>
    private static HashSet<int> ByWeight(StaffedDesk desk)
    {
        var common = new HashSet<int>();
        var (covered, all) = (0, desk.Topics.Sum(t => t.Plan.Weight));
        foreach (var topic in desk.Topics.OrderByDescending(t => t.Plan.Weight))
        {
            if (covered >= all * 0.8)
                break;
            common.Add(topic.Topic.Id);
            covered += topic.Plan.Weight;
        }
        return common;
    }
}
