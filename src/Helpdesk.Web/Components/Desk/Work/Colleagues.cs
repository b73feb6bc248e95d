using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>Somebody a ticket can be handed to.</summary>
public sealed record Colleague(Guid Id, string Name, bool IsAway, IReadOnlyList<int> TeamIds);

/// <summary>Who works here, for choosing.</summary>
public sealed class Colleagues(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    private const int Most = 500;

    /// <summary>Active people of the viewer's teams, or of all teams for those who see everything; by name.</summary>
    public async Task<IReadOnlyList<Colleague>> OfAsync(
        Viewer.Staff viewer,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        var (seesAll, teamIds, userId) = (viewer.SeesAll, viewer.TeamIds, viewer.UserId);
        await using var db = databases.CreateDbContext();
        var people = await db
            .Specialists.AsNoTracking()
            .Where(s => s.IsActive && (seesAll || s.Id == userId || s.Teams.Any(m => teamIds.Contains(m.TeamId))))
            .OrderBy(s => s.Name)
            .Take(Most)
            .Select(s => new
            {
                s.Id,
                s.Name,
                IsAway = (s.Presence == Presence.Away && (s.PresenceUntil == null || s.PresenceUntil > now))
                    || (s.AbsentUntil > now && (s.AbsentFrom == null || s.AbsentFrom <= now)),
                TeamIds = s.Teams.Select(m => m.TeamId).ToList(),
            })
            .AsSingleQuery()
            .ToListAsync(cancellationToken);
        return people.Select(p => new Colleague(p.Id, p.Name, p.IsAway, p.TeamIds)).ToList();
    }

    /// <summary>The names of those who can be called to a ticket in a note, without the person's own.</summary>
    public async Task<IReadOnlyList<string>> ReadersAsync(
        int? teamId,
        Guid? assigneeId,
        Guid me,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var readers = await Mentions.ReadersAsync(db, teamId, assigneeId, cancellationToken);
        return [.. readers.Where(r => r.Id != me).Select(r => r.Name)];
    }
}
