using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Queues;

/// <param name="Count">Tickets in it now; more than <see cref="SavedViews.CountedTo"/> are not counted on.</param>
public sealed record SavedViewLine(int Id, string Name, string Address, int Count);

public enum SaveOutcome
{
    Saved,
    NameTaken,
    TooMany,

    /// <summary>The filters' words are longer than is kept.</summary>
    TooLong,
}

/// <summary>The lists that the person who looks keeps under names of their own; one per page or circuit, so that its parts agree.</summary>
public sealed class SavedViews(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskPerson person,
    DeskDirectory directory,
    TimeProvider time
)
{
    public const int CountedTo = 99;

    /// <summary>Raised when one came or went.</summary>
    public event EventHandler? Changed;

    /// <summary>In the order in which they were saved.</summary>
    public async Task<IReadOnlyList<SavedViewLine>> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (await person.FindAsync(cancellationToken) is not { } viewer)
            return [];
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = databases.CreateDbContext();
        var views = await Of(db, viewer.UserId).ToListAsync(cancellationToken);
        var lines = new List<SavedViewLine>(views.Count);
        foreach (var view in views)
        {
            var tickets = QueueQuery.List(db, viewer, RequestOf(view.Address), picture, time.GetUtcNow());
            lines.Add(
                new(
                    view.Id,
                    view.Name,
                    view.Address,
                    await tickets.Select(t => t.Id).Take(CountedTo + 1).CountAsync(cancellationToken)
                )
            );
        }
        return lines;
    }

    /// <summary>The one that is exactly this list; null when it was not saved.</summary>
    public async Task<SavedView?> FindAsync(string address, CancellationToken cancellationToken = default)
    {
        if (await person.FindAsync(cancellationToken) is not { } viewer)
            return null;
        await using var db = databases.CreateDbContext();
        return await Of(db, viewer.UserId).FirstOrDefaultAsync(v => v.Address == address, cancellationToken);
    }

    public async Task<SaveOutcome> SaveAsync(string name, string address, CancellationToken cancellationToken = default)
    {
        if (await person.ConfirmAsync(cancellationToken) is not { } viewer)
            return SaveOutcome.TooMany;
        name = Text.OneLine(name, SavedView.MaxNameLength);
        if (address.Length > SavedView.MaxAddressLength)
            return SaveOutcome.TooLong;
        await using var db = databases.CreateDbContext();
        var names = await db
            .SavedViews.Where(v => v.UserId == viewer.UserId)
            .Select(v => v.Name)
            .ToListAsync(cancellationToken);
        if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
            return SaveOutcome.NameTaken;
        if (names.Count >= SavedView.MostPerPerson)
            return SaveOutcome.TooMany;
        db.SavedViews.Add(
            new()
            {
                UserId = viewer.UserId,
                Name = name,
                Address = address,
                SavedAt = time.GetUtcNow(),
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            return SaveOutcome.NameTaken; // in another tab at this moment
        }
        Changed?.Invoke(this, EventArgs.Empty);
        return SaveOutcome.Saved;
    }

    public async Task DeleteAsync(int id, CancellationToken cancellationToken = default)
    {
        if (await person.ConfirmAsync(cancellationToken) is not { } viewer)
            return;
        await using var db = databases.CreateDbContext();
        await db.SavedViews.Where(v => v.Id == id && v.UserId == viewer.UserId).ExecuteDeleteAsync(cancellationToken);
        Changed?.Invoke(this, EventArgs.Empty);
    }

    private static IQueryable<SavedView> Of(HelpdeskDbContext db, Guid userId) =>
        db.SavedViews.AsNoTracking().Where(v => v.UserId == userId).OrderBy(v => v.Id).Take(SavedView.MostPerPerson);

    /// <summary>What a saved address asks for; an address of another time asks for what is left of it.</summary>
    private static QueueRequest RequestOf(string address)
    {
        var query = QueryHelpers.ParseQuery(
            address.Contains('?', StringComparison.Ordinal)
                ? address[address.IndexOf('?', StringComparison.Ordinal)..]
                : ""
        );
        var slug = address.Split('?')[0].Split('/')[^1];
        return QueueRequest.Parse(
            DeskQueues.Find(slug) ?? DeskQueue.Mine,
            Of("q"),
            Of("topic"),
            Of("tier"),
            Of("to"),
            after: null,
            before: null,
            from: null
        );

        string? Of(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
    }
}
