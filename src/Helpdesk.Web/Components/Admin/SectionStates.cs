using Helpdesk.Mail.Imap;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Admin.Letters;
using Helpdesk.Web.Components.Admin.Staff;
using Helpdesk.Web.Localisation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Admin;

/// <summary>How each part of the administration stands, in one line.</summary>
public sealed class SectionStates(
    IDbContextFactory<HelpdeskDbContext> databases,
    StaffRoster roster,
    MailState mail,
    DeskDirectory directory,
    ReaderClock clock,
    IStringLocalizer<AdminTexts> texts
)
{
    private readonly IStringLocalizer<AdminTexts> T = texts;

    /// <returns>Lines by the section's key.</returns>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        var desk = (await directory.GetAsync(cancellationToken)).Settings;
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["mail"] = await MailAsync(cancellationToken),
            ["mailboxes"] = await MailboxesAsync(db, cancellationToken),
            ["desk"] = T["State.Desk", desk.CompanyName, desk.TimeZoneId],
            ["people"] = await PeopleAsync(cancellationToken),
            ["topics"] = T[
                "State.Topics",
                T.Count(
                    "State.TopicCount",
                    await db.Topics.CountAsync(t => t.ParentId != null && !t.IsArchived, cancellationToken)
                ),
                T.Count("State.TeamCount", await db.Teams.CountAsync(cancellationToken))
            ],
            ["organizations"] = T.Count("State.Organizations", await db.Organizations.CountAsync(cancellationToken)),
            ["promises"] = T.Count("State.Policies", await db.SlaPolicies.CountAsync(cancellationToken)),
            ["tokens"] = T.Count(
                "State.Tokens",
                await db.ApiTokens.CountAsync(t => t.RevokedAt == null, cancellationToken)
            ),
        };
    }

    private async Task<string> MailAsync(CancellationToken cancellationToken)
    {
        var facts = await mail.ReadAsync(cancellationToken);
        var line = facts.Listening is { } at ? T["Mail.Listening", at] : T["Mail.NotListening"];
        return facts.LastReceivedAt is { } last ? T["State.LastMail", line, clock.Ago(last)] : line;
    }

    private async Task<string> MailboxesAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var on = await db.Set<ImapMailbox>().Where(m => m.IsOn).Select(m => m.Trouble).ToListAsync(cancellationToken);
        var line = T.Count("State.Mailboxes", on.Count);
        var troubled = on.Count(t => t is not ImapTroubleKind.None);
        return troubled > 0 ? T["State.MailboxTrouble", line, troubled] : line;
    }

    private async Task<string> PeopleAsync(CancellationToken cancellationToken)
    {
        var (active, invited, disabled) = await roster.CountAsync(cancellationToken);
        List<string> parts = [T.Count("State.People", active)];
        if (invited > 0)
            parts.Add(T["State.Invited", invited]);
        if (disabled > 0)
            parts.Add(T["State.Disabled", disabled]);
        return string.Join(", ", parts);
    }
}
