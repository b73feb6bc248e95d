using System.Globalization;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Links;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Outbound;

/// <summary>Turns the notifications of a batch into mails: what they all need is asked for once.</summary>
internal sealed class NotificationMails(HelpdeskDbContext db, DeskPicture picture, DateTimeOffset now)
{
    private LetterWords written = new([], []);
    private Dictionary<Guid, string?> zonesOfStaff = [];

    /// <summary>The newest mail of the customer in each ticket, which ours answers.</summary>
    private Dictionary<long, string?> lastMailOf = [];

    /// <summary>The numbers of the tickets that were split off, by the ticket that they came from.</summary>
    private ILookup<long, long> partsOf = Array.Empty<(long, long)>().ToLookup(p => p.Item1, p => p.Item2);

    private readonly AnswerCopyMail copies = new(db, picture);

    private DeskSettings Settings => picture.Settings;

    /// <summary>The queue's rows with all that letters are made of, not tracked.</summary>
    public static IQueryable<Notification> WithContent(IQueryable<Notification> notifications) =>
        notifications
            .AsNoTracking()
            .Include(n => n.Message)
            .Include(n => n.Ticket!.Customer)
            .Include(n => n.Ticket!.Team)
            .Include(n => n.Ticket!.Specialist);

    public async Task LookUpAsync(IReadOnlyList<Notification> batch, CancellationToken cancellationToken)
    {
        written = await LetterWords.LoadAsync(db, cancellationToken);
        var staff = batch.Select(n => n.UserId).OfType<Guid>().Distinct().ToArray();
        if (staff.Length > 0)
            zonesOfStaff = await db
                .Users.Where(u => staff.Contains(u.Id))
                .ToDictionaryAsync(u => u.Id, u => u.TimeZoneId, cancellationToken);
        var tickets = batch.Where(n => n.UserId is null).Select(n => n.TicketId).OfType<long>().Distinct().ToArray();
        if (tickets.Length > 0)
            lastMailOf = await LastMailsAsync(tickets, cancellationToken);
        await copies.LookUpAsync(batch, cancellationToken);
        var split = batch.Where(n => n.Kind is NotificationKind.Split).Select(n => n.TicketId).ToArray();
        if (split.Length > 0)
            partsOf = (
                await db.Set<TicketLink>()
                    .Where(l => split.Contains(l.ToId) && l.Kind == TicketLinkKind.PartOf)
                    .Select(l => new { l.ToId, l.FromId })
                    .ToListAsync(cancellationToken)
            ).ToLookup(l => l.ToId, l => l.FromId);
    }

    /// <summary>The mail of one notification; the same at each attempt, except for facts that changed meanwhile.</summary>
    /// <param name="messageId">Without angle brackets.</param>
    public async Task<OutgoingMail> ComposeAsync(
        Notification notification,
        string messageId,
        CancellationToken cancellationToken
    )
    {
        var template = written.Of(notification.Kind, notification.Ticket?.TeamId, LanguageOf(notification));
        // words in a language that the built-in ones do not have say by themselves which it is
        var culture = template is { Language.Length: > 0 }
            ? CultureInfo.GetCultureInfo(template.Language)
            : LetterLanguages.For(notification.Ticket?.Customer.Language);
        var files = await AnswerFiles.LoadAsync(db, notification, Settings, cancellationToken);
        var content = await ContentAsync(notification, template?.Words, culture, cancellationToken);
        var letter = LetterWriter.Write(
            content with
            {
                Files = files.Links(picture, culture),
                FilesUntil = ClockFor(notification, culture).Write(files.Until),
            }
        );
        var replyTo = ReplyTo(notification);
        var mail = new MailBuilder
        {
            From = new Mailbox(Settings.CompanyName, Settings.SupportAddress),
            To = [AnswerCopyMail.AddresseeOf(notification, NameOf(notification))],
            Cc = copies.OpenCopiesOf(notification),
            ReplyTo = replyTo is null ? [] : [new Mailbox(Settings.CompanyName, replyTo)],
            Subject = letter.Subject,
            MessageId = messageId,
            Date = notification.CreatedAt,
            InReplyTo = Answered(notification),
            References = Answered(notification) is { } answered ? [answered] : [],
            TextBody = letter.Text,
            HtmlBody = letter.Html,
            Headers = Marks(notification),
            Attachments = await files.ReadAsync(db, cancellationToken),
        };
        // bounces of notices need no token: the Message-ID that they quote says which it was
        var returnPath = notification.UserId is null ? replyTo ?? Settings.SupportAddress : Settings.SupportAddress;
        return new OutgoingMail(returnPath, [notification.Address], mail.Build());
    }

    // ---- words and facts

    private async Task<LetterContent> ContentAsync(
        Notification notification,
        TemplateWords? words,
        CultureInfo culture,
        CancellationToken cancellationToken
    )
    {
        var facts = Facts(notification, culture);
        var signature = LetterWriter.Sign(
            written.SignatureOf(notification.Ticket?.TeamId, LanguageOf(notification))
                ?? TemplateWords.Phrase("Signature", culture),
            facts
        );
        facts["signature"] = signature.ReplaceLineEndings(", ");
        var offered = NotificationFacts.Articles(NotificationFacts.Read(notification.Data));
        return new LetterContent
        {
            Words = (words ?? AnswerCopyMail.BuiltInWords(notification, culture)).WithBothButtons(
                notification.Kind,
                culture
            ),
            Culture = culture,
            Signature = signature,
            Facts = facts,
            Company = Settings.CompanyName,
            TopLine = notification.Ticket is null
                ? Settings.CompanyName
                : TemplateWords
                    .Phrase("TopLine", culture)
                    .Replace("{company}", facts["company"], StringComparison.Ordinal)
                    .Replace("{number}", facts["number"], StringComparison.Ordinal),
            AnswerLine = IsAnswerable(notification)
                ? TemplateWords.Phrase("StaffAnswer.Line", culture)
                : AnswerCopyMail.FirstLine(notification, culture),
            PublicUrl = Settings.PublicUrl,
            Link = Link(notification),
            OtherLink = OtherLink(notification),
            Articles =
            [
                .. offered.Select(a => new LetterLink(
                    a.Title,
                    MailLinks.Article(picture, a.Slug, a.NeedsSignIn),
                    a.Summary
                )),
            ],
            MessageText = PublicMessage(notification)?.Text,
            MessageHtml = PublicMessage(notification)?.Html,
            EarlierText = await EarlierAsync(notification, cancellationToken),
        };
    }

    /// <summary>The reader's; colleagues read the desk's first language.</summary>
    private static string LanguageOf(Notification notification) =>
        notification.UserId is null && notification.Ticket is { } ticket
            ? ticket.Customer.Language ?? LetterLanguages.All[0].TwoLetterISOLanguageName
            : LetterLanguages.All[0].TwoLetterISOLanguageName;

    private Dictionary<string, string> Facts(Notification notification, CultureInfo culture)
    {
        var clock = ClockFor(notification, culture);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["company"] = Settings.CompanyName };
        foreach (var (name, value) in NotificationFacts.Read(notification.Data))
        {
            if (
                name is "until" or "expiresAt" or "dueAt"
                && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var at)
            )
                facts[name == "dueAt" ? "promised" : "until"] = clock.Write(at);
            else if (name == "target" && Enum.TryParse<SlaTarget>(value, out var target))
                facts["target"] = TemplateWords.Phrase($"Target.{target}", culture);
            else if (
                name
                is "article"
                    or "mails"
                    or "topic"
                    or "right"
                    or "judged"
                    or "promise"
                    or "problem"
                    or "requests"
                    or "person"
            )
                facts[name] = value;
            else if (name == "list")
                facts["list"] = TemplateWords.Phrase($"MailList.{value}", culture);
            else if (name == "spam")
                facts["topic"] = TemplateWords.Phrase("LabelShift.Spam", culture);
            else if (name == "since" && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var since))
                facts["since"] = clock.Write(since);
        }
        if (notification.Kind is NotificationKind.LabelShift)
            facts.TryAdd("topic", TemplateWords.Phrase("LabelShift.Special", culture));
        if (notification.Ticket is not { } ticket)
            return facts;
        // an address that nobody has proven to be theirs gets none of the words that came from it
        var isProven = notification.UserId is not null || ticket.Customer.VerifiedAt is not null;
        var mayQuote =
            isProven
            || notification.Kind
                is not (
                    NotificationKind.Acknowledgement
                    or NotificationKind.AutoAnswer
                    or NotificationKind.Split
                    or NotificationKind.Resolved
                );
        facts["number"] = ticket.Id.ToStringInvariant();
        facts["subject"] = mayQuote ? ticket.Subject : TemplateWords.Phrase("Yours", culture);
        facts["customer"] = mayQuote ? AnswerCopyMail.WriterOf(notification) ?? ticket.Customer.DisplayName : "";
        facts["team"] = ticket.Team?.Name ?? "";
        facts["specialist"] = ticket.Specialist?.Name ?? "";
        facts["priority"] = TemplateWords.Phrase($"Priority.{ticket.Priority}", culture);
        facts["due"] = ticket.DueAt is { } due && due > now ? clock.Write(due) : "";
        facts["answer"] = IsAnswerable(notification)
            ? TemplateWords.Phrase("StaffAnswer.ByMail", culture) + copies.Warning(ticket.Id, culture)
            : TemplateWords.Phrase("StaffAnswer.OnDesk", culture);
        if (notification.Kind is NotificationKind.Split)
            facts["numbers"] = string.Join(
                ", ",
                partsOf[ticket.Id].Prepend(ticket.Id).Order().Select(id => id.ToStringInvariant())
            );
        facts["author"] = PublicMessage(notification)?.AuthorName ?? "";
        return facts;
    }

    private LetterClock ClockFor(Notification notification, CultureInfo culture) =>
        new(
            (
                notification.UserId is { } userId
                    ? zonesOfStaff.GetValueOrDefault(userId)
                    : notification.Ticket?.Customer.TimeZoneId
            ) ?? Settings.TimeZoneId,
            now,
            culture
        );

    private string? Link(Notification notification) =>
        notification switch
        {
            { Copy: not CopyKind.None } => null,
            { Ticket: null } => OneTimeLink(NotificationFacts.Read(notification.Data)),
            { UserId: not null } => MailLinks.Ticket(picture, notification.Ticket.Id),
            { Kind: NotificationKind.AutoAnswer, Ticket: { } ticket } => MailLinks.Answered(
                picture,
                ticket.Id,
                ticket.CustomerId,
                helped: true
            ),
            _ => MailLinks.Request(picture, notification.Ticket.Id, notification.Ticket.CustomerId),
        };

    private string? OtherLink(Notification notification) =>
        notification is { Ticket: { } ticket } && TemplatePlaceholders.HasOtherLink(notification.Kind)
            ? MailLinks.Answered(picture, ticket.Id, ticket.CustomerId, helped: false)
            : null;

    private string? OneTimeLink(IReadOnlyDictionary<string, string> facts) =>
        MailLinks.Own(picture, facts.GetValueOrDefault("link") ?? facts.GetValueOrDefault("url"));

    /// <summary>Only what customers may read ever becomes part of a letter.</summary>
    private static Message? PublicMessage(Notification notification) =>
        notification.Message is { IsPublic: true } message ? message : null;

    /// <summary>What a specialist's answer answers: the customer's last words, without those of third parties.</summary>
    private async Task<string?> EarlierAsync(Notification notification, CancellationToken cancellationToken)
    {
        const int MaxChars = 4000;
        // who gets a copy reads the answer, and nothing of what was said before
        if (notification is not { Kind: NotificationKind.Reply, Copy: CopyKind.None, MessageId: { } answer })
            return null;
        var text = await db
            .Messages.Where(m => m.TicketId == notification.TicketId && m.Id < answer)
            .Where(Message.IsCustomersOwn)
            .OrderByDescending(m => m.Id)
            .Select(m => m.Text)
            .FirstOrDefaultAsync(cancellationToken);
        return string.IsNullOrWhiteSpace(text) ? null : Tickets.Text.Cut(text, MaxChars);
    }

    // ---- the envelope and the headers

    private static string NameOf(Notification notification) =>
        notification switch
        {
            { UserId: not null } or { Ticket: null } => "",
            { Ticket.Customer: { VerifiedAt: not null } customer } => customer.Name,
            _ => "",
        };

    private string? ReplyTo(Notification notification) =>
        notification switch
        {
            { Copy: not CopyKind.None } => ReplyAddress.ForCopy(notification.Token, picture),
            { UserId: null, Ticket: { } ticket } => ReplyAddress.For(ticket.Id, ticket.CustomerId, picture),
            _ when IsAnswerable(notification) => ReplyAddress.ForStaff(notification.Token, picture),
            _ => null,
        };

    /// <summary>Whether a member of staff can answer the customer by answering this mail.</summary>
    private bool IsAnswerable(Notification notification) =>
        Settings.StaffAnswersByMail && notification is { UserId: not null, TicketId: not null };

    private string? Answered(Notification notification) =>
        notification is { UserId: null, TicketId: { } ticketId } ? lastMailOf.GetValueOrDefault(ticketId) : null;

    private List<KeyValuePair<string, string>> Marks(Notification notification)
    {
        var marks = new List<KeyValuePair<string, string>> { new(Screening.LoopHeader, LoopMark.Of(picture)) };
        if (!notification.IsAutomatic)
            return marks;
        var isAnswer = notification.Kind is NotificationKind.Acknowledgement or NotificationKind.AutoAnswer;
        marks.Add(new("Auto-Submitted", isAnswer ? "auto-replied" : "auto-generated"));
        marks.Add(new("X-Auto-Response-Suppress", "All"));
        return marks;
    }

    private async Task<Dictionary<long, string?>> LastMailsAsync(long[] tickets, CancellationToken cancellationToken)
    {
        var newest = db
            .Messages.Where(m => tickets.Contains(m.TicketId) && m.InboundMailId != null)
            .Where(Message.IsCustomersOwn) // not a colleague's, nor a stranger's
            .GroupBy(m => m.TicketId)
            .Select(g => g.Max(m => m.InboundMailId));
        var rows = await db.Set<InboundMail>()
            .Where(m => newest.Contains(m.Id) && m.TicketId != null)
            .Select(m => new { m.TicketId, m.MessageId })
            .ToListAsync(cancellationToken);
        return rows.ToDictionary(r => r.TicketId!.Value, r => r.MessageId);
    }
}

/// <summary>The languages that letters are written in: those with a set of words. The first is the default.</summary>
public static class LetterLanguages
{
    public static IReadOnlyList<CultureInfo> All { get; } = [CultureInfo.GetCultureInfo("en")];

    /// <summary>ISO 639-1 of the languages in which administrators can write words of their own.</summary>
    public static IReadOnlyList<string> Offered { get; } =
    ["en", "de", "es", "et", "fr", "it", "lt", "lv", "nl", "pl", "ru", "uk"];

    /// <param name="language">ISO 639-1; null = not known.</param>
    public static CultureInfo For(string? language) =>
        All.FirstOrDefault(c => c.TwoLetterISOLanguageName == language) ?? All[0];
}
