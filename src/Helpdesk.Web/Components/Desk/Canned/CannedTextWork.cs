using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Canned;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Admin;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Canned;

/// <summary>What came of a change to a canned text.</summary>
public abstract record CannedOutcome
{
    public sealed record Saved : CannedOutcome;

    /// <summary>Gone, or not this person's to change; they are told the same.</summary>
    public sealed record NotThere : CannedOutcome;

    /// <summary>Somebody else changed it after this person saw it; nothing was saved.</summary>
    public sealed record Changed : CannedOutcome;

    /// <summary>The owner has another text with this key.</summary>
    public sealed record KeyTaken : CannedOutcome;

    public sealed record BadKey : CannedOutcome;

    public sealed record NoName : CannedOutcome;

    public sealed record NoText : CannedOutcome;

    public sealed record TooLong : CannedOutcome;

    /// <param name="Placeholder">What stands in braces and stands for nothing.</param>
    public sealed record Unknown(string Placeholder) : CannedOutcome;

    public sealed record TooMany : CannedOutcome;

    /// <summary>The database refused, for instance because the team was removed at this moment.</summary>
    public sealed record NotSaved : CannedOutcome;
}

/// <summary>A canned text as somebody wrote it.</summary>
public sealed record CannedForm(CannedOwner Owner, string Key, string Name, string Body);

/// <summary>Changes canned texts. What happens to shared ones is recorded, what people keep for themselves is theirs.</summary>
public sealed class CannedTextWork(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TimeProvider time
)
{
    private const string Added = "canned text added";
    private const string Changed = "canned text saved";
    private const string Removed = "canned text removed";

    /// <param name="seen">What the author changes, as they saw it; null for a new one.</param>
    public async Task<CannedOutcome> SaveAsync(
        Viewer.Staff author,
        CannedText? seen,
        CannedForm form,
        CancellationToken cancellationToken = default
    )
    {
        if (FaultOf(form) is { } fault)
            return fault;
        if (!CannedTextAccess.MayChange(author, form.Owner))
            return new CannedOutcome.NotThere();
        await using var db = databases.CreateDbContext();
        var now = time.GetUtcNow();
        var text = seen is null ? null : await FindAsync(db, author, seen, cancellationToken);
        if (seen is not null && text is null)
            return new CannedOutcome.NotThere();
        if (text is not null && text.Version != seen!.Version)
            return new CannedOutcome.Changed();
        var before = text is null ? null : new CannedForm(text.Owner, text.Key, text.Name, text.Body);
        if (await ObstacleAsync(db, text?.Id, before?.Owner, form, cancellationToken) is { } obstacle)
            return obstacle;
        if (text is null)
            db.Add(text = new CannedText(form.Owner, form.Key, form.Name, form.Body, author.Actor, now));
        else
            text.Write(form.Owner, form.Key, form.Name, form.Body, author.Actor, now);
        var after = new CannedForm(text.Owner, text.Key, text.Name, text.Body);
        await RecordAsync(db, before is null ? Added : Changed, before, after, author, now, cancellationToken);
        var outcome = await CommitAsync(db, cancellationToken);
        // by somebody at this moment
        return outcome is CannedOutcome.NotSaved && await IsKeyTakenAsync(db, text.Id, form, cancellationToken)
            ? new CannedOutcome.KeyTaken()
            : outcome;
    }

    public async Task<CannedOutcome> RemoveAsync(
        Viewer.Staff author,
        CannedText seen,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        if (await FindAsync(db, author, seen, cancellationToken) is not { } text)
            return new CannedOutcome.NotThere();
        if (text.Version != seen.Version)
            return new CannedOutcome.Changed();
        db.Remove(text);
        var before = new CannedForm(text.Owner, text.Key, text.Name, text.Body);
        await RecordAsync(db, Removed, before, after: null, author, time.GetUtcNow(), cancellationToken);
        return await CommitAsync(db, cancellationToken);
    }

    private static CannedOutcome? FaultOf(CannedForm form)
    {
        if (!CannedText.IsKey(CannedText.KeyOf(form.Key)))
            return new CannedOutcome.BadKey();
        if (string.IsNullOrWhiteSpace(form.Name))
            return new CannedOutcome.NoName();
        if (string.IsNullOrWhiteSpace(form.Body))
            return new CannedOutcome.NoText();
        if (form.Body.Length > CannedText.MaxBodyLength)
            return new CannedOutcome.TooLong();
        return CannedPlaceholders.FirstMistake(form.Body) is { } mistake ? new CannedOutcome.Unknown(mistake) : null;
    }

    private static async Task<CannedText?> FindAsync(
        HelpdeskDbContext db,
        Viewer.Staff author,
        CannedText seen,
        CancellationToken cancellationToken
    ) =>
        await db.CannedTexts.VisibleTo(author).SingleOrDefaultAsync(t => t.Id == seen.Id, cancellationToken) is { } text
        && CannedTextAccess.MayChange(author, text.Owner)
            ? text
            : null;

    private static async Task<CannedOutcome?> ObstacleAsync(
        HelpdeskDbContext db,
        int? id,
        CannedOwner? before,
        CannedForm form,
        CancellationToken cancellationToken
    )
    {
        if (await IsKeyTakenAsync(db, id, form, cancellationToken))
            return new CannedOutcome.KeyTaken();
        return
            before != form.Owner
            && await Others(db, id, form.Owner).CountAsync(cancellationToken) >= CannedText.MostPerOwner
            ? new CannedOutcome.TooMany()
            : null;
    }

    private static Task<bool> IsKeyTakenAsync(
        HelpdeskDbContext db,
        int? id,
        CannedForm form,
        CancellationToken cancellationToken
    )
    {
        var key = CannedText.KeyOf(form.Key);
        return Others(db, id, form.Owner).AnyAsync(t => t.Key == key, cancellationToken);
    }

    private static IQueryable<CannedText> Others(HelpdeskDbContext db, int? id, CannedOwner owner)
    {
        var (teamId, userId) = (owner.TeamId, owner.UserId);
        return db.CannedTexts.Where(t => t.TeamId == teamId && t.UserId == userId && t.Id != id);
    }

    private async Task RecordAsync(
        HelpdeskDbContext db,
        string kind,
        CannedForm? before,
        CannedForm? after,
        Viewer.Staff who,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // what was private until now, or is from now on, is not told
        (before, after) = (Shared(before), Shared(after));
        if ((before ?? after) is not { } either)
            return;
        var teams = (await directory.GetAsync(cancellationToken)).Teams;
        db.Add(
            new AdministrationChange
            {
                At = now,
                ByUserId = who.UserId,
                ByName = Text.Cut(who.Name, Customer.MaxNameLength),
                Area = AdminSection.KeyOf(kind),
                Kind =
                    before is null ? Added
                    : after is null ? Removed
                    : kind,
                Subject = Text.OneLine((after ?? either).Name, AdministrationChange.MaxSubjectLength),
                Fields =
                [
                    .. new[]
                    {
                        new ChangedField("Key", before?.Key, after?.Key),
                        new ChangedField("Name", before?.Name, after?.Name),
                        new ChangedField("Text", before?.Body, after?.Body),
                        new ChangedField("TeamId", TeamOf(before), TeamOf(after)),
                    }.Where(field => field.Was != field.Became),
                ],
            }
        );

        string? TeamOf(CannedForm? form) =>
            form?.Owner.TeamId is { } id && teams.TryGetValue(id, out var team) ? team.Name : null;
    }

    private static CannedForm? Shared(CannedForm? form) => form?.Owner.UserId is null ? form : null;

    private static async Task<CannedOutcome> CommitAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return new CannedOutcome.Saved();
        }
        catch (DbUpdateConcurrencyException)
        {
            return new CannedOutcome.Changed();
        }
        catch (DbUpdateException)
        {
            return new CannedOutcome.NotSaved();
        }
    }
}
