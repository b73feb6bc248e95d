using System.Globalization;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using static Helpdesk.Web.Components.Admin.AdminWork;

namespace Helpdesk.Web.Components.Admin.Letters;

/// <summary>What an administrator changes about mail: the desk's addresses, and the words of what it sends.</summary>
public sealed class LetterChanges(AdminWork work, IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    /// <summary>The language whose words are edited; more come with more sets of built-in words.</summary>
    public static CultureInfo Culture => LetterLanguages.All[0];

    private static string Language => Culture.TwoLetterISOLanguageName;

    // ---- addresses

    public Task<AddressesForm?> AddressesAsync() => work.ReadAsync(AddressesAsync);

    public Task<(string? Refusal, int Id)> SaveAddressesAsync(AddressesForm form) =>
        work.SaveAsync(
            "mail addresses",
            Tickets.Settings.DeskSettings.OnlyId,
            form,
            AddressesAsync,
            async db =>
            {
                var settings = await db.DeskSettings.SingleAsync();
                settings.SupportAddress = form.Support!.Trim().ToLowerInvariant();
                settings.StaffAnswersByMail = form.StaffAnswers;
                settings.OtherAddresses = string.Join(' ', form.OtherList.Where(a => a != settings.SupportAddress));
                return (null, () => settings.Id);
            }
        );

    private static async Task<AddressesForm?> AddressesAsync(HelpdeskDbContext db)
    {
        var settings = await db.DeskSettings.AsNoTracking().SingleAsync();
        return new AddressesForm
        {
            Support = settings.SupportAddress,
            Others = settings.OtherAddresses.Replace(' ', '\n'),
            StaffAnswers = settings.StaffAnswersByMail,
        };
    }

    // ---- words

    /// <summary>The kinds whose words an administrator changed.</summary>
    public async Task<IReadOnlySet<NotificationKind>> ChangedAsync()
    {
        await using var db = databases.CreateDbContext();
        return (
            await db.Set<MailTemplate>().Where(t => t.Language == Language).Select(t => t.Kind).ToListAsync()
        ).ToHashSet();
    }

    public async Task<LetterForm> LetterAsync(NotificationKind kind) =>
        (await work.ReadAsync(async db => (LetterForm?)await LetterAsync(db, kind)))!;

    /// <returns>The refusal, with the placeholder it is about.</returns>
    public async Task<(string? Refusal, string? Placeholder)> SaveAsync(NotificationKind kind, LetterForm form)
    {
        var words = form.Words;
        if (TemplatePlaceholders.FirstUnknown(kind, words) is { } unknown)
            return ("Placeholder", unknown);
        if (TemplatePlaceholders.NeedsLink(kind) && words.Button.Length == 0)
            return ("NoLink", null);
        if (kind is NotificationKind.Reply && !TemplatePlaceholders.HasMessage(words.Text))
            return ("NoMessage", null);
        var (refusal, _) = await work.SaveAsync(
            $"words of the mail {kind}",
            (int)kind,
            form,
            async db => (LetterForm?)await LetterAsync(db, kind),
            async db =>
            {
                await SetAsync(db, kind, words == BuiltIn(kind) ? null : words);
                return (null, () => (int)kind);
            }
        );
        return (refusal, null);
    }

    /// <summary>The built-in words stand again.</summary>
    public Task<string?> RestoreAsync(NotificationKind kind) =>
        work.DoAsync(
            "words of a mail restored",
            async (db, _) =>
            {
                await SetAsync(db, kind, words: null);
                return null;
            },
            kind.ToString
        );

    private async Task SetAsync(HelpdeskDbContext db, NotificationKind kind, TemplateWords? words)
    {
        var known = await db.Set<MailTemplate>().SingleOrDefaultAsync(t => t.Kind == kind && t.Language == Language);
        if (words is null)
        {
            if (known is not null)
                db.Remove(known);
            return;
        }
        var now = time.GetUtcNow();
        if (known is null)
        {
            db.Add(
                new MailTemplate
                {
                    Kind = kind,
                    Language = Language,
                    TeamId = LetterWords.Desk,
                    Subject = words.Subject,
                    Heading = words.Heading,
                    Text = words.Text,
                    Button = words.Button,
                    Footer = words.Footer,
                    ChangedAt = now,
                }
            );
            return;
        }
        (known.Subject, known.Heading, known.Text) = (words.Subject, words.Heading, words.Text);
        (known.Button, known.Footer, known.ChangedAt) = (words.Button, words.Footer, now);
    }

    private static async Task<LetterForm> LetterAsync(HelpdeskDbContext db, NotificationKind kind)
    {
        var changed = await db.Set<MailTemplate>()
            .AsNoTracking()
            .SingleOrDefaultAsync(t => t.Kind == kind && t.Language == Language);
        return LetterForm.Of(changed?.Words ?? BuiltIn(kind));
    }

    private static TemplateWords BuiltIn(NotificationKind kind)
    {
        var words = TemplateWords.BuiltIn(kind, Culture);
        return words with
        {
            Text = words.Text.ReplaceLineEndings("\n"),
            Footer = words.Footer.ReplaceLineEndings("\n"),
        };
    }
}
