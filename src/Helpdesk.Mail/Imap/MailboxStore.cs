using System.Globalization;
using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Imap;

/// <summary>What became of a mail that a visit got past.</summary>
internal enum MailFate
{
    Taken,
    Repeated,
    Left,
    Old,
    Vanished,
}

/// <summary>Where a visit puts mails: among those that came in, with the disk's word for it, or on the list of those that stay on the server.</summary>
internal sealed class MailboxStore(MailboxHouse house, MailboxRow row)
{
    public async Task StoreAsync(
        List<(ImapMailFacts Fact, byte[] Raw)> mails,
        Dictionary<uint, MailFate> fates,
        CancellationToken cancellationToken
    )
    {
        var envelopes = new List<MailEnvelope>(mails.Count);
        foreach (var (_, raw) in mails)
            envelopes.Add(await EnvelopeAsync(raw, cancellationToken));
        // all at once: they share one sync of the disk
        var answers = await Task.WhenAll(
            mails.Select((m, i) => house.Accept(m.Raw, envelopes[i], cancellationToken).AsTask())
        );
        for (var i = 0; i < mails.Count; i++)
        {
            fates[mails[i].Fact.Uid] = answers[i] switch
            {
                Acceptance.Stored { AlreadyThere: true } => MailFate.Repeated,
                Acceptance.Stored => MailFate.Taken,
                Acceptance.TryLater { DiskFull: true } => throw new ImapException(
                    ImapTroubleKind.Storage,
                    "The desk's disk is full."
                ),
                _ => throw new ImapException(ImapTroubleKind.Storage, "The desk's database did not take the mail."),
            };
        }
    }

    /// <summary>The envelope is gone when a mail lies in a mailbox; what the last server wrote on top is as near as one comes.</summary>
    private async Task<MailEnvelope> EnvelopeAsync(byte[] raw, CancellationToken cancellationToken)
    {
        var header = HeaderBlock.Read(raw, 0, raw.Length, isPart: false, MailLimits.Default, out _, out _);
        var returnPath = header.First("Return-Path")?.Trim().Trim('<', '>').Trim();
        if (returnPath is null && AddressList.Parse(header.First("From") ?? "", 1, out _) is [var author, ..])
            returnPath = author.Address;
        List<string> recipients = [];
        foreach (var name in (string[])["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"])
        {
            foreach (var value in header.All(name).Take(10))
            {
                var address = value.Trim().Trim('<', '>').Trim();
                if (recipients.Count < 10 && await house.IsOurAddress(address, cancellationToken))
                    recipients.Add(address);
            }
        }
        if (recipients.Count == 0)
            recipients.Add(
                row.Current.Address ?? (await house.Directory.GetAsync(cancellationToken)).Settings.SupportAddress
            );
        return new(returnPath ?? "", [.. recipients.Distinct(StringComparer.OrdinalIgnoreCase)], "imap")
        {
            MailboxId = row.Id,
        };
    }

    /// <summary>Too large to take: the beginning of it tells whose it is.</summary>
    public async Task LeaveAsync(
        ImapMailFacts fact,
        byte[] beginning,
        Dictionary<uint, MailFate> fates,
        CancellationToken cancellationToken
    )
    {
        _ = HeaderBlock.Read(beginning, 0, beginning.Length, isPart: false, MailLimits.Default, out var body, out _);
        await LeaveAsync(fact, MailboxVisit.TooLarge, beginning[..Math.Min(body, beginning.Length)], cancellationToken);
        fates[fact.Uid] = MailFate.Left;
    }

    /// <summary>What stays on the server gets a row all the same, with its header where there is one: supervisors see it among the unprocessable.</summary>
    public async Task LeaveAsync(ImapMailFacts fact, string reason, byte[]? header, CancellationToken cancellationToken)
    {
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"X-Helpdesk-Left-On-Server: {reason}; {row.Current.Folder}; UID {fact.Uid} of {row.Current.UidValidity}; {fact.SizeBytes} bytes\r\n"
        );
        byte[] raw = [.. Encoding.UTF8.GetBytes(note), .. header ?? "\r\n"u8];
        var mail = InboundMail.Of(raw, await EnvelopeAsync(raw, cancellationToken), house.Time.GetUtcNow());
        var parsed = MimeParser.Parse(raw);
        mail.Describe(parsed.Author?.Address, parsed.Subject);
        mail.LeftOnServer(reason, house.Time.GetUtcNow());
        await using var db = await house.Databases.CreateDbContextAsync(cancellationToken);
        if (
            !await db.Set<InboundMail>()
                .AnyAsync(m => m.MessageKey == mail.MessageKey && m.ContentKey == mail.ContentKey, cancellationToken)
        )
        {
            db.Add(mail);
            await db.SaveChangesAsync(cancellationToken);
        }
    }
}
