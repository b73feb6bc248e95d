using System.Linq.Expressions;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing;

/// <summary>Decides about some tickets together: read, match, prioritise, choose, and one commit for all of them.</summary>
public sealed class RoutingBatch(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    LiveModels models,
    LiveRules rules,
    LearnedExpertise expertise,
    Triage triage,
    RoutingMetrics metrics,
    TimeProvider time,
    IOptions<RoutingOptions> options
)
{
    internal static readonly Expression<Func<Ticket, bool>> IsDue = t =>
        t.RoutedAt == null && t.Status < TicketStatus.Resolved;

    /// <param name="isLate">They were decided without a model and are read now; else they wait for their decision.</param>
    /// <returns>Some were decided without a model, and are to be read when there is one.</returns>
    public async Task<bool> CommitAsync(IReadOnlyList<long> ids, bool isLate, CancellationToken cancellationToken)
    {
        var picture = await directory.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // without the specialist: a loaded person would be taken for an unassignment when the ticket keeps them
        var tickets = await db
            .Tickets.Where(t => ids.Contains(t.Id))
            .Where(isLate ? UnreadTickets.IsUnread : IsDue)
            .Include(t => t.Customer)
                .ThenInclude(c => c.Organization)
            .OrderBy(t => t.Id)
            .ToListAsync(cancellationToken);
        if (tickets.Count == 0)
            return false;
        var live = await models.GetAsync(db, cancellationToken);
        var inForce = await rules.GetAsync(db, cancellationToken);
        var customers = tickets.Select(t => t.CustomerId).Distinct().ToList();
        var board = await AssignmentBoard.LoadAsync(
            db,
            customers,
            inForce.VipMargin,
            await expertise.GetAsync(db, cancellationToken),
            now,
            cancellationToken
        );
        var facts = await RequestFacts.LoadAsync(db, tickets, cancellationToken);
        if (picture.Settings.SplitsCombined)
        {
            var numbers = tickets.ConvertAll(t => t.Id);
            await db.Participants.Where(p => numbers.Contains(p.TicketId)).LoadAsync(cancellationToken);
        }
        var setting = new TriageSetting(picture, live, inForce.Priority, board, now);
        var past = await PastHands.LoadAsync(db, tickets.ConvertAll(t => t.Id), cancellationToken);
        var read = tickets.ConvertAll(t =>
            triage.Read(t, facts[t.Id], setting) with
            {
                HadBy = past.HadBy(t.Id),
                GivenBackBy = past.GivenBackBy(t.Id),
            }
        );
        if (isLate)
            read = await BegunWork.StayingAsync(db, read.FindAll(r => !r.IsUnread), board, cancellationToken);
        var readable = await ArticleAnswers.LoadAsync(
            db,
            read.SelectMany(r => r.Hits.Select(hit => (r.Reader, hit.Id))),
            cancellationToken
        );
        read = read.ConvertAll(r => r with { Found = Triage.FoundBy(r, readable, setting) });
        var answering = await AnsweringBook.InForceAsync(db, cancellationToken);
        var verdicts = read.ToDictionary(
            r => r.Ticket.Id,
            r => AutoAnswerPolicy.Decide(AutoAnswerFacts.Of(r, setting, answering, options.Value))
        );
        var contents = await ArticleAnswers.ContentsAsync(
            db,
            [.. read.Where(r => verdicts[r.Ticket.Id].IsSent).Select(r => r.Found[0].Hit.Id).Distinct()],
            picture.Settings.PublicUrl,
            cancellationToken
        );
        var notice = new NobodyFitsNotice(db);
        var told = isLate ? await notice.ToldAsync(read, cancellationToken) : [];
        var decided = new List<(RoutingOutcome Outcome, TimeSpan? Waited)>(read.Count);

        // the most important ticket chooses first
        foreach (
            var request in read.OrderByDescending(r => r.IsVip)
                .ThenByDescending(r => r.Ticket.PersonWantedAt is not null)
                .ThenByDescending(r => r.Priority.Score)
                .ThenBy(r => r.Ticket.Id)
        )
        {
            // for a model, where it is late: that is nobody's wait for a decision
            var waited = isLate ? (TimeSpan?)null : now - request.Ticket.UpdatedAt;
            var outcome = Dispatch.Apply(db, request, setting, verdicts[request.Ticket.Id], contents);
            if (outcome is RoutingOutcome.NobodyFits && !told.Contains(request.Ticket.Id))
                await notice.GiveAsync(request.Ticket, now, cancellationToken);
            else if (
                outcome is RoutingOutcome.Queued
                && request is { IsVip: true, IsBegun: false }
                && !verdicts[request.Ticket.Id].IsSent
            )
                await notice.GiveOfVipAsync(request.Ticket, now, cancellationToken);
            decided.Add((outcome, waited));
        }
        await db.SaveChangesAsync(cancellationToken);
        foreach (var (outcome, waited) in decided)
            metrics.Decided(outcome, waited);
        return read.Exists(r => r.TopicBy is "no-model");
    }
}
