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
    /// <summary>The language of the built-in words.</summary>
    public static CultureInfo Culture => LetterLanguages.All[0];

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

    // ---- files

    public Task<FilesForm?> FilesAsync() => work.ReadAsync(FilesAsync);

    public Task<(string? Refusal, int Id)> SaveFilesAsync(FilesForm form) =>
        work.SaveAsync(
            "files of answers",
            Tickets.Settings.DeskSettings.OnlyId,
            form,
            FilesAsync,
            async db =>
            {
                var settings = await db.DeskSettings.SingleAsync();
                settings.MaxAttachedMegabytes = int.Parse(form.MaxAttached!, CultureInfo.InvariantCulture);
                settings.FileLinkDays = int.Parse(form.LinkDays!, CultureInfo.InvariantCulture);
                return (null, () => settings.Id);
            }
        );

    private static async Task<FilesForm?> FilesAsync(HelpdeskDbContext db)
    {
        var settings = await db.DeskSettings.AsNoTracking().SingleAsync();
        return new FilesForm
        {
            MaxAttached = settings.MaxAttachedMegabytes.ToString(CultureInfo.InvariantCulture),
            LinkDays = settings.FileLinkDays.ToString(CultureInfo.InvariantCulture),
        };
    }

    // ---- words

    /// <summary>The kinds whose words an administrator changed, for whatever team or language.</summary>
    public async Task<IReadOnlySet<NotificationKind>> ChangedAsync()
    {
        await using var db = databases.CreateDbContext();
        return (await db.Set<MailTemplate>().Select(t => t.Kind).Distinct().ToListAsync()).ToHashSet();
    }

    /// <summary>Where this kind has words of its own.</summary>
    public async Task<IReadOnlyList<LetterPlace>> PlacesAsync(NotificationKind kind)
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<MailTemplate>()
            .Where(t => t.Kind == kind)
            .OrderBy(t => t.TeamId)
            .ThenBy(t => t.Language)
            .Select(t => new LetterPlace(t.TeamId, t.Language))
            .ToListAsync();
    }

    /// <summary>The words that are taken at this place, its own or those it falls back to.</summary>
    public async Task<LetterForm> LetterAsync(NotificationKind kind, LetterPlace place) =>
        (await work.ReadAsync(async db => (LetterForm?)LetterForm.Of(await WordsAsync(db, kind, place))))!;

    /// <returns>The refusal, with the placeholder it is about.</returns>
    public async Task<(string? Refusal, string? Placeholder)> SaveAsync(
        NotificationKind kind,
        LetterPlace place,
        LetterForm form
    )
    {
        var words = form.Words;
        if (TemplatePlaceholders.FirstUnknown(kind, words) is { } unknown)
            return ("Placeholder", unknown);
        if (TemplatePlaceholders.NeedsLink(kind) && words.Button.Length == 0)
            return ("NoLink", null);
        if (
            kind is NotificationKind.Reply or NotificationKind.AutoAnswer
            && !TemplatePlaceholders.HasMessage(words.Text)
        )
            return ("NoMessage", null);
        var (refusal, _) = await work.SaveAsync(
            "words of a mail",
            (int)kind,
            form,
            async db => (LetterForm?)LetterForm.Of(await WordsAsync(db, kind, place)),
            async db =>
            {
                if (!await IsTeamAsync(db, place))
                    return (Refusals.Gone, null);
                var isNothingNew = words == await WordsAsync(db, kind, place, withOwn: false);
                await SetAsync(db, kind, place, isNothingNew ? null : words);
                return (null, () => (int)kind);
            }
        );
        return (refusal, null);
    }

    /// <summary>The words of the next place, or the built-in ones, stand again.</summary>
    public Task<string?> RestoreAsync(NotificationKind kind, LetterPlace place) =>
        work.DoAsync(
            "words of a mail restored",
            async (db, _) =>
            {
                await SetAsync(db, kind, place, words: null);
                return null;
            },
            kind.ToString,
            () => new AdminRecord(kind.ToString(), [])
        );

    private async Task SetAsync(HelpdeskDbContext db, NotificationKind kind, LetterPlace place, TemplateWords? words)
    {
        var (teamId, language) = place;
        var known = await db.Set<MailTemplate>()
            .SingleOrDefaultAsync(t => t.Kind == kind && t.Language == language && t.TeamId == teamId);
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
                    Language = language,
                    TeamId = teamId,
                    Subject = words.Subject,
                    Heading = words.Heading,
                    Text = words.Text,
                    Button = words.Button,
                    OtherButton = words.OtherButton,
                    Footer = words.Footer,
                    ChangedAt = now,
                }
            );
            return;
        }
        (known.Subject, known.Heading, known.Text) = (words.Subject, words.Heading, words.Text);
        (known.Button, known.OtherButton, known.Footer) = (words.Button, words.OtherButton, words.Footer);
        known.ChangedAt = now;
    }

    private static async Task<TemplateWords> WordsAsync(
        HelpdeskDbContext db,
        NotificationKind kind,
        LetterPlace place,
        bool withOwn = true
    )
    {
        var templates = await db.Set<MailTemplate>().AsNoTracking().Where(t => t.Kind == kind).ToListAsync();
        if (!withOwn)
            templates.RemoveAll(t => t.TeamId == place.TeamId && t.Language == place.Language);
        return new LetterWords(templates, []).Of(kind, TeamOf(place), place.Language)?.Words ?? BuiltIn(kind, place);
    }

    // ---- signatures

    public async Task<IReadOnlyList<LetterPlace>> SignaturePlacesAsync()
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<MailSignature>()
            .OrderBy(s => s.TeamId)
            .ThenBy(s => s.Language)
            .Select(s => new LetterPlace(s.TeamId, s.Language))
            .ToListAsync();
    }

    /// <summary>The signature that is taken at this place, its own or the one it falls back to.</summary>
    public async Task<SignatureForm> SignatureAsync(LetterPlace place) =>
        (await work.ReadAsync(async db => (SignatureForm?)await SignatureAsync(db, place, withOwn: true)))!;

    /// <returns>The refusal, with the placeholder it is about.</returns>
    public async Task<(string? Refusal, string? Placeholder)> SaveSignatureAsync(LetterPlace place, SignatureForm form)
    {
        if (TemplatePlaceholders.FirstUnknownInSignature(form.Plain) is { } unknown)
            return ("Placeholder", unknown);
        var (refusal, _) = await work.SaveAsync(
            "signature",
            place.TeamId,
            form,
            async db => (SignatureForm?)await SignatureAsync(db, place, withOwn: true),
            async db =>
            {
                if (!await IsTeamAsync(db, place))
                    return (Refusals.Gone, null);
                var next = await SignatureAsync(db, place, withOwn: false);
                await SetSignatureAsync(db, place, form.Plain == next.Plain ? "" : form.Plain);
                return (null, () => place.TeamId);
            }
        );
        return (refusal, null);
    }

    private async Task SetSignatureAsync(HelpdeskDbContext db, LetterPlace place, string text)
    {
        var (teamId, language) = place;
        var known = await db.Set<MailSignature>()
            .SingleOrDefaultAsync(s => s.Language == language && s.TeamId == teamId);
        if (known is not null && text.Length == 0)
            db.Remove(known);
        else if (known is not null)
            (known.Text, known.ChangedAt) = (text, time.GetUtcNow());
        else if (text.Length > 0)
            db.Add(
                new MailSignature
                {
                    TeamId = teamId,
                    Language = language,
                    Text = text,
                    ChangedAt = time.GetUtcNow(),
                }
            );
    }

    private static async Task<SignatureForm> SignatureAsync(HelpdeskDbContext db, LetterPlace place, bool withOwn)
    {
        var signatures = await db.Set<MailSignature>().AsNoTracking().ToListAsync();
        if (!withOwn)
            signatures.RemoveAll(s => s.TeamId == place.TeamId && s.Language == place.Language);
        var text = new LetterWords([], signatures).SignatureOf(TeamOf(place), place.Language);
        return new SignatureForm
        {
            Text = (text ?? TemplateWords.Phrase("Signature", Culture)).ReplaceLineEndings("\n"),
        };
    }

    private static int? TeamOf(LetterPlace place) => place.TeamId == LetterWords.Desk ? null : place.TeamId;

    private static async Task<bool> IsTeamAsync(HelpdeskDbContext db, LetterPlace place) =>
        place.TeamId == LetterWords.Desk || await db.Teams.AnyAsync(t => t.Id == place.TeamId);

    // the second link has words in each language; the others are there to be written anew
    private static TemplateWords BuiltIn(NotificationKind kind, LetterPlace place)
    {
        var words = TemplateWords.BuiltIn(kind, Culture);
        return words with
        {
            Text = words.Text.ReplaceLineEndings("\n"),
            Footer = words.Footer.ReplaceLineEndings("\n"),
            OtherButton = TemplateWords.Phrase(
                $"{kind}.OtherButton",
                place.Language.Length > 0 ? CultureInfo.GetCultureInfo(place.Language) : Culture
            ),
        };
    }
}
