using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Spam;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>One unit of work over several mails: what they all need is asked for once, their effects are left for one commit.</summary>
internal sealed class BatchWork(
    HelpdeskDbContext db,
    TicketIntake tickets,
    DeskPicture picture,
    IntakeOptions options,
    StaffAnswerOptions staffOptions,
    SpamScreening spam,
    DateTimeOffset now
)
{
    private readonly Dictionary<string, Customer> customers = new(StringComparer.Ordinal);
    private Dictionary<string, int> mailsThisHour = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<Guid, ThreadMatch> threads = new Dictionary<Guid, ThreadMatch>();
    private MovedMessages? moved;
    private readonly Speakers speakers = new(db, staffOptions);
    private readonly NamedPeople named = new(db, picture, options, staffOptions, now);

    public DateTimeOffset Now => now;

    public async Task LookUpAsync(List<(InboundMail Mail, ReadMail Read)> batch, CancellationToken cancellationToken)
    {
        threads = await ThreadMatch.LookUpAsync(db, batch.Select(b => b.Read.Marks), cancellationToken);
        var proven = batch.Select(b => ThreadMatch.Of(b.Read.Marks, threads)?.TicketId).OfType<long>().ToHashSet();
        moved = await MovedMessages.LookUpAsync(db, proven, cancellationToken);
        var senders = batch.Select(b => b.Read.SenderAddress).Distinct(StringComparer.Ordinal).ToArray();
        var anHourAgo = now.AddHours(-1);
        // without a usable sender the row's is empty; they all count as one
        mailsThisHour = await db.Set<InboundMail>()
            .Where(m => (senders.Contains(m.Sender) || m.Sender == "") && m.ReceivedAt > anHourAgo)
            .GroupBy(m => m.Sender!)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(
                g => g.Key.Length == 0 ? ReadMail.UnknownSender : g.Key,
                g => g.Count,
                StringComparer.Ordinal,
                cancellationToken
            );
        var known = db.Customers.Include(c => c.Organization).Where(c => senders.Contains(c.NormalizedAddress));
        await foreach (var customer in known.AsAsyncEnumerable().WithCancellation(cancellationToken))
            customers[customer.NormalizedAddress] = customer;
        await spam.LookUpAsync(customers.Values, cancellationToken);
    }

    /// <summary>Decides about one mail and adds its effect to the unit of work.</summary>
    public async Task ApplyAsync(InboundMail mail, ReadMail read, CancellationToken cancellationToken)
    {
        mail.Describe(read.Author?.Address, read.Mail.Subject);
        if (read.HtmlWasDropped)
            mail.Remark("html-dropped");
        foreach (var remark in read.Mail.Remarks.Select(r => r.Code).Distinct())
            mail.Remark(Kebab(remark));
        var thread = ThreadOf(read);
        var isImported = mail.Channel == InboundMail.Imported;
        var outcome = IntakeOutcome.Of(
            read,
            thread,
            CountMail(read.SenderAddress),
            isImported ? int.MaxValue : MostMailsOf(read, thread),
            mail.IsReleased,
            thread is { StaffId: not null } && !mail.IsReleased
                ? await JudgeAsync(mail, read, thread, cancellationToken)
                : null
        );
        if (outcome is IntakeOutcome.Append append)
        {
            var joined = await FindAsync(append.Thread, cancellationToken);
            var speaker = joined is null
                ? Speaker.Other
                : await speakers.OfAsync(read, joined, append.Thread, cancellationToken);
            if (joined is null)
                outcome = new IntakeOutcome.Open("opened-ticket-gone", !read.Verdict.MayAnswer);
            else if (joined.IsUnresolved || mail.IsReleased || Speakers.MayReopen(speaker, append.Thread))
                await AppendAsync(mail, read, joined, append.Thread, speaker, cancellationToken);
            else
                outcome = new IntakeOutcome.Open("opened-after-end", !read.Verdict.MayAnswer);
        }
        switch (outcome)
        {
            case IntakeOutcome.Open
                when !isImported
                    && !mail.IsReleased
                    && await spam.JudgeAsync(read, SenderOf(read), cancellationToken) is { } evidence:
                mail.Quarantine(evidence, now);
                break;
            case IntakeOutcome.Open open:
                await OpenAsync(mail, read, open, cancellationToken);
                break;
            case IntakeOutcome.Answer answer:
                await AnswerAsync(mail, read, answer.Words, cancellationToken);
                break;
            case IntakeOutcome.Ignore ignore:
                mail.Ignored(ignore.Reason, await IgnoreAsync(read, ignore, cancellationToken), now);
                break;
            case IntakeOutcome.Hold hold:
                mail.Held(ReasonOf(hold, read), await FindAsync(hold.Thread, cancellationToken), now);
                break;
        }
    }

    // what nobody sent just now was perhaps carried out long ago
    private async Task<StaffAnswer> JudgeAsync(
        InboundMail mail,
        ReadMail read,
        ThreadMatch thread,
        CancellationToken cancellationToken
    ) =>
        mail.Channel == InboundMail.Imported || mail.Has(InboundQueue.RepeatsMessageId)
            ? StaffAnswer.Doubtful("staff-repeated")
            : await new StaffAnswers(db, picture, staffOptions, now).JudgeAsync(read, thread, cancellationToken);

    private ThreadMatch? ThreadOf(ReadMail read)
    {
        if (ThreadMatch.Of(read.Marks, threads) is not { } thread)
            return null;
        return moved!.Follow(
            thread,
            read.Mail.References.Reverse().Prepend(read.Mail.InReplyTo ?? ""),
            id => picture.Tokens.TryReadMessageId(id, out _)
        );
    }

    /// <summary>Null also for mail without a sender, which has nothing in common but that.</summary>
    private Customer? SenderOf(ReadMail read) =>
        read.Author is null ? null : customers.GetValueOrDefault(read.SenderAddress);

    /// <summary>In an hour. Whom nobody has answered yet may write fewer; all mails without a sender count as one, so they have the larger number.</summary>
    private int MostMailsOf(ReadMail read, ThreadMatch? thread) =>
        thread is not null || read.Author is null || spam.Knows(SenderOf(read))
            ? options.MaxMailsPerHour
            : Math.Min(options.MaxMailsPerHour, spam.Rules.MostMailsOfUnknown);

    private string ReasonOf(IntakeOutcome.Hold hold, ReadMail read) =>
        hold is { Reason: "too-many", Thread: null } && mailsThisHour[read.SenderAddress] <= options.MaxMailsPerHour
            ? InboundMail.Burst
            : hold.Reason;

    private int CountMail(string sender)
    {
        var before = mailsThisHour.GetValueOrDefault(sender);
        mailsThisHour[sender] = before + 1;
        return before;
    }

    private async Task<Ticket?> FindAsync(ThreadMatch? thread, CancellationToken cancellationToken) =>
        thread is null ? null : await TicketIntake.ForChangeAsync(db, thread.TicketId, cancellationToken);

    // ---- effects

    private async Task OpenAsync(
        InboundMail mail,
        ReadMail read,
        IntakeOutcome.Open open,
        CancellationToken cancellationToken
    )
    {
        var address = read.Author?.Address ?? ReadMail.UnknownSender;
        if (customers.TryAdd(read.SenderAddress, null!))
        {
            // added here, so that nobody asks the database for whom we know not to be there
            customers[read.SenderAddress] = new Customer(address, read.Author?.Name, now)
            {
                // the ticket says so beforehand: what is answered there reaches nobody
                UndeliverableAt = read.Author is null ? now : null,
            };
            db.Customers.Add(customers[read.SenderAddress]);
        }
        var content = await ContentAsync(mail, read, "none", fromOther: false, cancellationToken);
        var request = new NewRequest
        {
            Channel = Channel.Email,
            CustomerAddress = address,
            CustomerName = read.Author?.Name,
            Subject = read.Mail.Subject ?? "",
            Content = content,
            // whoever wrote long ago does not want to hear today that we have it
            IsAutomatic = open.IsAutomatic || mail.Channel == InboundMail.Imported,
        };
        var ticket = await tickets.OpenAsync(db, request, cancellationToken);
        await named.TakeAsync(mail, read, ticket, ticket.Messages[0], isOpening: true, cancellationToken);
        // a supervisor let it in: its sender is known from now on
        if (mail is { IsReleased: true } && read.Author is not null)
            ticket.VouchFor();
        mail.Done(open.Reason, ticket, now);
    }

    private async Task AppendAsync(
        InboundMail mail,
        ReadMail read,
        Ticket ticket,
        ThreadMatch thread,
        Speaker speaker,
        CancellationToken cancellationToken
    )
    {
        var isCustomer = speaker is Speaker.Customer;
        if (isCustomer && thread.CopyTo is null)
            ticket.Customer.VerifiedAt ??= now; // the token was sent to this address alone, and came back from it
        var reason = thread.CopyTo is not null && thread.Reason != MovedMessages.Reason ? "copy" : thread.Reason;
        var content = await ContentAsync(mail, read, reason, fromOther: !isCustomer, cancellationToken);
        var actor = isCustomer
            ? Actor.Customer(ticket.Customer)
            : new Actor(ActorKind.Customer, Id: null, Text.OneLine(read.Author?.Name, Customer.MaxNameLength));
        var message = await tickets.AppendAsync(ticket, content, actor, cancellationToken: cancellationToken);
        if (isCustomer)
            await named.TakeAsync(mail, read, ticket, message, isOpening: false, cancellationToken);
        mail.Done(reason, ticket, now);
    }

    /// <summary>As if it had been written on the desk. Only what was written now goes out: no formatting, no quoted past, no pictures of a signature.</summary>
    private async Task AnswerAsync(
        InboundMail mail,
        ReadMail read,
        StaffAnswer answer,
        CancellationToken cancellationToken
    )
    {
        var files = new List<Attachment>();
        foreach (var file in read.Mail.Attachments.Where(StaffAnswers.IsFileOfTheirs))
            files.Add(await StoreAsync(file, files.Count + 1, cancellationToken));
        var ticket = answer.Ticket!;
        var reply = ticket.Reply(
            new MessageContent
            {
                Text = answer.Text,
                ThreadReason = "staff-reply",
                InboundMailId = mail.Id,
                Attachments = files,
            },
            answer.By!,
            TicketStatus.Waiting,
            picture.TermsOf(ticket),
            now
        );
        await db.Entry(ticket).Collection(t => t.Participants).LoadAsync(cancellationToken);
        var ours = await OwnAddresses.LoadAsync(db, picture.Settings, cancellationToken);
        ticket.CopyAnswerToParticipants(reply, ours.Has, now);
        mail.Done("staff-reply", ticket, now);
    }

    private async Task<Ticket?> IgnoreAsync(
        ReadMail read,
        IntakeOutcome.Ignore ignore,
        CancellationToken cancellationToken
    )
    {
        if (ignore.Reason == "bounce")
            return await DeliveryReport.ApplyAsync(db, read, ignore.Thread, now, cancellationToken);
        return await FindAsync(ignore.Thread, cancellationToken);
    }

    private async Task<MessageContent> ContentAsync(
        InboundMail mail,
        ReadMail read,
        string threadReason,
        bool fromOther,
        CancellationToken cancellationToken
    )
    {
        var attachments = new List<Attachment>(read.Mail.Attachments.Count);
        foreach (var file in read.Mail.Attachments)
            attachments.Add(await StoreAsync(file, attachments.Count + 1, cancellationToken));
        return new MessageContent
        {
            Text = read.VisibleText,
            FoldedText = read.FoldedText,
            Html = read.Html,
            ThreadReason = threadReason,
            FromOtherSender = fromOther,
            SenderAddress = fromOther ? read.SenderAddress : null,
            SenderName = read.Author?.Name,
            InboundMailId = mail.Id,
            Attachments = attachments,
        };
    }

    private async Task<Attachment> StoreAsync(MailAttachment file, int number, CancellationToken cancellationToken) =>
        new()
        {
            Name = Text.OneLine(file.Name, Attachment.MaxNameLength) is { Length: > 0 } name
                ? name
                : $"attachment-{number.ToStringInvariant()}",
            ContentType = Text.OneLine(file.ContentType, 120),
            Size = file.Content.Length,
            BlobHash = await Blob.PutAsync(db, file.Content, cancellationToken),
            ContentId = file.ContentId is { Length: > 0 and <= 255 } id ? id : null,
            IsInline = file.Inline,
        };

    /// <summary><c>HeadersCut</c> as <c>headers-cut</c>.</summary>
    private static string Kebab(MailRemarkCode code) =>
        string.Concat(
            code.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : $"{c}")
        );
}
