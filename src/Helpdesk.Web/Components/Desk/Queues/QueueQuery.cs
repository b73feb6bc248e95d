using System.Globalization;
using System.Linq.Expressions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Queues;

/// <summary>
/// The queues as questions to the database. A queue of several teams is put together from one stretch per team, each read in order from its
/// partial index and cut after one page, so that the cost depends on the page and not on how many tickets there are.
/// </summary>
public static class QueueQuery
{
    public const int PageSize = 25;

    /// <summary>Totals beyond are not counted on.</summary>
    public const int CountedTo = 10_000;

    /// <summary>What is due within this is due soon.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromHours(1);

    // more teams than this are one stretch, filtered row by row
    private const int MaxStretches = 8;
    private const int MaxWords = 8;

    /// <summary>The places of the rows on the asked page and one more, in reading order (for a page read backwards: reversed).</summary>
    public static IQueryable<QueuePlace> Places(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        QueueRequest request,
        DeskPicture picture,
        DateTimeOffset now
    )
    {
        IQueryable<QueuePlace>? all = null;
        foreach (var stretch in Stretches(db, viewer, request, picture, now))
        foreach (var part in Cut(stretch, request))
            all = all is null ? part : all.Union(part);
        var places = all!;
        return request.Before is null
            ? places
                .OrderBy(p => p.Rank)
                .ThenBy(p => p.DueAt == null)
                .ThenBy(p => p.DueAt)
                .ThenBy(p => p.Id)
                .Take(PageSize + 1)
            : places
                .OrderByDescending(p => p.Rank)
                .ThenByDescending(p => p.DueAt == null)
                .ThenByDescending(p => p.DueAt)
                .ThenByDescending(p => p.Id)
                .Take(PageSize + 1);
    }

    /// <summary>Whole rows for places.</summary>
    public static IQueryable<QueueRow> Rows(HelpdeskDbContext db, IQueryable<QueuePlace> places) =>
        places.Join(db.Tickets.AsNoTracking(), p => p.Id, t => t.Id, (_, t) => t).Select(Row);

    /// <summary>Rows by number, as far as the person may see them.</summary>
    public static IQueryable<QueueRow> Rows(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        IReadOnlyCollection<long> numbers
    ) => db.Tickets.AsNoTracking().VisibleTo(viewer).Where(t => numbers.Contains(t.Id)).Select(Row);

    /// <summary>Everything in the list, whatever the page.</summary>
    public static IQueryable<Ticket> List(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        QueueRequest request,
        DeskPicture picture,
        DateTimeOffset now
    )
    {
        var tickets = Unresolved(db).VisibleTo(viewer);
        var (userId, teamIds) = (viewer.UserId, viewer.TeamIds);
        if (request.Queue is DeskQueue.Mine)
            tickets = tickets.Where(t => t.SpecialistId == userId);
        else if (request.Queue is DeskQueue.Team && !IsEverybodys(viewer))
            tickets = tickets.Where(t => t.TeamId != null && teamIds.Contains(t.TeamId.Value));
        return Narrow(tickets, request, picture, now);
    }

    /// <summary>Supervisors who are in no team have all of them.</summary>
    public static bool IsEverybodys(Viewer.Staff viewer) => viewer is { SeesAll: true, TeamIds.Count: 0 };

    private static readonly Expression<Func<Ticket, QueueRow>> Row = t => new QueueRow
    {
        Id = t.Id,
        Subject = t.Subject,
        CustomerName = t.Customer.Name == "" ? t.Customer.Address : t.Customer.Name,
        Organization = t.Customer.Organization!.Name,
        TierId = t.Customer.TierId ?? t.Customer.Organization!.TierId,
        Status = t.Status,
        Priority = t.Priority,
        TopicId = t.TopicId,
        TeamId = t.TeamId,
        SpecialistId = t.SpecialistId,
        SpecialistName = t.Specialist!.Name,
        CustomerWroteLast = t.CustomerWroteLast,
        DueAt = t.DueAt,
        DueTarget = t.DueTarget,
        SlaPolicyId = t.SlaPolicyId,
        IsPaused = t.PausedSince != null,
        PersonWantedAt = t.PersonWantedAt,
    };

    private static IQueryable<Ticket> Unresolved(HelpdeskDbContext db) =>
        db.Tickets.AsNoTracking().Where(t => t.Status < TicketStatus.Resolved);

    // Each stretch has one index that gives it in order; they may overlap.
    private static IEnumerable<IQueryable<Ticket>> Stretches(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        QueueRequest request,
        DeskPicture picture,
        DateTimeOffset now
    )
    {
        var userId = viewer.UserId;
        var roots = request.Queue switch
        {
            DeskQueue.Mine => [Unresolved(db).Where(t => t.SpecialistId == userId)],
            DeskQueue.Team when IsEverybodys(viewer) => [Unresolved(db)],
            DeskQueue.Team => OfTeams(db, viewer),
            DeskQueue.Unassigned => [Unresolved(db).Where(t => t.SpecialistId == null).VisibleTo(viewer)],
            _ => Visible(db, viewer),
        };
        foreach (var root in roots)
            yield return Narrow(root, request, picture, now);
        if (NumberIn(request.Words) is { } number)
            yield return db.Tickets.AsNoTracking().VisibleTo(viewer).Where(t => t.Id == number);
    }

    private static List<IQueryable<Ticket>> Visible(HelpdeskDbContext db, Viewer.Staff viewer)
    {
        if (viewer.SeesAll)
            return [Unresolved(db)];
        if (viewer.TeamIds.Count > MaxStretches)
            return [Unresolved(db).VisibleTo(viewer)];
        var userId = viewer.UserId;
        return
        [
            Unresolved(db).Where(t => t.SpecialistId == userId),
            Unresolved(db).Where(t => t.TeamId == null),
            .. OfTeams(db, viewer),
        ];
    }

    private static List<IQueryable<Ticket>> OfTeams(HelpdeskDbContext db, Viewer.Staff viewer)
    {
        var teamIds = viewer.TeamIds;
        if (teamIds.Count is 0 or > MaxStretches)
            return [Unresolved(db).Where(t => t.TeamId != null && teamIds.Contains(t.TeamId.Value))];
        return [.. teamIds.Select(id => Unresolved(db).Where(t => t.TeamId == id))];
    }

    private static IQueryable<Ticket> Narrow(
        IQueryable<Ticket> tickets,
        QueueRequest request,
        DeskPicture picture,
        DateTimeOffset now
    )
    {
        var soon = now + Soon;
        tickets = request.Queue switch
        {
            DeskQueue.Unassigned => tickets.Where(t => t.SpecialistId == null),
            DeskQueue.Waiting => tickets.Where(t => t.Status == TicketStatus.Waiting),
            DeskQueue.DueSoon => tickets.Where(t => t.DueAt > now && t.DueAt <= soon),
            DeskQueue.Breached => tickets.Where(t => t.DueAt <= now),
            DeskQueue.Vip => OfTiers(tickets, picture.Tiers.Values.Where(t => t.IsVip)),
            _ => tickets,
        };
        if (request.TopicId is { } topicId)
            tickets = tickets.Where(t => t.TopicId == topicId);
        if (request.TierId is { } tierId)
            tickets = OfTiers(tickets, picture.Tiers.Values.Where(t => t.Id == tierId));
        if (request.AssigneeId is { } assigneeId)
            tickets = tickets.Where(t => t.SpecialistId == assigneeId);
        if (request.NobodyYet)
            tickets = tickets.Where(t => t.SpecialistId == null);
        foreach (var word in Words(request.Words))
            tickets = WithWord(tickets, word);
        return tickets;
    }

    // Who has no tier counts as one of the lowest.
    private static IQueryable<Ticket> OfTiers(IQueryable<Ticket> tickets, IEnumerable<Tier> tiers)
    {
        var ids = tiers.Select(t => t.Id).ToList();
        var withNone = tiers.Any(t => t.Rank == 0);
        return withNone
            ? tickets.Where(t =>
                (t.Customer.TierId ?? t.Customer.Organization!.TierId) == null
                || ids.Contains((t.Customer.TierId ?? t.Customer.Organization!.TierId)!.Value)
            )
            : tickets.Where(t => ids.Contains((t.Customer.TierId ?? t.Customer.Organization!.TierId)!.Value));
    }

    private static IEnumerable<string> Words(string? words) =>
        words?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Take(MaxWords) ?? [];

    // SQLite knows letter case only in ASCII, so the other usual spellings of a word are asked for too.
    private static IQueryable<Ticket> WithWord(IQueryable<Ticket> tickets, string word)
    {
        var lower = word.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // becomes lower(…) in SQL
        if (lower.All(char.IsAscii))
            return tickets.Where(t =>
                t.Subject.ToLower().Contains(lower)
                || t.Customer.Name.ToLower().Contains(lower)
                || t.Customer.NormalizedAddress.Contains(lower)
                || t.Customer.Organization!.Name.ToLower().Contains(lower)
            );
#pragma warning restore CA1304, CA1311, CA1862
        var upper = word.ToUpperInvariant();
        var title = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(lower);
        return tickets.Where(t =>
            t.Subject.Contains(lower)
            || t.Subject.Contains(title)
            || t.Subject.Contains(upper)
            || t.Customer.Name.Contains(lower)
            || t.Customer.Name.Contains(title)
            || t.Customer.Organization!.Name.Contains(lower)
            || t.Customer.Organization!.Name.Contains(title)
        );
    }

    /// <summary>The ticket number a search stands for: <c>48213</c>, <c>#48213</c>, <c>[48213]</c>; null for words.</summary>
    public static long? NumberIn(string? words) =>
        long.TryParse(
            words?.Trim().Trim('#', '[', ']'),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    // One page's worth of a stretch: first whoever asked for a person, then what has a running promise, by due time, then the rest by age.
    private static IEnumerable<IQueryable<QueuePlace>> Cut(IQueryable<Ticket> stretch, QueueRequest request)
    {
        if (request.Before is { } before)
            return CutBackwards(stretch, before);
        IQueryable<Ticket>? wanted = stretch.Where(t => t.PersonWantedAt != null);
        var others = stretch.Where(t => t.PersonWantedAt == null);
        var running = others.Where(t => t.DueAt != null);
        var resting = others.Where(t => t.DueAt == null);
        if (request.After is { } after)
        {
            var (dueAt, id) = (after.DueAt, after.Id);
            if (dueAt is null)
                return [Page(resting.Where(t => t.Id > id).OrderBy(t => t.Id))];
            if (after.PersonWantedAt is { } at)
                wanted = wanted.Where(t => t.PersonWantedAt >= at && (t.PersonWantedAt > at || t.Id > id));
            else
                (wanted, running) = (null, running.Where(t => t.DueAt >= dueAt && (t.DueAt > dueAt || t.Id > id)));
        }
        return
        [
            .. wanted is null
                ? Array.Empty<IQueryable<QueuePlace>>()
                : [Top(wanted.OrderBy(t => t.PersonWantedAt).ThenBy(t => t.Id))],
            Page(running.OrderBy(t => t.DueAt).ThenBy(t => t.Id)),
            .. HasResting(request.Queue) ? [Page(resting.OrderBy(t => t.Id))] : Array.Empty<IQueryable<QueuePlace>>(),
        ];
    }

    private static IEnumerable<IQueryable<QueuePlace>> CutBackwards(IQueryable<Ticket> stretch, QueueCursor before)
    {
        var wanted = stretch.Where(t => t.PersonWantedAt != null);
        var others = stretch.Where(t => t.PersonWantedAt == null);
        var running = others.Where(t => t.DueAt != null);
        var (dueAt, id) = (before.DueAt, before.Id);
        if (before.PersonWantedAt is { } at)
            return [Backwards(wanted.Where(t => t.PersonWantedAt <= at && (t.PersonWantedAt < at || t.Id < id)))];
        if (dueAt is not null)
            running = running.Where(t => t.DueAt <= dueAt && (t.DueAt < dueAt || t.Id < id));
        var above = Page(running.OrderByDescending(t => t.DueAt).ThenByDescending(t => t.Id));
        return dueAt is not null
            ? [above, Backwards(wanted)]
            :
            [
                Page(others.Where(t => t.DueAt == null && t.Id < id).OrderByDescending(t => t.Id)),
                above,
                Backwards(wanted),
            ];
    }

    private static IQueryable<QueuePlace> Backwards(IQueryable<Ticket> wanted) =>
        Top(wanted.OrderByDescending(t => t.PersonWantedAt).ThenByDescending(t => t.Id));

    private static bool HasResting(DeskQueue queue) => queue is not (DeskQueue.DueSoon or DeskQueue.Breached);

    private static IQueryable<QueuePlace> Page(IQueryable<Ticket> stretch) =>
        stretch
            .Select(t => new QueuePlace
            {
                Rank = 1,
                DueAt = t.DueAt,
                Id = t.Id,
            })
            .Take(PageSize + 1);

    private static IQueryable<QueuePlace> Top(IQueryable<Ticket> wanted) =>
        wanted
            .Select(t => new QueuePlace
            {
                Rank = 0,
                DueAt = t.PersonWantedAt,
                Id = t.Id,
            })
            .Take(PageSize + 1);
}

/// <summary>A row's place, as read from an index alone.</summary>
public sealed class QueuePlace
{
    /// <summary>0 = on top.</summary>
    public int Rank { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public long Id { get; init; }
}
