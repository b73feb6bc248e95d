using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Canned;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Canned;

/// <summary>Reads canned texts and counts their use.</summary>
public sealed class CannedTexts(IDbContextFactory<HelpdeskDbContext> databases)
{
    private const int Most = 2000;

    /// <summary>All that the person sees.</summary>
    public Task<IReadOnlyList<CannedLine>> ListAsync(
        Viewer.Staff viewer,
        CancellationToken cancellationToken = default
    ) => ReadAsync(viewer, texts => texts, isCounted: true, cancellationToken);

    /// <summary>
    /// What the person may want on a ticket: everybody's, their own, and those of their teams and the ticket's. Who sees all teams is not offered
    /// the texts of all of them. How often others used them is left out.
    /// </summary>
    public Task<IReadOnlyList<CannedLine>> ForTicketAsync(
        Viewer.Staff viewer,
        int? teamId,
        CancellationToken cancellationToken = default
    )
    {
        var teams = viewer.TeamIds;
        return ReadAsync(
            viewer,
            texts => texts.Where(t => t.TeamId == null || t.TeamId == teamId || teams.Contains(t.TeamId.Value)),
            isCounted: false,
            cancellationToken
        );
    }

    /// <summary>Null when there is none that this person sees.</summary>
    public async Task<CannedText?> FindAsync(Viewer.Staff viewer, int id, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await db
            .CannedTexts.AsNoTracking()
            .VisibleTo(viewer)
            .SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
    }

    /// <summary>Counts one more use by this person.</summary>
    public async Task CountUseAsync(int id, Guid userId, CancellationToken cancellationToken = default)
    {
        if (await AddOneAsync(id, userId, cancellationToken))
            return;
        await using var db = databases.CreateDbContext();
        db.Add(
            new CannedTextUse
            {
                CannedTextId = id,
                UserId = userId,
                Times = 1,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            await AddOneAsync(id, userId, cancellationToken); // in another tab at this moment, or the text is gone
        }
    }

    private async Task<bool> AddOneAsync(int id, Guid userId, CancellationToken cancellationToken)
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<CannedTextUse>()
                .Where(u => u.CannedTextId == id && u.UserId == userId)
                .ExecuteUpdateAsync(s => s.SetProperty(u => u.Times, u => u.Times + 1), cancellationToken) > 0;
    }

    private async Task<IReadOnlyList<CannedLine>> ReadAsync(
        Viewer.Staff viewer,
        Func<IQueryable<CannedText>, IQueryable<CannedText>> wanted,
        bool isCounted,
        CancellationToken cancellationToken
    )
    {
        var me = viewer.UserId;
        await using var db = databases.CreateDbContext();
        var rows = await wanted(db.CannedTexts.VisibleTo(viewer))
            .OrderByDescending(t => t.Id) // of more, the newest
            .Take(Most)
            .Select(t => new
            {
                t.Id,
                t.Key,
                t.Name,
                t.Body,
                t.TeamId,
                t.UserId,
                Mine = t.Uses.Where(u => u.UserId == me).Sum(u => u.Times),
                Times = isCounted ? t.Uses.Sum(u => u.Times) : 0,
                t.AuthorName,
                t.UpdatedAt,
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.OrderBy(t => t.Id)
                .Select(t => new CannedLine(
                    t.Id,
                    t.Key,
                    t.Name,
                    t.Body,
                    new(t.TeamId, t.UserId),
                    t.Mine,
                    t.Times,
                    t.AuthorName,
                    t.UpdatedAt
                )),
        ];
    }
}
