using System.Data.Common;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Startup;

/// <summary>Brings the database to this version and makes sure that the rows exist without which nothing works.</summary>
public static class DatabasePreparation
{
    public static async Task RunAsync(IServiceProvider services, CancellationToken cancellationToken = default)
    {
        await using var db = await services
            .GetRequiredService<IDbContextFactory<HelpdeskDbContext>>()
            .CreateDbContextAsync(cancellationToken);
        if (await IsPreparedAsync(db, cancellationToken))
            return;
        await db.Database.MigrateAsync(cancellationToken);
        foreach (var role in Roles.All)
            if (!await db.Roles.AnyAsync(r => r.Name == role, cancellationToken))
                db.Roles.Add(
                    new IdentityRole<Guid>(role)
                    {
                        Id = Guid.CreateVersion7(),
                        NormalizedName = role.ToUpperInvariant(),
                    }
                );
        if (!await db.DeskSettings.AnyAsync(cancellationToken))
            db.DeskSettings.Add(new DeskSettings());
        if (!await db.SlaPolicies.AnyAsync(cancellationToken))
            db.SlaPolicies.Add(FirstPolicy());
        await db.SaveChangesAsync(cancellationToken);
        var settings = await db.DeskSettings.SingleAsync(cancellationToken);
        if (settings.DefaultSlaPolicyId is null)
        {
            settings.DefaultSlaPolicyId = await db
                .SlaPolicies.OrderBy(p => p.Id)
                .Select(p => p.Id)
                .FirstAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
        services.GetRequiredService<DeskDirectory>().Forget();
    }

    /// <summary>
    /// What nearly every start finds, asked in one statement: the questions below, and Migrate, which compares the whole model before it
    /// finds that there is nothing to do, would take a good part of a second.
    /// </summary>
    private static async Task<bool> IsPreparedAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        // opening would make the file, and then nobody would set its journal up
        if (!await db.Database.CanConnectAsync(cancellationToken))
            return false;
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = """
                SELECT (SELECT MAX("MigrationId") FROM "__EFMigrationsHistory"),
                    (SELECT COUNT(*) FROM "AspNetRoles"),
                    (SELECT COUNT(*) FROM "DeskSettings" WHERE "DefaultSlaPolicyId" IS NOT NULL)
                """;
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            return await row.ReadAsync(cancellationToken)
                && !await row.IsDBNullAsync(0, cancellationToken)
                && row.GetString(0) == db.Database.GetMigrations().Last()
                && row.GetInt64(1) >= Roles.All.Count
                && row.GetInt64(2) == 1;
        }
        catch (DbException)
        {
            return false; // no tables yet
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    // something sensible to start from; the administrator edits it
    private static SlaPolicy FirstPolicy() =>
        new()
        {
            Name = "Standard",
            BusinessHours = new BusinessHours
            {
                Name = "Weekdays",
                TimeZoneId = "Etc/UTC",
                Week = "Mon 09:00-17:00; Tue 09:00-17:00; Wed 09:00-17:00; Thu 09:00-17:00; Fri 09:00-17:00",
            },
            Promises =
            {
                Promise(Helpdesk.Tickets.TicketPriority.Urgent, 60, 120, 480),
                Promise(Helpdesk.Tickets.TicketPriority.High, 120, 240, 960),
                Promise(Helpdesk.Tickets.TicketPriority.Normal, 240, 480, 1440),
                Promise(Helpdesk.Tickets.TicketPriority.Low, 480, 960, 2400),
            },
            Escalations =
            {
                new EscalationRule { Percent = 75, Actions = EscalationActions.WarnSpecialist },
                new EscalationRule
                {
                    Percent = 100,
                    Actions = EscalationActions.TellSupervisor | EscalationActions.RaisePriority,
                },
                new EscalationRule { Percent = 150, Actions = EscalationActions.ReassignToLead },
            },
        };

    private static SlaPromise Promise(Helpdesk.Tickets.TicketPriority priority, int first, int next, int resolution) =>
        new()
        {
            Priority = priority,
            FirstResponseMinutes = first,
            NextResponseMinutes = next,
            ResolutionMinutes = resolution,
        };
}
