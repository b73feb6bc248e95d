using Helpdesk.Knowledge.Articles;
using Helpdesk.Mail.Intake;
using Helpdesk.Routing.Emerging;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Components.Desk.Work;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise;

/// <param name="Sent">Requests that got the answer now.</param>
/// <param name="Resolved">Requests that had it already, and were only resolved now.</param>
/// <param name="Left">Requests with which nothing was done: somebody works on them at this moment, or they are too many for one go.</param>
public sealed record AnswerToAll(int Sent, int Resolved, int Left);

/// <summary>What a supervisor does with a problem. Each request is changed by its own methods, one commit each.</summary>
public sealed class ProblemWork(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskPerson person,
    TicketWork tickets,
    TimeProvider time
)
{
    public const int MostInOneGo = 200;

    /// <summary>How many are counted that wait behind those.</summary>
    private const int MostCounted = 10_000;

    /// <summary>Makes it a problem, or gives it another name, and links requests to it.</summary>
    /// <param name="ticketIds">Of those that are offered.</param>
    /// <returns>False when it is not there, over, or not theirs to decide.</returns>
    public async Task<bool> OpenAsync(
        int id,
        string title,
        IReadOnlyCollection<long> ticketIds,
        CancellationToken cancellationToken = default
    )
    {
        var isDone = await DecideAsync(
            id,
            (problem, who, now) =>
            {
                if (!problem.IsLive)
                    return false;
                if (Text.OneLine(title, Problem.MaxTitleLength) is { Length: > 0 } line)
                    problem.Title = line;
                problem.Decide(ProblemState.Open, who.Name, now);
                return true;
            },
            cancellationToken
        );
        if (isDone)
            await LinkAsync(id, ticketIds, cancellationToken);
        return isDone;
    }

    /// <summary>Links requests that were read as something else, or came before anybody saw what they have in common.</summary>
    /// <returns>How many are linked now that were not, and those that could not be: they are not there, or come from another problem.</returns>
    public async Task<(int Added, IReadOnlyList<long> Refused)> AddAsync(
        int id,
        IReadOnlyCollection<long> ticketIds,
        CancellationToken cancellationToken = default
    )
    {
        var (added, refused) = (0, new List<long>());
        if (await person.ConfirmAsync(cancellationToken) is not { SeesAll: true })
            return (0, [.. ticketIds]);
        foreach (var ticketId in ticketIds.Take(MostInOneGo))
        {
            var (isNew, isElsewhere) = (false, false);
            var outcome = await tickets.ChangeAnywayAsync(
                ticketId,
                async piece =>
                {
                    (isNew, isElsewhere) = (false, false);
                    var problem =
                        await piece
                            .Database.Set<Problem>()
                            .SingleOrDefaultAsync(p => p.Id == id && p.State == ProblemState.Open, cancellationToken)
                        ?? throw new RuleViolationException("The problem is over.");
                    var row = await piece
                        .Database.Set<ProblemTicket>()
                        .SingleOrDefaultAsync(p => p.TicketId == ticketId, cancellationToken);
                    isElsewhere = row is { State: ProblemTicketState.Linked } && row.ProblemId != id;
                    if (isElsewhere || row is { State: ProblemTicketState.Linked })
                        return;
                    // what another problem only offers is free
                    if (row is not null && row.ProblemId != id)
                    {
                        piece.Database.Remove(row);
                        await piece.Database.SaveChangesAsync(cancellationToken);
                        row = null;
                    }
                    if (row is null)
                        problem.Tickets.Add(
                            new ProblemTicket
                            {
                                TicketId = ticketId,
                                At = piece.Now,
                                State = ProblemTicketState.Linked,
                            }
                        );
                    else
                        row.State = ProblemTicketState.Linked;
                    isNew = true;
                    piece.Ticket.LinkToProblem(problem.Title, piece.Actor, piece.Now);
                },
                cancellationToken
            );
            if (outcome is not WorkOutcome.Done || isElsewhere)
                refused.Add(ticketId);
            else if (isNew)
                added++;
        }
        return (added, refused);
    }

    /// <summary>It is over, or was none.</summary>
    public Task<bool> EndAsync(int id, ProblemState state, CancellationToken cancellationToken = default) =>
        DecideAsync(
            id,
            (problem, who, now) =>
            {
                if (!problem.IsLive || state is not (ProblemState.Resolved or ProblemState.Dismissed))
                    return false;
                problem.Decide(state, who.Name, now);
                return true;
            },
            cancellationToken
        );

    /// <summary>These are about something else; they are not offered again.</summary>
    public async Task SetAsideAsync(
        int id,
        IReadOnlyCollection<long> ticketIds,
        CancellationToken cancellationToken = default
    )
    {
        if (await person.ConfirmAsync(cancellationToken) is not { SeesAll: true })
            return;
        await using var db = databases.CreateDbContext();
        await db.Set<ProblemTicket>()
            .Where(p => p.ProblemId == id && p.State == ProblemTicketState.Offered && ticketIds.Contains(p.TicketId))
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.State, ProblemTicketState.NotPart), cancellationToken);
    }

    /// <summary>Sends one answer to every linked request that is not resolved; each customer gets it in their own request and sees only that.</summary>
    /// <param name="key">Of the form: the same answer never goes out twice, however often it is sent.</param>
    /// <param name="resolves">Ends the requests with it, also those that had it before, and the problem once none is left.</param>
    public async Task<AnswerToAll> AnswerAsync(
        int id,
        Guid key,
        string text,
        bool resolves,
        CancellationToken cancellationToken = default
    )
    {
        if (await person.ConfirmAsync(cancellationToken) is not { SeesAll: true })
            return new(0, 0, 0);
        List<long> ids;
        await using (var db = databases.CreateDbContext())
            ids = await ProblemReader
                .ToAnswer(db, id)
                .Where(p => resolves || p.AnswerKey != key)
                // whoever has had none comes first
                .OrderBy(p => p.AnsweredAt != null)
                .ThenBy(p => p.AnsweredAt)
                .ThenBy(p => p.TicketId)
                .Select(p => p.TicketId)
                .Take(MostCounted)
                .ToListAsync(cancellationToken);
        var content = new MessageContent { Text = text.Trim(), Html = ArticleMarkdown.ToHtml(text) };
        var (sent, resolved) = (0, 0);
        foreach (var ticketId in ids.Take(MostInOneGo))
        {
            var (isSent, isOnlyResolved) = (false, false);
            var outcome = await tickets.ChangeAnywayAsync(
                ticketId,
                async piece =>
                {
                    (isSent, isOnlyResolved) = (false, false);
                    var row = await piece
                        .Database.Set<ProblemTicket>()
                        .SingleAsync(p => p.TicketId == ticketId, cancellationToken);
                    if (row.ProblemId != id || !piece.Ticket.IsUnresolved)
                        return;
                    isSent = row.AnswerKey != key;
                    isOnlyResolved = !isSent && resolves;
                    if (isOnlyResolved)
                        piece.Ticket.Resolve(note: null, articleId: null, piece.Actor, piece.Terms, piece.Now);
                    if (!isSent)
                        return;
                    var next = resolves ? TicketStatus.Resolved : TicketStatus.Open;
                    var answer = piece.Ticket.Reply(content, piece.Actor, next, piece.Terms, piece.Now);
                    await piece
                        .Database.Entry(piece.Ticket)
                        .Collection(t => t.Participants)
                        .LoadAsync(cancellationToken);
                    var ours = await OwnAddresses.LoadAsync(piece.Database, piece.Picture.Settings, cancellationToken);
                    piece.Ticket.CopyAnswerToParticipants(answer, ours.Has, piece.Now);
                    (row.AnswerKey, row.AnsweredAt) = (key, piece.Now);
                },
                cancellationToken
            );
            if (outcome is not WorkOutcome.Done)
                continue;
            sent += isSent ? 1 : 0;
            resolved += isOnlyResolved ? 1 : 0;
        }
        var left = ids.Count - sent - resolved;
        if (resolves && left == 0)
            await EndAsync(id, ProblemState.Resolved, cancellationToken);
        return new(sent, resolved, left);
    }

    private async Task LinkAsync(int id, IReadOnlyCollection<long> ticketIds, CancellationToken cancellationToken)
    {
        foreach (var ticketId in ticketIds.Take(ProblemReader.MostRequests))
            await tickets.ChangeAnywayAsync(
                ticketId,
                async piece =>
                {
                    var row = await piece
                        .Database.Set<ProblemTicket>()
                        .SingleOrDefaultAsync(p => p.TicketId == ticketId && p.ProblemId == id, cancellationToken);
                    if (row is not { State: ProblemTicketState.Offered })
                        return;
                    row.State = ProblemTicketState.Linked;
                    var title = await piece
                        .Database.Set<Problem>()
                        .Where(p => p.Id == id)
                        .Select(p => p.Title)
                        .SingleAsync(cancellationToken);
                    piece.Ticket.LinkToProblem(title, piece.Actor, piece.Now);
                },
                cancellationToken
            );
    }

    private async Task<bool> DecideAsync(
        int id,
        Func<Problem, Viewer.Staff, DateTimeOffset, bool> decide,
        CancellationToken cancellationToken
    )
    {
        if (await person.ConfirmAsync(cancellationToken) is not { SeesAll: true } who)
            return false;
        await using var db = databases.CreateDbContext();
        if (await db.Set<Problem>().SingleOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } problem)
            return false;
        if (!decide(problem, who, time.GetUtcNow()))
            return false;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }
}
