using Helpdesk.Tickets.Access;

namespace Helpdesk.Tickets.Canned;

/// <summary>The one place that says who sees and who changes which canned text.</summary>
public static class CannedTextAccess
{
    /// <summary>
    /// Everybody's are changed by supervisors and administrators, a team's also by its members, a person's by nobody else.
    /// </summary>
    public static bool MayChange(Viewer viewer, CannedOwner owner) =>
        viewer is Viewer.Staff staff
        && (
            owner.UserId is { } person ? person == staff.UserId
            : owner.TeamId is { } team ? staff.SeesAll || staff.TeamIds.Contains(team)
            : staff.SeesAll
        );

    /// <summary>Everybody's, those of the viewer's teams (of all teams for who sees everything), and their own.</summary>
    public static IQueryable<CannedText> VisibleTo(this IQueryable<CannedText> texts, Viewer viewer)
    {
        if (viewer is not Viewer.Staff staff)
            return texts.Where(_ => false);
        var (me, seesAll, teams) = (staff.UserId, staff.SeesAll, staff.TeamIds);
        return texts.Where(t =>
            t.UserId == me || (t.UserId == null && (t.TeamId == null || seesAll || teams.Contains(t.TeamId.Value)))
        );
    }
}
