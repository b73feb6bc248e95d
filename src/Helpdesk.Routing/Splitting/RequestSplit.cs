using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Links;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Splitting;

/// <summary>One matter of a request.</summary>
/// <param name="Topic">Key; empty for what stays in a request without a topic.</param>
/// <param name="IsChosen">A person says that it is about this topic; routing need not read it.</param>
public sealed record RequestMatter(string Topic, string Text, bool IsChosen = false);

/// <summary>Splits a request about several matters along the parts that were read in it.</summary>
public static class RequestSplit
{
    // what a program was told is one thing, wherever words in it look like the next sentence
    private static readonly string[] CodeElements = ["script", "style"];

    /// <summary>The matters in the order in which they begin, with the main one first: it stays. Fewer than two: there is nothing to split.</summary>
    /// <param name="text">As it was read.</param>
    /// <param name="mainTopic">Key of the ticket's topic.</param>
    public static IReadOnlyList<RequestMatter> MattersOf(
        IReadOnlyList<PartTopic> parts,
        string text,
        string? mainTopic
    ) =>
        [
            .. Stretches(parts, text)
                .Where(p => p.Topic is not null)
                .GroupBy(p => p.Topic!, StringComparer.Ordinal)
                .Select(g => new RequestMatter(g.Key, TextOf(g, text)))
                .Where(m => m.Text.Length > 0)
                .OrderByDescending(m => m.Topic == mainTopic),
        ];

    /// <summary>The parts that lie within the text, none of them cut inside a script or style sheet.</summary>
    public static IReadOnlyList<PartTopic> Stretches(IReadOnlyList<PartTopic> parts, string text) =>
        [.. parts.Where(p => p.Start >= 0 && p.Start + p.Length <= text.Length).Select(p => OutsideCode(p, text))];

    /// <summary>The matters as a person divides them, the one that stays first.</summary>
    /// <param name="stretches">As <see cref="Stretches"/> gives them.</param>
    /// <param name="choices">For each the key of the topic under which it becomes a request of its own, those of the same topic together; null = it stays.</param>
    /// <param name="mainTopic">Key of the ticket's topic.</param>
    /// <exception cref="RuleViolationException">Nothing would stay, or nothing would go; or there are other stretches by now.</exception>
    public static IReadOnlyList<RequestMatter> Divided(
        IReadOnlyList<PartTopic> stretches,
        string text,
        IReadOnlyList<string?> choices,
        string? mainTopic
    )
    {
        if (choices.Count != stretches.Count)
            throw new RuleViolationException("It was read anew meanwhile. Look at its parts again.");
        var chosen = stretches.Zip(choices, (stretch, topic) => (Stretch: stretch, Topic: topic)).ToList();
        var stays = chosen.Where(c => c.Topic is null).Select(c => c.Stretch).ToList();
        if (stays.Count == 0 || stays.Count == chosen.Count)
            throw new RuleViolationException("One part stays here, and one becomes a request of its own.");
        return
        [
            new RequestMatter(mainTopic ?? "", TextOf(stays, text)),
            .. chosen
                .Where(c => c.Topic is not null)
                .GroupBy(c => c.Topic!, StringComparer.Ordinal)
                .Select(g => new RequestMatter(
                    g.Key,
                    TextOf(g.Select(c => c.Stretch), text),
                    IsChosen: g.Any(c => c.Stretch.Topic != c.Topic)
                ))
                .Where(m => m.Text.Length > 0),
        ];
    }

    private static string TextOf(IEnumerable<PartTopic> stretches, string text) =>
        string.Join('\n', stretches.OrderBy(p => p.Start).Select(p => text.Substring(p.Start, p.Length).Trim()));

    /// <summary>A cut inside a script or style sheet moves to its end: all of it stays where it began.</summary>
    private static PartTopic OutsideCode(PartTopic part, string text)
    {
        var (start, end) = (part.Start, part.Start + part.Length);
        foreach (var (codeStart, codeEnd) in CodeIn(text))
        {
            if (start > codeStart && start < codeEnd)
                start = codeEnd;
            if (end > codeStart && end < codeEnd)
                end = codeEnd;
        }
        return part with { Start = start, Length = Math.Max(0, end - start) };
    }

    // one that nobody closed goes on to the end
    private static IEnumerable<(int Start, int End)> CodeIn(string text)
    {
        foreach (var name in CodeElements)
        {
            var end = 0;
            for (int start; (start = text.IndexOf($"<{name}", end, StringComparison.OrdinalIgnoreCase)) >= 0; )
            {
                var close = text.IndexOf($"</{name}", start, StringComparison.OrdinalIgnoreCase);
                end = close < 0 ? text.Length : text.IndexOf('>', close) + 1;
                if (end == 0)
                    end = text.Length;
                yield return (start, end);
            }
        }
    }

    /// <summary>Makes a ticket of each matter but the first; the caller commits. Each is routed by itself after that.</summary>
    /// <param name="ticket">With its participants loaded: they follow every part.</param>
    /// <returns>The new tickets.</returns>
    public static IReadOnlyList<Ticket> Apply(
        HelpdeskDbContext db,
        Ticket ticket,
        IReadOnlyList<RequestMatter> matters,
        Actor actor,
        DeskPicture picture,
        bool tell,
        DateTimeOffset now
    )
    {
        if (matters.Count < 2)
            throw new RuleViolationException("This request is about one matter only.");
        var parts = new List<Ticket>();
        foreach (var matter in matters.Skip(1))
        {
            var part = ticket.SplitOff(matter.Text, actor, picture.TermsOf(ticket), now);
            part.InheritParticipants(ticket, now);
            if (matter.IsChosen)
                part.ChangeTopic(TopicOf(matter, picture), actor, now);
            parts.Add(part);
            db.Tickets.Add(part);
            db.Add(
                new TicketLink
                {
                    From = part,
                    To = ticket,
                    Kind = TicketLinkKind.PartOf,
                    At = now,
                }
            );
        }
        ticket.Split(parts.Count, actor, tell, now);
        return parts;
    }

    private static Topic TopicOf(RequestMatter matter, DeskPicture picture) =>
        picture.TopicsByKey.GetValueOrDefault(matter.Topic) is { IsArchived: false } topic
            ? topic
            : throw new RuleViolationException($"There is no topic “{matter.Topic}” any more. Choose another.");

    /// <summary>Takes all parts back while nobody has written in any of them; the caller commits.</summary>
    /// <param name="viewer">Who asks for it.</param>
    /// <exception cref="RuleViolationException">Somebody has, or a part is not the viewer's to change.</exception>
    public static async Task UndoAsync(
        HelpdeskDbContext db,
        Ticket ticket,
        Viewer viewer,
        Actor actor,
        DateTimeOffset now,
        CancellationToken cancellationToken = default
    )
    {
        var links = await db.Set<TicketLink>()
            .Include(l => l.From.Customer)
            .Where(l => l.ToId == ticket.Id && l.Kind == TicketLinkKind.PartOf)
            .ToListAsync(cancellationToken);
        if (links.Count == 0)
            return;
        if (links.Exists(l => !TicketAccess.Allows(viewer, TicketAction.Change, l.From)))
            throw new RuleViolationException("A part is with another team. Ask somebody who works on it too.");
        foreach (var link in links)
            link.From.TakeBack(actor, now);
        db.RemoveRange(links);
        ticket.Rejoin(actor, now);
    }
}
