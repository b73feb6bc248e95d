using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Splitting;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Links;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Work;

/// <param name="CanBeTakenBack">Nobody has written in it.</param>
public sealed record LinkedPart(long Id, string Subject, bool CanBeTakenBack);

/// <summary>A stretch of a request that could go to a request of its own.</summary>
/// <param name="Topic">Key of what it was read as; null = none.</param>
/// <param name="Goes">Key of the topic under which it would, if split as suggested; null = it stays.</param>
public sealed record SplitStretch(string Text, string? Topic, string? Goes);

/// <summary>What a ticket's page says about splitting it.</summary>
/// <param name="Stretches">Those that it could be divided along, in the order of the text; empty when there is nothing to split.</param>
/// <param name="Parts">What was split off it, as far as the viewer may see it.</param>
/// <param name="HiddenTeams">The teams that have the others, by name; empty for one that routing has not given to a team yet.</param>
/// <param name="Whole">What it was split off from.</param>
public sealed record SplitOffer(
    IReadOnlyList<SplitStretch> Stretches,
    IReadOnlyList<LinkedPart> Parts,
    IReadOnlyList<string> HiddenTeams,
    LinkedPart? Whole
)
{
    public bool CanBeUndone => Parts.Count > 0 && HiddenTeams.Count == 0 && Parts.All(p => p.CanBeTakenBack);
}

/// <summary>Offers to split a request, splits it, and undoes that.</summary>
public sealed class TicketSplitting(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TicketWork work
)
{
    /// <param name="ticket">As its page shows it, read with the viewer's rights.</param>
    public async Task<SplitOffer> ReadAsync(
        Viewer.Staff viewer,
        TicketFacts ticket,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var id = ticket.Id;
        var links = db.Set<TicketLink>().AsNoTracking().Where(l => l.Kind == TicketLinkKind.PartOf);
        var parts = await db
            .Tickets.AsNoTracking()
            .VisibleTo(viewer)
            // "in" rather than "exists": SQLite goes from the few links to their tickets, not through all tickets
            .Where(t => links.Where(l => l.ToId == id).Select(l => l.FromId).Contains(t.Id))
            .OrderBy(t => t.Id)
            .ToListAsync(cancellationToken);
        var seen = parts.ConvertAll(p => p.Id);
        var hidden = await db
            .Tickets.Where(t => links.Where(l => l.ToId == id).Select(l => l.FromId).Contains(t.Id))
            .Where(t => !seen.Contains(t.Id))
            .OrderBy(t => t.Id)
            .Select(t => t.TeamId)
            .ToListAsync(cancellationToken);
        var teams = (await directory.GetAsync(cancellationToken)).Teams;
        var whole = await db
            .Tickets.AsNoTracking()
            .VisibleTo(viewer)
            .Where(t => links.Where(l => l.FromId == id).Select(l => l.ToId).Contains(t.Id))
            .Select(t => new LinkedPart(t.Id, t.Subject, false))
            .FirstOrDefaultAsync(cancellationToken);
        return new(
            ticket is { IsUnresolved: true, Type: TicketType.Combined }
                ? await StretchesAsync(db, ticket.Id, ticket.TopicId, cancellationToken)
                : [],
            parts.ConvertAll(p => new LinkedPart(p.Id, p.Subject, p.CanBeTakenBack)),
            hidden.ConvertAll(teamId => teamId is { } team && teams.TryGetValue(team, out var known) ? known.Name : ""),
            whole
        );
    }

    /// <param name="choices">As in <see cref="RequestSplit.Divided"/>; null = as suggested.</param>
    public Task<WorkOutcome> SplitAsync(long ticketId, int seenVersion, IReadOnlyList<string?>? choices) =>
        work.ChangeAsync(
            ticketId,
            seenVersion,
            async p =>
            {
                var db = p.Database;
                var (parts, text, mainTopic) = await ReadPartsAsync(
                    db,
                    ticketId,
                    p.Ticket.TopicId,
                    CancellationToken.None
                );
                var matters = choices is null
                    ? RequestSplit.MattersOf(parts, text, mainTopic)
                    : RequestSplit.Divided(RequestSplit.Stretches(parts, text), text, choices, mainTopic);
                await db.Entry(p.Ticket).Collection(t => t.Participants).LoadAsync();
                // a machine was never told anything
                var tell = await db.Notifications.AnyAsync(n => n.TicketId == ticketId && n.UserId == null);
                RequestSplit.Apply(db, p.Ticket, matters, p.Actor, p.Picture, tell, p.Now);
            }
        );

    public Task<WorkOutcome> UndoAsync(long ticketId, int seenVersion) =>
        work.ChangeAsync(
            ticketId,
            seenVersion,
            async p => await RequestSplit.UndoAsync(p.Database, p.Ticket, p.Viewer, p.Actor, p.Now)
        );

    private async Task<IReadOnlyList<SplitStretch>> StretchesAsync(
        HelpdeskDbContext db,
        long ticketId,
        int? topicId,
        CancellationToken cancellationToken
    )
    {
        var (parts, text, mainTopic) = await ReadPartsAsync(db, ticketId, topicId, cancellationToken);
        var matters = RequestSplit.MattersOf(parts, text, mainTopic);
        if (matters.Count < 2)
            return [];
        return
        [
            .. RequestSplit
                .Stretches(parts, text)
                .Select(p => new SplitStretch(
                    text.Substring(p.Start, p.Length).Trim(),
                    p.Topic,
                    p.Topic == matters[0].Topic ? null : p.Topic
                )),
        ];
    }

    /// <summary>Nothing where nothing was read.</summary>
    private async Task<(IReadOnlyList<PartTopic> Parts, string Text, string? MainTopic)> ReadPartsAsync(
        HelpdeskDbContext db,
        long ticketId,
        int? topicId,
        CancellationToken cancellationToken
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        var read = await db
            .Tickets.Where(t => t.Id == ticketId)
            .Select(t => new
            {
                t.Subject,
                Text = db
                    .Messages.Where(m => m.TicketId == t.Id)
                    .Where(Message.IsCustomersOwn)
                    .OrderBy(m => m.Id)
                    .Select(m => m.Text.Substring(0, TrainingMaterial.MostCharacters))
                    .FirstOrDefault(),
                Decision = db.Set<RoutingDecision>()
                    .Where(d => d.TicketId == t.Id && d.ModelId != null)
                    .OrderByDescending(d => d.Id)
                    .Select(d => d.DetailsJson)
                    .FirstOrDefault(),
            })
            .SingleOrDefaultAsync(cancellationToken);
        var mainTopic = topicId is { } id ? picture.Topics.GetValueOrDefault(id)?.Key : null;
        return read is { Text: { } text, Decision: { } decision }
            ? (DecisionDetails.Parse(decision).Parts, RequestText.Of(read.Subject, text), mainTopic)
            : ([], "", mainTopic);
    }
}
