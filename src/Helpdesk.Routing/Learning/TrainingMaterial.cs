using System.Globalization;
using System.Linq.Expressions;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Routing.Classification;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Learning;

/// <summary>The first message of a finished ticket.</summary>
public sealed record TicketExample(long TicketId, string Text, string? Topic, float Weight, DateTimeOffset? At)
    : TrainingExample(Text, Topic, Weight, At);

/// <summary>What a topic model learns from.</summary>
/// <param name="Names">Topic names, their phrases, titles of their articles, and questions those have answered.</param>
/// <param name="Tickets">Texts of finished tickets whose topic a specialist confirmed; without a topic: special.</param>
public sealed record TrainingMaterial(
    IReadOnlyList<string> Topics,
    IReadOnlyList<TrainingExample> Names,
    IReadOnlyList<TicketExample> Tickets,
    DateTimeOffset? From,
    DateTimeOffset? To
)
{
    public const int MostCharacters = 2_000;

    /// <summary>One sender's share of a topic's weight, at most.</summary>
    private const double MostOfOneSender = 0.01;

    public IReadOnlyList<TrainingExample> All => [.. Names, .. Tickets];

    private sealed record Finished(long Id, string? Topic, string Text, long CustomerId, DateTimeOffset? At);

    /// <summary>Corrections that look as if somebody turned the model are written down and left out, see <see cref="LabelShiftBook"/>.</summary>
    public static async Task<TrainingMaterial> LoadAsync(
        HelpdeskDbContext db,
        int mostTickets,
        DateTimeOffset now,
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
        var keptOut = await LabelShiftBook.KeepOutAsync(
            db,
            await DecisionsAsync(db, mostTickets, cancellationToken),
            now,
            cancellationToken
        );
        finished.RemoveAll(f => keptOut.Contains(f.Id));
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
        var rows = await RequestText.ReadAsync(
            db.Tickets.Where(IsConfirmed).OrderByDescending(t => t.Id).Take(most),
            MostCharacters,
            cancellationToken
        );
        return
        [
            .. rows.Where(r => r.TopicId is { } id ? keys.ContainsKey(id) : r.Type is TicketType.Special)
                .Select(r => new Finished(
                    r.TicketId,
                    r.TopicId is { } id ? keys[id] : null,
                    r.Text,
                    r.CustomerId,
                    r.FinishedAt
                )),
        ];
    }

    private static readonly Expression<Func<Ticket, bool>> IsConfirmed = t =>
        t.Status >= TicketStatus.Resolved && t.IsSpam != true && !t.IsEmptied && (t.TopicIsManual || t.Replies > 0);

    /// <summary>Who decided about the topic of finished requests: the last who changed it, else whoever answered under the one that was read.</summary>
    private static async Task<List<LabelDecision>> DecisionsAsync(
        HelpdeskDbContext db,
        int most,
        CancellationToken cancellationToken
    )
    {
        var finished = db.Tickets.AsNoTracking().Where(IsConfirmed).OrderByDescending(t => t.Id).Take(most);
        var corrected = await CorrectionsAsync(
            db,
            finished.Where(t => t.TopicIsManual).Select(t => t.Id),
            cancellationToken
        );
        var confirmed = await finished
            .Where(t => !t.TopicIsManual && t.SpecialistId != null)
            .Select(t => new
            {
                t.Id,
                t.SpecialistId,
                t.TopicId,
                At = t.ResolvedAt ?? t.ClosedAt ?? t.UpdatedAt,
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. corrected,
            .. confirmed.Select(t => new LabelDecision(t.Id, t.SpecialistId!.Value, "", t.TopicId, t.TopicId, t.At)),
        ];
    }

    /// <summary>The last topic that somebody of the staff gave each of these tickets, and what stood there before anybody did.</summary>
    internal static async Task<List<LabelDecision>> CorrectionsAsync(
        HelpdeskDbContext db,
        IQueryable<long> tickets,
        CancellationToken cancellationToken
    )
    {
        var changes = await db
            .TicketEvents.AsNoTracking()
            .Where(e =>
                e.Kind == TicketEventKind.TopicChanged && e.ActorKind == ActorKind.Staff && tickets.Contains(e.TicketId)
            )
            .OrderBy(e => e.Id)
            .ToListAsync(cancellationToken);
        return
        [
            .. changes
                .GroupBy(e => e.TicketId)
                .Select(g => (First: g.First(), Last: g.Last()))
                .Where(c => Guid.TryParse(c.Last.ActorId, out _))
                .Select(c => new LabelDecision(
                    c.Last.TicketId,
                    Guid.Parse(c.Last.ActorId!),
                    c.Last.ActorName,
                    Topic(c.First, "from"),
                    Topic(c.Last, "to"),
                    c.Last.At
                )),
        ];
    }

    private static int? Topic(TicketEvent change, string name) =>
        int.TryParse(change.Details.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>Of a topic with n tickets one sender counts at most as much as max(1, n / 100) of them.</summary>
    private static List<TicketExample> Weighted(List<Finished> finished)
    {
        var ofTopic = finished.CountBy(f => f.Topic ?? "").ToDictionary(StringComparer.Ordinal);
        var ofSender = finished.CountBy(f => (f.Topic, f.CustomerId)).ToDictionary();
        return finished.ConvertAll(f =>
        {
            var allowed = Math.Max(1, ofTopic[f.Topic ?? ""] * MostOfOneSender);
            var weight = Math.Min(1, allowed / ofSender[(f.Topic, f.CustomerId)]);
            return new TicketExample(f.Id, f.Text, f.Topic, (float)weight, f.At);
        });
    }
}
