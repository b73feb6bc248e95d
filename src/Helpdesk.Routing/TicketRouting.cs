using System.Linq.Expressions;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing;

/// <summary>
/// Decides about the tickets that routing owes a decision: read, match, prioritise, choose, and one commit for the batch.
/// A batch that cannot be committed falls apart into single tickets, so one bad ticket holds up nobody.
/// </summary>
public sealed class TicketRouting(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    LiveModels models,
    LiveRules rules,
    LearnedExpertise expertise,
    Triage triage,
    RoutingMetrics metrics,
    TimeProvider time,
    IOptions<RoutingOptions> options,
    ILogger<TicketRouting> log
) : IDisposable
{
    private const int MostConflicts = 5;

    /// <summary>Looked for in one go; more are looked for after these.</summary>
    private const int MostLate = 5_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Tickets that could not be committed alone; left for a while so that they do not stop the line.</summary>
    private readonly Dictionary<long, DateTimeOffset> _paused = [];
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The model with which this process has looked for tickets that nobody could read; null before.</summary>
    private int? _lookedWith;

    /// <summary>There are more to look for: decided without a model since, not committed, or more than are looked for in one go.</summary>
    private bool _hasUnread;

    /// <summary>Those that it has found and that are still to be read, oldest first.</summary>
    private readonly Queue<long> _late = [];

    /// <summary>Those that this model was given: what it failed on waits for the next one.</summary>
    private readonly HashSet<long> _given = [];

    /// <summary>Takes one batch.</summary>
    /// <returns>Tickets looked at; 0 when none waited.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var due = await DueAsync(cancellationToken);
            if (due.Count == 0)
                return 0;
            var started = time.GetTimestamp();
            await RouteAsync(due, isLate: false, cancellationToken);
            metrics.Took(time.GetElapsedTime(started), due.Count);
            return due.Count;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Classifies what was decided while there was no model to read it with, as soon as there is one: decided anew while nobody has begun to work on it,
    /// else only classified, in the hands it is in. What a model fails on waits for the next one. Takes one batch, the oldest, so that new requests
    /// do not wait for old ones.
    /// </summary>
    /// <returns>Tickets looked at; 0 when none is left for now.</returns>
    public async Task<int> ReadLateAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            // asked for each time only where something waits for it
            var live =
                _lookedWith is null || _hasUnread ? await models.GetAsync(db, cancellationToken) : models.Current;
            if (live.Topics is null)
                return 0;
            if (live.TopicsId != _lookedWith || (_late.Count == 0 && _hasUnread))
                await FindLateAsync(db, live.TopicsId, cancellationToken);
            var batch = _late.Take(options.Value.BatchSize).ToList();
            if (batch.Count == 0)
                return 0;
            await RouteAsync(batch, isLate: true, cancellationToken);
            foreach (var id in batch)
            {
                _late.Dequeue();
                if (!_paused.ContainsKey(id))
                    _given.Add(id);
            }
            return batch.Count;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static readonly Expression<Func<Ticket, bool>> IsDue = t =>
        t.RoutedAt == null && t.Status < TicketStatus.Resolved;

    private static readonly Expression<Func<Ticket, bool>> IsUnread = t =>
        t.RoutedAt != null && t.Type == null && t.TopicId == null && t.Status < TicketStatus.Resolved;

    private async Task FindLateAsync(HelpdeskDbContext db, int? modelId, CancellationToken cancellationToken)
    {
        // by an index of unresolved tickets
        var ids = await db
            .Tickets.Where(IsUnread)
            .OrderBy(t => t.DueAt)
            .Select(t => t.Id)
            .Take(MostLate)
            .ToListAsync(cancellationToken);
        if (modelId != _lookedWith)
            _given.Clear();
        var waiting = ids.FindAll(id => !_given.Contains(id));
        _late.Clear();
        foreach (var id in waiting.Except(Paused()).Order())
            _late.Enqueue(id);
        _hasUnread = _late.Count < waiting.Count || (ids.Count == MostLate && waiting.Count > 0);
        _lookedWith = modelId;
    }

    private List<long> Paused()
    {
        var now = time.GetUtcNow();
        foreach (var (id, until) in _paused.ToList())
            if (until <= now)
                _paused.Remove(id);
        return [.. _paused.Keys];
    }

    private async Task<List<long>> DueAsync(CancellationToken cancellationToken)
    {
        var left = Paused();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db
            .Tickets.Where(IsDue)
            .Where(t => !left.Contains(t.Id))
            .OrderBy(t => t.Id)
            .Select(t => t.Id)
            .Take(options.Value.BatchSize)
            .ToListAsync(cancellationToken);
    }

    private async Task RouteAsync(List<long> ids, bool isLate, CancellationToken cancellationToken)
    {
        try
        {
            await RouteTogetherAsync(ids, isLate, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (ids.Count > 1)
                log.LogInformation(
                    "{Count} tickets could not be routed together ({Error})",
                    ids.Count,
                    e.GetType().Name
                );
            foreach (var id in ids)
                await RouteAloneAsync(id, isLate, cancellationToken);
        }
    }

    private async Task RouteAloneAsync(long id, bool isLate, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                await RouteTogetherAsync([id], isLate, cancellationToken);
                return;
            }
            catch (DbUpdateException) when (conflicts < MostConflicts)
            {
                // somebody changed the ticket, or gave the person work, at the same moment: decide on what is there now
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Ticket {TicketId} could not be routed", id);
                metrics.Failed("commit");
                _paused[id] = time.GetUtcNow() + Pause;
                _hasUnread |= isLate;
                return;
            }
        }
    }

    private async Task RouteTogetherAsync(IReadOnlyList<long> ids, bool isLate, CancellationToken cancellationToken)
    {
        var picture = await directory.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // without the specialist: a loaded person would be taken for an unassignment when the ticket keeps them
        var tickets = await db
            .Tickets.Where(t => ids.Contains(t.Id))
            .Where(isLate ? IsUnread : IsDue)
            .Include(t => t.Customer)
                .ThenInclude(c => c.Organization)
            .OrderBy(t => t.Id)
            .ToListAsync(cancellationToken);
        if (tickets.Count == 0)
            return;
        var live = await models.GetAsync(db, cancellationToken);
        var inForce = await rules.GetAsync(db, cancellationToken);
        var customers = tickets.Select(t => t.CustomerId).Distinct().ToList();
        var board = await AssignmentBoard.LoadAsync(
            db,
            customers,
            inForce.VipMargin,
            expertise,
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
        var read = tickets.ConvertAll(t => triage.Read(t, facts[t.Id], setting));
        if (isLate)
            read = await StayingAsync(db, read.FindAll(r => !r.IsUnread), board, cancellationToken);
        var readable = await ArticleAnswers.LoadAsync(
            db,
            read.SelectMany(r => r.Hits.Select(hit => (r.Reader, hit.Id))),
            cancellationToken
        );
        read = read.ConvertAll(r => r with { Found = Triage.FoundBy(r, readable) });
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
        var supervisors = (List<AppUser>?)null;
        var told = isLate ? await ToldAsync(db, read, cancellationToken) : [];
        var decided = new List<(RoutingOutcome Outcome, TimeSpan? Waited)>(read.Count);

        // the most important ticket chooses first
        foreach (
            var request in read.OrderByDescending(r => r.IsVip)
                .ThenByDescending(r => r.Priority.Score)
                .ThenBy(r => r.Ticket.Id)
        )
        {
            // for a model, where it is late: that is nobody's wait for a decision
            var waited = isLate ? (TimeSpan?)null : now - request.Ticket.UpdatedAt;
            var outcome = Dispatch.Apply(db, request, setting, verdicts[request.Ticket.Id], contents);
            if (outcome is RoutingOutcome.NobodyFits && !told.Contains(request.Ticket.Id))
                TellSupervisors(request.Ticket, supervisors ??= await SupervisorsAsync(db, cancellationToken), now);
            decided.Add((outcome, waited));
        }
        await db.SaveChangesAsync(cancellationToken);
        _hasUnread |= read.Exists(r => r.TopicBy is "no-model");
        foreach (var (outcome, waited) in decided)
            metrics.Decided(outcome, waited);
    }

    /// <summary>Those that supervisors know of: nobody fitted them before.</summary>
    private static async Task<HashSet<long>> ToldAsync(
        HelpdeskDbContext db,
        List<TriagedTicket> read,
        CancellationToken cancellationToken
    )
    {
        var ids = read.ConvertAll(r => r.Ticket.Id);
        return await db.Set<RoutingDecision>()
            .Where(d => ids.Contains(d.TicketId) && d.Outcome == RoutingOutcome.NobodyFits)
            .Select(d => d.TicketId)
            .ToHashSetAsync(cancellationToken);
    }

    /// <summary>Those that somebody has answered, noted something on, taken or begun to write about stay where they are, as urgent as they are. None
    /// is new any more: the customer's first answer comes from whoever has it.</summary>
    private static async Task<List<TriagedTicket>> StayingAsync(
        HelpdeskDbContext db,
        List<TriagedTicket> read,
        AssignmentBoard board,
        CancellationToken cancellationToken
    )
    {
        var ids = read.ConvertAll(r => r.Ticket.Id);
        var begun = await db
            .Tickets.Where(t =>
                ids.Contains(t.Id)
                && (
                    t.Status != TicketStatus.New
                    || t.Replies > 0
                    // given to somebody before routing came to it
                    || t.Complexity == null
                    || t.Events.Any(e => e.ActorKind == ActorKind.Staff && e.Kind != TicketEventKind.Opened)
                    || db.Drafts.Any(d => d.TicketId == t.Id)
                )
            )
            .Select(t => t.Id)
            .ToListAsync(cancellationToken);
        return read.ConvertAll(r =>
            begun.Contains(r.Ticket.Id) && (r.Ticket.SpecialistId is not { } holder || board.Has(holder))
                ? r with
                {
                    IsFirst = false,
                    IsBegun = true,
                    TeamId = r.Ticket.TeamId,
                    Priority = new PriorityDecision(r.Ticket.Priority, r.Ticket.PriorityScore, []),
                }
                : r with
                {
                    IsFirst = false,
                }
        );
    }

    private static void TellSupervisors(Ticket ticket, List<AppUser> supervisors, DateTimeOffset now) =>
        ticket.Notifications.AddRange(
            supervisors.Select(s =>
                Notification.ToStaff(NotificationKind.NobodyFits, ticket, message: null, s.Id, s.Email!, now)
            )
        );

    /// <summary>On a desk without a supervisor the administrators, who can change that.</summary>
    private static async Task<List<AppUser>> SupervisorsAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var supervisors = await InRoleAsync(db, Tickets.Access.Roles.Supervisor, cancellationToken);
        return supervisors.Count > 0
            ? supervisors
            : await InRoleAsync(db, Tickets.Access.Roles.Administrator, cancellationToken);
    }

    private static Task<List<AppUser>> InRoleAsync(
        HelpdeskDbContext db,
        string name,
        CancellationToken cancellationToken
    ) =>
        (
            from user in db.Users.AsNoTracking()
            join userRole in db.UserRoles on user.Id equals userRole.UserId
            join role in db.Roles on userRole.RoleId equals role.Id
            where role.Name == name && user.DeactivatedAt == null && user.Email != null
            select user
        ).ToListAsync(cancellationToken);
}
