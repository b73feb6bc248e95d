using Helpdesk.Mail.Alerts;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Helpdesk.Mail.Spam;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail;

/// <summary>The tables of mail. Queues are read through partial indexes: their cost does not grow with what was handled.</summary>
public sealed class MailModelPart : IModelPart
{
    public void Build(ModelBuilder model)
    {
        model.Entity<InboundMail>(mail =>
        {
            mail.ToTable("InboundMails");
            mail.Property(m => m.MessageKey).HasMaxLength(MailFingerprint.KeyLength);
            mail.Property(m => m.ContentKey).HasMaxLength(MailFingerprint.KeyLength);
            mail.Property(m => m.MessageId).HasMaxLength(InboundMail.MaxMessageIdLength);
            mail.Property(m => m.Channel).HasMaxLength(8);
            mail.Property(m => m.ReturnPath).HasMaxLength(SmtpPath.MaxAddressLength);
            mail.Property(m => m.Reason).HasMaxLength(InboundMail.MaxReasonLength);
            mail.Property(m => m.Remarks).HasMaxLength(InboundMail.MaxRemarksLength);
            mail.Property(m => m.Sender).HasMaxLength(SmtpPath.MaxAddressLength);
            mail.Property(m => m.Subject).HasMaxLength(Ticket.MaxSubjectLength);
            mail.Property(m => m.SpamEvidence).HasMaxLength(SpamEvidence.MaxLength);
            mail.Property(m => m.Attempts).IsConcurrencyToken();
            // two people who decide at once: the attempts alone may be the same again
            mail.Property(m => m.State).IsConcurrencyToken();
            mail.HasOne(m => m.Raw).WithOne().HasForeignKey<RawMail>(r => r.InboundMailId);
            mail.HasOne(m => m.Ticket).WithMany().HasForeignKey(m => m.TicketId).OnDelete(DeleteBehavior.SetNull);
            mail.HasIndex(m => new { m.MessageKey, m.ContentKey }).IsUnique();
            mail.HasIndex(m => m.NextAttemptAt, "IX_InboundMails_Pending").HasFilter("\"State\" = 0");
            // by state: a full quarantine costs the other lists nothing
            mail.HasIndex(m => new { m.State, m.Id }, "IX_InboundMails_Kept").HasFilter("\"State\" >= 3");
            mail.HasIndex(m => new { m.Sender, m.ReceivedAt });
            mail.HasIndex(m => new { m.MailboxId, m.ReceivedAt }, "IX_InboundMails_Mailbox")
                .HasFilter("\"MailboxId\" IS NOT NULL");
        });
        model.Entity<RawMail>(raw =>
        {
            raw.ToTable("RawMails");
            raw.HasKey(r => r.InboundMailId);
        });
        model.Entity<ImapMailbox>(mailbox =>
        {
            mailbox.ToTable("Mailboxes");
            mailbox.Property(m => m.Host).HasMaxLength(ImapMailbox.MaxHostLength);
            mailbox.Property(m => m.UserName).HasMaxLength(ImapMailbox.MaxNameLength);
            mailbox.Property(m => m.Folder).HasMaxLength(ImapMailbox.MaxFolderLength);
            mailbox.Property(m => m.MoveTo).HasMaxLength(ImapMailbox.MaxFolderLength);
            mailbox.Property(m => m.TokenEndpoint).HasMaxLength(ImapMailbox.MaxTokenFieldLength);
            mailbox.Property(m => m.TokenClientId).HasMaxLength(ImapMailbox.MaxTokenFieldLength);
            mailbox.Property(m => m.TokenScope).HasMaxLength(ImapMailbox.MaxTokenFieldLength);
            mailbox.Property(m => m.LastError).HasMaxLength(ImapMailbox.MaxErrorLength);
            mailbox.Ignore(m => m.Address);
            mailbox.HasMany<InboundMail>().WithOne().HasForeignKey(m => m.MailboxId).OnDelete(DeleteBehavior.SetNull);
        });
        model.Entity<MailTemplate>(template =>
        {
            template.ToTable("MailTemplates");
            template.HasKey(t => new
            {
                t.Kind,
                t.Language,
                t.TeamId,
            });
            template.Property(t => t.Language).HasMaxLength(8);
        });
        model.Entity<MailSignature>(signature =>
        {
            signature.ToTable("MailSignatures");
            signature.HasKey(s => new { s.Language, s.TeamId });
            signature.Property(s => s.Language).HasMaxLength(8);
            signature.Property(s => s.Text).HasMaxLength(MailSignature.MaxTextLength);
        });
        model.Entity<MailAlert>(alert =>
        {
            alert.ToTable("MailAlerts");
            alert.HasKey(a => a.About);
            alert.Property(a => a.About).ValueGeneratedNever();
            // two nodes that look at once: one tells
            alert.Property(a => a.RaisedAt).IsConcurrencyToken();
        });
        model.Entity<OutgoingToken>(token =>
        {
            token.ToTable("OutgoingTokens");
            token.HasKey(t => t.Key);
            token.Property(t => t.Key).HasMaxLength(64);
        });
    }
}
