using System.Runtime.InteropServices;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Alerts;

/// <summary>How one list of mails stands. Counted up to the limit only, so that looking costs the same however many there are.</summary>
/// <param name="OldestAt">Since when the oldest waits; null = there is none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MailPile(int Mails, DateTimeOffset? OldestAt)
{
    public bool IsBeyond(MailAlertLimit limit, DateTimeOffset now) =>
        Mails >= limit.Mails || (OldestAt is { } since && now - since >= limit.Age);
}

/// <summary>An alert that stands, for those who look at the lists.</summary>
public sealed record StandingAlert(MailAlertAbout About, DateTimeOffset RaisedAt, MailAlertLimit Limit);

/// <summary>
/// Tells supervisors once that held, unreadable or undelivered mails pile up; again only after the pile was below its limits. What looks like spam comes
/// in all the time and may never be below: of it they are told again whenever as many more wait as the limit is.
/// </summary>
public sealed class MailAlerts(
    IDbContextFactory<HelpdeskDbContext> databases,
    TimeProvider time,
    IOptions<MailAlertOptions> options,
    ILogger<MailAlerts> log
)
{
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        foreach (var about in Enum.GetValues<MailAlertAbout>())
        {
            try
            {
                await LookAsync(about, cancellationToken);
            }
            catch (DbUpdateException)
            {
                log.LogInformation("Another node looked at {About} at the same moment", about);
            }
        }
    }

    /// <summary>What supervisors were told and still holds.</summary>
    public async Task<IReadOnlyList<StandingAlert>> StandingAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var raised = await db.Set<MailAlert>()
            .AsNoTracking()
            .Where(a => a.RaisedAt != null)
            .OrderBy(a => a.About)
            .ToListAsync(cancellationToken);
        return raised.ConvertAll(a => new StandingAlert(a.About, a.RaisedAt!.Value, options.Value.Of(a.About)));
    }

    private async Task LookAsync(MailAlertAbout about, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var limit = options.Value.Of(about);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var pile = await MeasureAsync(db, about, limit.Mails, cancellationToken);
        var alert = await db.Set<MailAlert>().SingleOrDefaultAsync(a => a.About == about, cancellationToken);
        var grew = false;
        if (pile.IsBeyond(limit, now) == alert?.RaisedAt is not null)
        {
            if (about is not MailAlertAbout.Spam || alert?.RaisedAt is null)
                return;
            var since = await Kept(db, about)
                .Where(m => m.Id > alert.ToldUpTo)
                .Take(limit.Mails)
                .CountAsync(cancellationToken);
            grew = since >= limit.Mails;
            if (!grew)
                return;
        }
        if (alert?.RaisedAt is not null && !grew)
        {
            alert.RaisedAt = null;
            await db.SaveChangesAsync(cancellationToken);
            return;
        }
        if (alert is null)
            db.Add(alert = new MailAlert { About = about });
        alert.RaisedAt = now;
        if (about is MailAlertAbout.Spam)
            alert.ToldUpTo = await Kept(db, about).MaxAsync(m => (long?)m.Id, cancellationToken) ?? 0;
        foreach (var (userId, address) in await Supervisors.ListAsync(db, cancellationToken))
            db.Notifications.Add(
                Notification.ToColleague(NotificationKind.MailPilesUp, userId, address, Facts(about, limit, pile), now)
            );
        await db.SaveChangesAsync(cancellationToken);
        log.LogWarning("{About} mails pile up: {Count} or more", about, pile.Mails);
    }

    private static Dictionary<string, string> Facts(MailAlertAbout about, MailAlertLimit limit, MailPile pile) =>
        new(StringComparer.Ordinal)
        {
            ["link"] = $"/supervise/mail?list={ListOf(about).ToString().ToLowerInvariant()}",
            ["list"] = about.ToString(),
            ["mails"] =
                pile.Mails >= limit.Mails ? $"{limit.Mails.ToStringInvariant()}+" : pile.Mails.ToStringInvariant(),
            ["since"] = $"{pile.OldestAt:O}",
        };

    // a burst is a part of what is held
    private static MailAlertAbout ListOf(MailAlertAbout about) =>
        about is MailAlertAbout.Burst ? MailAlertAbout.Held : about;

    private static async Task<MailPile> MeasureAsync(
        HelpdeskDbContext db,
        MailAlertAbout about,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (about is MailAlertAbout.Undelivered)
        {
            var failed = db.Notifications.Where(n => n.MailState == MailState.Failed).OrderBy(n => n.Id);
            return new(
                await failed.Take(limit).CountAsync(cancellationToken),
                await failed.Select(n => (DateTimeOffset?)n.CreatedAt).FirstOrDefaultAsync(cancellationToken)
            );
        }
        var kept = Kept(db, about).OrderBy(m => m.Id);
        return new(
            await kept.Take(limit).CountAsync(cancellationToken),
            await kept.Select(m => (DateTimeOffset?)m.ReceivedAt).FirstOrDefaultAsync(cancellationToken)
        );
    }

    private static IQueryable<InboundMail> Kept(HelpdeskDbContext db, MailAlertAbout about)
    {
        var state = about switch
        {
            MailAlertAbout.Spam => InboundState.Spam,
            MailAlertAbout.Unprocessable => InboundState.Unprocessable,
            _ => InboundState.Held,
        };
        // the words of the partial index, or it is not used
        var kept = db.Set<InboundMail>().Where(m => m.State >= InboundState.Held && m.State == state);
        return about is MailAlertAbout.Burst ? kept.Where(m => m.Reason == InboundMail.Burst) : kept;
    }
}
