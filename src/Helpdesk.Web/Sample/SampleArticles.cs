using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Sample;

/// <summary>An article of the sample as its file says.</summary>
/// <param name="Topic">Key of the topic that it answers first.</param>
/// <param name="Also">Keys of further topics.</param>
/// <param name="Questions">As customers would ask them.</param>
public sealed record SampleArticle(
    string Slug,
    string Title,
    string Summary,
    string Topic,
    IReadOnlyList<string> Also,
    ArticleVisibility Visibility,
    IReadOnlyList<string> Questions,
    string Body
)
{
    private const string Fence = "---\n";

    /// <summary>Reads Markdown that begins with front matter: <c>name: value</c>, lists in brackets or as lines with a dash.</summary>
    /// <exception cref="FormatException">There is no front matter, or it lacks a name.</exception>
    public static SampleArticle Parse(string slug, string file)
    {
        var text = file.ReplaceLineEndings("\n");
        var end = text.IndexOf("\n" + Fence, StringComparison.Ordinal);
        if (!text.StartsWith(Fence, StringComparison.Ordinal) || end < 0)
            throw new FormatException(
                $"The article {slug} does not begin with front matter between two lines of three dashes."
            );
        var (fields, lists) = (
            new Dictionary<string, string>(StringComparer.Ordinal),
            new Dictionary<string, List<string>>(StringComparer.Ordinal)
        );
        var name = "";
        foreach (var line in text[Fence.Length..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.TrimStart().StartsWith("- ", StringComparison.Ordinal))
            {
                lists[name].Add(Unquoted(line.TrimStart()[2..]));
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            name = line[..Math.Max(colon, 0)].Trim();
            fields[name] = Unquoted(line[(colon + 1)..]);
            lists[name] =
            [
                .. fields[name]
                    .Trim('[', ']')
                    .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            ];
        }
        return new(
            slug,
            Field("title"),
            Field("summary"),
            Field("topic"),
            lists.GetValueOrDefault("also") ?? [],
            fields.GetValueOrDefault("visibility") == "internal"
                ? ArticleVisibility.Internal
                : ArticleVisibility.Public,
            lists.GetValueOrDefault("questions") ?? [],
            text[(end + 1 + Fence.Length)..].Trim() + "\n"
        );

        string Field(string of) =>
            fields.GetValueOrDefault(of)
            ?? throw new FormatException($"The front matter of the article {slug} has no {of}.");
    }

    private static string Unquoted(string value)
    {
        var text = value.Trim();
        return text.Length > 1 && text[0] == text[^1] && text[0] is '"' or '\'' ? text[1..^1] : text;
    }
}

/// <summary>The sample's articles in the knowledge base: published by the leads of their teams, and judged by visitors.</summary>
internal static class SampleArticles
{
    private const int MaxLearned = 12;

    /// <summary>Adds all articles; the caller commits.</summary>
    public static async Task AddAsync(
        HelpdeskDbContext db,
        Bells bells,
        int seed,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var topics = await db
            .Topics.Include(t => t.Team!.Lead)
            .ToDictionaryAsync(t => t.Key, StringComparer.Ordinal, cancellationToken);
        var articles = SampleText.Articles().Select(a => SampleArticle.Parse(a.Key, a.Value));
        db.AddRange(articles.Select((a, i) => Published(a, topics, new Dice(seed, 1_000_000L + i), now)));
        await ArticleChanges.SaveAsync(db, bells, cancellationToken);
        db.ChangeTracker.Clear();
    }

    /// <summary>What the history taught: the words of customers whom an article helped. The caller commits.</summary>
    public static async Task LearnAsync(
        HelpdeskDbContext db,
        Bells bells,
        IReadOnlyList<LivedTicket> lived,
        CancellationToken cancellationToken
    )
    {
        var solved = lived
            .Where(l => l.Ticket.SolutionArticleId is not null && l.Question.Length > 0)
            .ToLookup(l => l.Ticket.SolutionArticleId!.Value);
        var articles = await db.Set<Article>()
            .Include(a => a.Questions)
            .OrderBy(a => a.Id)
            .ToListAsync(cancellationToken);
        foreach (var article in articles)
        foreach (var (ticket, _, question, _) in solved[article.Id].DistinctBy(l => l.Question).Take(MaxLearned))
            article.Learn(question, QuestionSource.Ticket, ticket.Id, ticket.ResolvedAt ?? ticket.UpdatedAt);
        await ArticleChanges.SaveAsync(db, bells, cancellationToken);
        db.ChangeTracker.Clear();
        foreach (var ofArticle in solved)
            await db.Set<Article>()
                .Where(a => a.Id == ofArticle.Key)
                .ExecuteUpdateAsync(a => a.SetProperty(x => x.Solved, ofArticle.Count()), cancellationToken);
    }

    /// <summary>Visitors' votes, more where more people come; the caller commits.</summary>
    public static async Task VoteAsync(
        HelpdeskDbContext db,
        DeskPlan plan,
        int seed,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var weights = plan
            .Areas.SelectMany(a => a.Topics)
            .ToDictionary(t => t.Key, t => t.Weight, StringComparer.Ordinal);
        var articles = await db.Set<Article>()
            .Where(a => a.Visibility == ArticleVisibility.Public)
            .OrderBy(a => a.Slug)
            .Select(a => new { a.Id, a.Topic!.Key })
            .ToListAsync(cancellationToken);
        var all = new List<ArticleVote>();
        foreach (var article in articles)
        {
            var dice = new Dice(seed, 2_000_000L + article.Id);
            var approval = dice.Between(0.68, 0.95);
            List<ArticleVote> votes =
            [
                .. Enumerable
                    .Range(0, 4 + dice.Below(8) + (weights[article.Key] / 25))
                    .Select(_ => new ArticleVote
                    {
                        ArticleId = article.Id,
                        Visitor = dice.NextName(),
                        Helped = dice.Chance(approval),
                        At = now.AddMinutes(-dice.Below(56 * 24 * 60)),
                    }),
            ];
            all.AddRange(votes);
            var helped = votes.Count(v => v.Helped);
            await db.Set<Article>()
                .Where(a => a.Id == article.Id)
                .ExecuteUpdateAsync(
                    a => a.SetProperty(x => x.Helped, helped).SetProperty(x => x.DidNotHelp, votes.Count - helped),
                    cancellationToken
                );
        }
        await new BulkTable<ArticleVote>(db).InsertAsync(all, cancellationToken);
    }

    private static Article Published(
        SampleArticle sample,
        Dictionary<string, Topic> topics,
        Dice dice,
        DateTimeOffset now
    )
    {
        var topic = topics[sample.Topic];
        var writtenAt = now.AddDays(-70 - dice.Below(200)).AddMinutes(-dice.Below(480));
        var author = topic.Team?.Lead is { } lead ? Actor.Staff(lead.Id, lead.Name) : Actor.System;
        var article = new Article(
            sample.Slug,
            new ArticleText(sample.Title, sample.Summary, sample.Body),
            topic,
            sample.Visibility,
            author,
            writtenAt
        );
        foreach (var also in sample.Also)
            article.AlsoTopics.Add(new ArticleTopic { Topic = topics[also] });
        foreach (var question in sample.Questions)
            article.Learn(question, QuestionSource.Author, ticketId: null, writtenAt);
        article.Publish(author, writtenAt.AddHours(20));
        return article;
    }
}
