using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Learning;

/// <summary>The kept models of a kind, and which of them is in use.</summary>
public sealed class ModelShelf(IDbContextFactory<HelpdeskDbContext> databases, LiveModels live, TimeProvider time)
{
    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ClassifierModel>> ReadAsync(
        ModelKind kind,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<ClassifierModel>()
            .AsNoTracking()
            .Where(m => m.Kind == kind)
            .OrderByDescending(m => m.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Puts a kept model to use instead of the present one, at once on this node and with the next batch on others.
    /// It stays until a later training is not worse.</summary>
    /// <param name="who">Stands with the model, and in the history of changes.</param>
    /// <exception cref="RuleViolationException">There is no such model, or nobody here can read it.</exception>
    public async Task PutToUseAsync(int id, Actor who, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var chosen =
            await db.Set<ClassifierModel>().SingleOrDefaultAsync(m => m.Id == id, cancellationToken)
            ?? throw new RuleViolationException("This model is no longer kept. Choose another.");
        if (chosen.IsActive)
            return;
        if (chosen.Kind is ModelKind.Topics && await live.FindAsync(db, id, cancellationToken) is null)
            throw new RuleViolationException("This model cannot be read here. Choose another.");
        var others = await db.Set<ClassifierModel>()
            .Where(m => m.Kind == chosen.Kind && m.IsActive)
            .ToListAsync(cancellationToken);
        foreach (var model in others)
            model.IsActive = false;
        var now = time.GetUtcNow();
        (chosen.IsActive, chosen.PromotedAt, chosen.PromotedBy) = (true, now, who.Name);
        db.Add(
            new AdministrationChange
            {
                At = now,
                ByUserId = who.UserId,
                ByName = Text.Cut(who.Name, Customer.MaxNameLength),
                Area = "rules",
                Kind = "model put to use",
                Fields = [new("Model", others.FirstOrDefault()?.Id.ToStringInvariant(), chosen.Id.ToStringInvariant())],
            }
        );
        await db.SaveChangesAsync(cancellationToken);
        await live.GetAsync(db, cancellationToken);
    }
}
