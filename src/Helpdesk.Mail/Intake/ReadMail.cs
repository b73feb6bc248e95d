using System.Net;
using Helpdesk.Mail.Intake.Bounces;
using Helpdesk.Mail.Intake.Replies;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Html;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Mail.Intake;

/// <summary>A mail as understood before anything is decided: pure reading, no database.</summary>
/// <param name="Author">Who is taken for the sender; null when there is no usable address.</param>
/// <param name="Note">What is to be said about it beside its own words, such as when an invitation is for; mostly empty.</param>
/// <param name="Html">Its HTML as the one sanitizer left it; null when there is none or it was too much.</param>
public sealed record ReadMail(
    ParsedMail Mail,
    Mailbox? Author,
    ScreeningVerdict Verdict,
    ReplyText Reply,
    SafeHtml? Html,
    ThreadMarks Marks,
    string Note
)
{
    private const int MaxHtmlWithNote = 4 * 1024 * 1024;

    /// <summary>Customer of mails without a usable sender. Nothing can be sent there (RFC 2606).</summary>
    public const string UnknownSender = "unknown@sender.invalid";

    /// <summary>In lower case; <see cref="UnknownSender"/> where there is none.</summary>
    public string SenderAddress => Customer.Normalize(Author?.Address ?? UnknownSender);

    /// <summary>The message itself says of nobody usable that it is theirs; at best the envelope did.</summary>
    public bool NamesNoSender =>
        Author is null
        || (Mail.Author?.Address != Author.Address && Mail.ReplyTo.All(m => m.Address != Author.Address));

    /// <summary>Quoted past and signature; null when there are none.</summary>
    public string? FoldedText
    {
        get
        {
            var folded = Reply.Parts.Where(p => p.Kind is not ReplyPartKind.Written);
            var text = string.Concat(folded.Select(p => Reply.Text.Substring(p.Start, p.Length))).Trim();
            return text.Length > 0 ? text : null;
        }
    }

    /// <summary>What the sender wrote now, and the note.</summary>
    public string VisibleText => Note.Length == 0 ? Reply.Visible : $"{Reply.Visible}\n\n{Note}".Trim();

    public bool HtmlWasDropped => Html is null && !string.IsNullOrEmpty(Mail.HtmlBody);

    public static ReadMail From(ReadOnlyMemory<byte> raw, MailEnvelope envelope, DeskPicture picture)
    {
        var parsed = MimeParser.Parse(raw);
        // what mail programs wrap messages in is opened; judged is the message as it came
        var (mail, notes) = Unpacking.Open(parsed);
        var note = NoteText.Of(notes, LetterLanguages.All[0]);
        var context = new ScreeningContext(envelope.ReturnPath, OwnAddresses(picture), LoopMark.Of(picture));
        var verdict = Screening.Judge(parsed, context);
        var marks = ThreadMarks.Find(mail, envelope, picture);
        return new(
            mail,
            AuthorOf(mail, envelope.ReturnPath),
            verdict,
            ReplyText.Read(mail),
            string.IsNullOrEmpty(mail.HtmlBody) ? null : HtmlSanitizer.Clean(WithNote(mail.HtmlBody, note)),
            verdict is { Kind: MailKind.Bounce, IsForwarded: false } ? marks.WithQuoted(mail, picture) : marks,
            note
        );
    }

    private static string WithNote(string html, string note) =>
        note.Length == 0 || html.Length > MaxHtmlWithNote
            ? html
            : $"{html}<hr><p>{WebUtility.HtmlEncode(note).Replace("\n", "<br>", StringComparison.Ordinal)}</p>";

    // a form on a web site writes from an address nobody reads and names its visitor in Reply-To
    // without a usable one whoever the sending server named may be answered
    private static Mailbox? AuthorOf(ParsedMail mail, string? returnPath)
    {
        var author = mail.Author is { } from && IsUsable(from.Address) ? from : null;
        var answers = mail.ReplyTo.FirstOrDefault(m => IsUsable(m.Address));
        return author is not null && !SenderNames.IsNoReply(author.Address)
            ? author
            : answers ?? author ?? (IsUsable(returnPath ?? "") ? new Mailbox("", returnPath!) : null);
    }

    private static bool IsUsable(string address)
    {
        var at = address.LastIndexOf('@');
        return at > 0
            && at < address.Length - 1
            && address.Length <= Customer.MaxAddressLength
            && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or ',' or ';');
    }

    private static HashSet<string> OwnAddresses(DeskPicture picture) =>
        picture
            .Settings.OtherAddresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Append(picture.Settings.SupportAddress)
            .Select(Customer.Normalize)
            .ToHashSet(StringComparer.Ordinal);
}
