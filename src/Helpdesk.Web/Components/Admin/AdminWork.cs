using System.Data;
using System.Data.Common;
using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Desk;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Admin;

/// <summary>A row and what people call it.</summary>
public sealed record NamedRow(int Id, string Name);

/// <summary>
/// The one way in which an administrator changes something: rights are read anew, the change is one transaction that sees nobody
/// else's, it is recorded, and the desk reads its settings again.
/// </summary>
public sealed class AdminWork(
    HelpdeskDbContext db,
    DeskPerson person,
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    IOutputCacheStore helpPages,
    TimeProvider time,
    ILogger<AdminWork> log
)
{
    /// <summary>Why a change was not made, as the end of a text's key: <c>Refused.Changed</c>.</summary>
    public static class Refusals
    {
        public const string NotYours = "NotYours";
        public const string Changed = "Changed";
        public const string Gone = "Gone";
        public const string Taken = "Taken";
    }

    /// <param name="what">For the record, past tense: <c>topic saved</c>.</param>
    /// <param name="change">Gets the request's database and who changes; returns why not, or null and it is saved.</param>
    /// <param name="details">Ids for the log, which holds nobody's words.</param>
    /// <param name="record">For the history: what was changed, asked once it is saved; null = only that it was.</param>
    /// <returns>Null when done, else the refusal.</returns>
    public async Task<string?> DoAsync(
        string what,
        Func<HelpdeskDbContext, Viewer.Staff, Task<string?>> change,
        Func<string>? details = null,
        Func<AdminRecord?>? record = null,
        CancellationToken cancellationToken = default
    )
    {
        if (await person.ConfirmAsync(cancellationToken) is not { IsAdministrator: true } who)
            return Refusals.NotYours;
        return await DoAsync(who.Actor, what, fresh => change(fresh, who), details, record, cancellationToken);
    }

    /// <summary>The same for a script, whose token was asked for its right with this very call.</summary>
    /// <returns>Null when done, else the refusal.</returns>
    public Task<string?> DoAsync(
        Viewer.Script script,
        string what,
        Func<HelpdeskDbContext, Task<string?>> change,
        Func<AdminRecord?>? record = null,
        CancellationToken cancellationToken = default
    ) => DoAsync(script.Actor, what, change, details: null, record, cancellationToken);

    private async Task<string?> DoAsync(
        Actor who,
        string what,
        Func<HelpdeskDbContext, Task<string?>> change,
        Func<string>? details,
        Func<AdminRecord?>? record,
        CancellationToken cancellationToken
    )
    {
        var refusal = await CommitAsync(who, what, change, record, cancellationToken);
        if (refusal is not null)
        {
            db.ChangeTracker.Clear();
            return refusal;
        }
        directory.Forget();
        await helpPages.ForgetHelpPagesAsync(cancellationToken);
        log.LogInformation(
            "Administration: {Change} ({Details}) by {AdministratorId}",
            what,
            details?.Invoke() ?? "",
            who.Id
        );
        return null;
    }

    /// <summary>A form as things are, with its mark; null when what it is about is not there.</summary>
    public async Task<TForm?> ReadAsync<TForm>(Func<HelpdeskDbContext, Task<TForm?>> read)
        where TForm : SeenForm
    {
        await using var fresh = databases.CreateDbContext();
        var form = await read(fresh);
        form?.See();
        return form;
    }

    /// <summary>Saves a form, unless what it was read from has changed since.</summary>
    /// <param name="kind">For the record: <c>topic</c>.</param>
    /// <param name="id">Null = a new one.</param>
    /// <param name="read">Reads the form again, inside the transaction.</param>
    /// <param name="save">Why not, or how to learn the id once it is saved.</param>
    public async Task<(string? Refusal, int Id)> SaveAsync<TForm>(
        string kind,
        int? id,
        TForm form,
        Func<HelpdeskDbContext, Task<TForm?>> read,
        Func<HelpdeskDbContext, Task<(string? Refusal, Func<int>? Saved)>> save
    )
        where TForm : SeenForm
    {
        (Func<int>? saved, TForm? before) = (null, null);
        var refusal = await DoAsync(
            id is null ? $"{kind} added" : $"{kind} saved",
            async (fresh, _) =>
            {
                if (id is not null)
                {
                    before = await read(fresh);
                    if (before is null)
                        return Refusals.Gone;
                    if (before.Mark() != form.Seen)
                        return Refusals.Changed;
                }
                (var refused, saved) = await save(fresh);
                return refused;
            },
            () => string.Create(CultureInfo.InvariantCulture, $"{saved!()}: {before?.Differences(form)}"),
            () => new AdminRecord(form.Title, form.ChangesFrom(before))
        );
        return (refusal, refusal is null ? saved!() : 0);
    }

    /// <param name="there">All that must have names of their own, by ids.</param>
    /// <param name="id">What is saved; null = a new one.</param>
    /// <returns>Whether another one has this name; see <see cref="DeskNames"/>.</returns>
    public static async Task<bool> IsTakenAsync(string name, int? id, IQueryable<NamedRow> there)
    {
        // some hundred rows at most, and databases fold letters each in its own way
        var all = await there.ToListAsync();
        return DeskNames.IsTaken(
            name,
            all.Find(row => row.Id == id)?.Name,
            all.Where(row => row.Id != id).Select(row => row.Name)
        );
    }

    private async Task<string?> CommitAsync(
        Actor who,
        string what,
        Func<HelpdeskDbContext, Task<string?>> change,
        Func<AdminRecord?>? record,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(
                IsolationLevel.Serializable,
                cancellationToken
            );
            if (await change(db) is { } refusal)
                return refusal;
            await db.SaveChangesAsync(cancellationToken);
            var recorded = record?.Invoke() ?? AdminRecord.Nothing;
            db.Add(
                new AdministrationChange
                {
                    At = time.GetUtcNow(),
                    ByUserId = who.UserId,
                    ByName = Text.Cut(who.Name, Customer.MaxNameLength),
                    Area = AdminSection.KeyOf(what),
                    Kind = what,
                    Subject = Text.OneLine(recorded.Subject, AdministrationChange.MaxSubjectLength),
                    Fields = await ChangedNames.ReadAsync(db, recorded.Fields, cancellationToken),
                }
            );
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusals.Changed;
        }
        catch (Exception e) when (IsCollision(e))
        {
            return Refusals.Changed;
        }
    }

    // PostgreSQL finds out at the latest possible moment that two serializable transactions cannot both be true
    private static bool IsCollision(Exception e) =>
        e is DbException { SqlState: "40001" or "40P01" } || (e.InnerException is { } inner && IsCollision(inner));
}
