using Helpdesk.Knowledge.Articles;
using Helpdesk.Routing.Classification;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Learning;

/// <summary>What a topic model learns from.</summary>
/// <param name="Names">Topic names, their phrases, titles of their articles, and questions those have answered.</param>
/// <param name="Tickets">Texts of finished tickets whose topic a specialist confirmed; without a topic: special.</param>
public sealed record TrainingMaterial(
    IReadOnlyList<string> Topics,
    IReadOnlyList<TrainingExample> Names,
    IReadOnlyList<TrainingExample> Tickets,
    DateTimeOffset? From,
    DateTimeOffset? To
)
{
    public const int MostCharacters = 2_000;

    /// <summary>One sender's share of a topic's weight, at most.</summary>
    private const double MostOfOneSender = 0.01;

    public IReadOnlyList<TrainingExample> All => [.. Names, .. Tickets];

    private sealed record Finished(string? Topic, string Text, long CustomerId, DateTimeOffset? At);

    public static async Task<TrainingMaterial> LoadAsync(
        HelpdeskDbContext db,
        int mostTickets,
        CancellationToken cancellationToken
    )
    {
        var topics = await db
            .Topics.AsNoTracking()
            .Where(t => t.ParentId != null && !t.IsArchived)
            .OrderBy(t => t.Key)
            .ToListAsync(cancellationToken);
        var keys = topics.ToDictionary(t => t.Id, t => t.Key);
        var names = await NamesAsync(db, topics, keys, cancellationToken);
        var finished = await FinishedAsync(db, keys, mostTickets, cancellationToken);
        return new TrainingMaterial(
            [.. topics.Select(t => t.Key)],
            names,
            Weighted(finished),
            finished.Min(f => f.At),
            finished.Max(f => f.At)
        );
    }

    private static async Task<List<TrainingExample>> NamesAsync(
        HelpdeskDbContext db,
        List<Topic> topics,
        Dictionary<int, string> keys,
        CancellationToken cancellationToken
    )
    {
        var texts = topics.Select(t => (t.Id, t.Name)).ToList();
        texts.AddRange(topics.Where(t => t.Description.Length > 0).Select(t => (t.Id, t.Description)));
        var phrases = await db.Set<TopicPhrase>()
            .AsNoTracking()
            .OrderBy(p => p.Id)
            .Select(p => new { p.TopicId, p.Text })
            .ToListAsync(cancellationToken);
        texts.AddRange(phrases.Select(p => (p.TopicId, p.Text)));
        var articles = await db.Set<Article>()
            .AsNoTracking()
            .Where(a => a.TopicId != null && a.State == ArticleState.Published)
            .OrderBy(a => a.Id)
            .Select(a => new { TopicId = a.TopicId!.Value, a.Title })
            .ToListAsync(cancellationToken);
        texts.AddRange(articles.Select(a => (a.TopicId, a.Title)));
        return
        [
            .. texts.Where(t => keys.ContainsKey(t.Item1)).Select(t => new TrainingExample(t.Item2, keys[t.Item1])),
        ];
    }

    /// <summary>Closures confirmed by a specialist: somebody set the topic, or answered under it.</summary>
    private static async Task<List<Finished>> FinishedAsync(
        HelpdeskDbContext db,
        Dictionary<int, string> keys,
        int most,
        CancellationToken cancellationToken
    )
    {
        var rows = await db
            .Tickets.AsNoTracking()
            .Where(t => t.Status >= TicketStatus.Resolved && (t.TopicIsManual || t.Replies > 0) && !t.IsEmptied)
            .OrderByDescending(t => t.Id)
            .Take(most)
            .Select(t => new
            {
                t.TopicId,
                t.Type,
                t.Subject,
                Text = t
                    .Messages.Where(m => m.Kind == MessageKind.Customer)
                    .OrderBy(m => m.Id)
                    .Select(m => m.Text.Substring(0, MostCharacters))
                    .FirstOrDefault(),
                t.CustomerId,
                At = t.ResolvedAt ?? t.ClosedAt,
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Where(r => r.TopicId is { } id ? keys.ContainsKey(id) : r.Type is TicketType.Special)
                .Select(r => new Finished(
                    r.TopicId is { } id ? keys[id] : null,
                    RequestText.Of(r.Subject, r.Text ?? ""),
                    r.CustomerId,
                    r.At
                )),
        ];
    }

    /// <summary>Of a topic with n tickets one sender counts at most as much as max(1, n / 100) of them.</summary>
    private static List<TrainingExample> Weighted(List<Finished> finished)
    {
        var ofTopic = finished.CountBy(f => f.Topic ?? "").ToDictionary(StringComparer.Ordinal);
        var ofSender = finished.CountBy(f => (f.Topic, f.CustomerId)).ToDictionary();
        return finished.ConvertAll(f =>
        {
            var allowed = Math.Max(1, ofTopic[f.Topic ?? ""] * MostOfOneSender);
            var weight = Math.Min(1, allowed / ofSender[(f.Topic, f.CustomerId)]);
            return new TrainingExample(f.Text, f.Topic, (float)weight);
        });
    }
}

/// <summary>The text of a request as models read it.</summary>
public static class RequestText
{
    /// <summary>Subject and message; a subject that only repeats what the message says is left out.</summary>
    public static string Of(string subject, string message) =>
        subject.Length == 0 || message.Contains(subject.TrimEnd('…'), StringComparison.OrdinalIgnoreCase)
            ? message
            : $"{subject}\n{message}";
}
