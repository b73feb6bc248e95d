using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>Keeps what a specialist is writing.</summary>
public sealed class Drafts(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    /// <summary>An empty text removes the draft.</summary>
    /// <returns>When it was saved.</returns>
    public async Task<DateTimeOffset> SaveAsync(
        long ticketId,
        Guid userId,
        bool isNote,
        string text,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        var kept = Text.Cut(text, Message.MaxTextLength);
        await using var db = databases.CreateDbContext();
        var draft = await db.Drafts.FindAsync([ticketId, userId, isNote], cancellationToken);
        if (kept.Length == 0)
        {
            if (draft is not null)
                db.Drafts.Remove(draft);
        }
        else if (draft is null)
        {
            db.Drafts.Add(
                new Draft
                {
                    TicketId = ticketId,
                    UserId = userId,
                    IsNote = isNote,
                    Text = kept,
                    SavedAt = now,
                }
            );
        }
        else
        {
            (draft.Text, draft.SavedAt) = (kept, now);
        }
        await db.SaveChangesAsync(cancellationToken);
        return now;
    }

    /// <summary>What the person is writing on a ticket; empty when that is nothing.</summary>
    public async Task<string> ReadAsync(
        long ticketId,
        Guid userId,
        bool isNote,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        return (await db.Drafts.FindAsync([ticketId, userId, isNote], cancellationToken))?.Text ?? "";
    }

    /// <summary>As part of the commit that sends the text.</summary>
    public static async Task DiscardAsync(HelpdeskDbContext db, long ticketId, Guid userId, bool isNote)
    {
        if (await db.Drafts.FindAsync(ticketId, userId, isNote) is { } draft)
            db.Drafts.Remove(draft);
    }
}
