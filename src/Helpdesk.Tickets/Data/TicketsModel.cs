using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Canned;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.Links;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Data;

/// <summary>The tables of this module. Lists read unresolved tickets only, through partial indexes: their cost does not grow with history.</summary>
internal static class TicketsModel
{
    // both engines read this the same way; 3 is TicketStatus.Resolved
    private const string Unresolved = "\"Status\" < 3";
    private const string PersonWanted = "\"PersonWantedAt\" IS NOT NULL AND " + Unresolved;

    public static void Build(ModelBuilder model)
    {
        Tickets(model);
        People(model);
        Promises(model);
        Desk(model);
        CannedTexts(model);
    }

    private static void Tickets(ModelBuilder model)
    {
        model.Entity<Ticket>(ticket =>
        {
            ticket.Property(t => t.Subject).HasMaxLength(Ticket.MaxSubjectLength);
            ticket.Property(t => t.Language).HasMaxLength(8);
            ticket.Property(t => t.Version).IsConcurrencyToken();
            ticket
                .HasOne(t => t.Customer)
                .WithMany()
                .HasForeignKey(t => t.CustomerId)
                .OnDelete(DeleteBehavior.Restrict);
            ticket.HasOne(t => t.Topic).WithMany().HasForeignKey(t => t.TopicId).OnDelete(DeleteBehavior.Restrict);
            ticket.HasOne(t => t.Team).WithMany().HasForeignKey(t => t.TeamId).OnDelete(DeleteBehavior.Restrict);
            ticket
                .HasOne(t => t.Specialist)
                .WithMany()
                .HasForeignKey(t => t.SpecialistId)
                .OnDelete(DeleteBehavior.Restrict);
            ticket.HasMany(t => t.Escalations).WithOne().HasForeignKey(e => e.TicketId);
            ticket.HasIndex(t => new { t.SpecialistId, t.DueAt }).HasFilter(Unresolved);
            ticket.HasIndex(t => new { t.TeamId, t.DueAt }).HasFilter(Unresolved);
            ticket.HasIndex(t => t.DueAt).HasFilter(Unresolved);
            ticket.HasIndex(t => t.NextEscalationAt).HasFilter("\"NextEscalationAt\" IS NOT NULL");
            ticket
                .HasIndex(t => t.CreatedAt, "IX_Tickets_Unassigned")
                .HasFilter("\"SpecialistId\" IS NULL AND " + Unresolved);
            ticket.HasIndex(t => t.Id, "IX_Tickets_Unrouted").HasFilter("\"RoutedAt\" IS NULL AND " + Unresolved);
            ticket.HasIndex(t => t.PersonWantedAt).HasFilter(PersonWanted);
            ticket.HasIndex(t => new { t.SpecialistId, t.PersonWantedAt }).HasFilter(PersonWanted);
            ticket.HasIndex(t => new { t.TeamId, t.PersonWantedAt }).HasFilter(PersonWanted);
            // 1 is AutoAnswerState.Sent
            ticket.HasIndex(t => t.AutoAnsweredAt).HasFilter("\"AutoAnswer\" = 1");
            ticket.HasIndex(t => new { t.CustomerId, t.CreatedAt });
            ticket.HasIndex(t => t.CustomerId, "IX_Tickets_Judged").HasFilter("\"IsSpam\" IS NOT NULL");
            ticket.HasIndex(t => t.Id, "IX_Tickets_LatelyJudged").HasFilter("\"IsSpam\" IS NOT NULL");
            ticket.HasIndex(t => t.CustomerId, "IX_Tickets_Answered").HasFilter("\"Replies\" > 0");
            // all that counting needs
            ticket.HasIndex(t => new
            {
                t.CreatedAt,
                t.TopicId,
                t.IsEmptied,
                t.IsSpam,
            });
            ticket.HasIndex(t => t.ResolvedAt).HasFilter("\"Status\" = 3");
        });
        model.Entity<Message>(message =>
        {
            message.ToTable("Messages");
            message.HasOne(m => m.Ticket).WithMany(t => t.Messages).HasForeignKey(m => m.TicketId);
            message.HasMany(m => m.Attachments).WithOne().HasForeignKey(a => a.MessageId);
            message.Property(m => m.AuthorName).HasMaxLength(254);
            message.Property(m => m.ThreadReason).HasMaxLength(40);
            message.Property(m => m.SenderAddress).HasMaxLength(Customer.MaxAddressLength);
            message.HasIndex(m => m.MovedFromTicketId).HasFilter("\"MovedFromTicketId\" IS NOT NULL");
            message.HasIndex(m => m.InboundMailId).IsUnique().HasFilter("\"InboundMailId\" IS NOT NULL");
        });
        model.Entity<Attachment>(attachment =>
        {
            attachment.ToTable("Attachments");
            attachment.Property(a => a.Name).HasMaxLength(Attachment.MaxNameLength);
            attachment.Property(a => a.ContentType).HasMaxLength(120);
            attachment.Property(a => a.ContentId).HasMaxLength(255);
            attachment.HasOne<Blob>().WithMany().HasForeignKey(a => a.BlobHash).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<TicketEvent>(change =>
        {
            change.ToTable("TicketEvents");
            change.HasOne(e => e.Ticket).WithMany(t => t.Events).HasForeignKey(e => e.TicketId);
            change.Property(e => e.ActorId).HasMaxLength(64);
            change.Property(e => e.ActorName).HasMaxLength(254);
        });
        model.Entity<TicketEscalation>(escalation =>
        {
            escalation.ToTable("Escalations");
            escalation
                .HasIndex(e => new
                {
                    e.TicketId,
                    e.Target,
                    e.Cycle,
                    e.Percent,
                })
                .IsUnique();
            escalation.HasIndex(e => e.ActedAt);
        });
        model.Entity<Notification>(notification =>
        {
            notification.ToTable("Notifications");
            notification.HasOne(n => n.Ticket).WithMany(t => t.Notifications).HasForeignKey(n => n.TicketId);
            notification
                .HasOne(n => n.Message)
                .WithMany()
                .HasForeignKey(n => n.MessageId)
                .OnDelete(DeleteBehavior.Restrict);
            notification.Property(n => n.Address).HasMaxLength(Customer.MaxAddressLength);
            notification.Property(n => n.MailMessageId).HasMaxLength(255);
            notification.Property(n => n.MailRemark).HasMaxLength(500);
            notification.HasIndex(n => n.Token).IsUnique();
            notification.HasIndex(n => n.MailNextAttemptAt).HasFilter("\"MailState\" = 1");
            notification.HasIndex(n => n.Id, "IX_Notifications_Undelivered").HasFilter("\"MailState\" = 3");
            notification
                .HasIndex(n => new { n.UserId, n.Id })
                .HasFilter("\"UserId\" IS NOT NULL AND \"SeenAt\" IS NULL");
            notification
                .HasIndex(n => new { n.UserId, n.Id }, "IX_Notifications_Seen")
                .HasFilter("\"UserId\" IS NOT NULL AND \"SeenAt\" IS NOT NULL");
            notification.HasIndex(n => new { n.Address, n.MailSentAt });
        });
        model.Entity<Participant>(participant =>
        {
            participant.ToTable("Participants");
            participant.HasOne(p => p.Ticket).WithMany(t => t.Participants).HasForeignKey(p => p.TicketId);
            participant
                .HasOne(p => p.Message)
                .WithMany()
                .HasForeignKey(p => p.MessageId)
                .OnDelete(DeleteBehavior.SetNull);
            participant.Property(p => p.Address).HasMaxLength(Customer.MaxAddressLength);
            participant.Property(p => p.NormalizedAddress).HasMaxLength(Customer.MaxAddressLength);
            participant.Property(p => p.Name).HasMaxLength(Customer.MaxNameLength);
            participant.HasIndex(p => new { p.TicketId, p.NormalizedAddress }).IsUnique();
        });
        model.Entity<TicketLink>(link =>
        {
            link.ToTable("TicketLinks");
            link.HasOne(l => l.From).WithMany().HasForeignKey(l => l.FromId).OnDelete(DeleteBehavior.Restrict);
            link.HasOne(l => l.To).WithMany().HasForeignKey(l => l.ToId).OnDelete(DeleteBehavior.Restrict);
            link.HasIndex(l => new
                {
                    l.FromId,
                    l.ToId,
                    l.Kind,
                })
                .IsUnique();
            link.HasIndex(l => l.ToId);
        });
        model.Entity<SubmissionKey>(key =>
        {
            key.HasKey(k => k.Key);
            key.Property(k => k.Key).HasMaxLength(SubmissionKey.MaxLength);
            key.HasOne(k => k.Ticket).WithMany().HasForeignKey(k => k.TicketId);
        });
        model
            .Entity<Draft>()
            .HasKey(d => new
            {
                d.TicketId,
                d.UserId,
                d.IsNote,
            });
        model.Entity<Topic>(topic =>
        {
            topic.Property(t => t.Key).HasMaxLength(80);
            topic.HasIndex(t => t.Key).IsUnique();
            topic.Property(t => t.Name).HasMaxLength(120);
            topic.HasOne(t => t.Parent).WithMany().HasForeignKey(t => t.ParentId).OnDelete(DeleteBehavior.Restrict);
            topic.HasOne(t => t.Team).WithMany().HasForeignKey(t => t.TeamId).OnDelete(DeleteBehavior.SetNull);
            topic.HasOne(t => t.Skill).WithMany().HasForeignKey(t => t.SkillId).OnDelete(DeleteBehavior.SetNull);
        });
    }

    private static void People(ModelBuilder model)
    {
        model.Entity<AppUser>(user =>
        {
            user.HasOne(u => u.Customer).WithMany().HasForeignKey(u => u.CustomerId).OnDelete(DeleteBehavior.SetNull);
            user.Property(u => u.DisplayName).HasMaxLength(Customer.MaxNameLength);
        });
        model.Entity<SavedView>(view =>
        {
            view.Property(v => v.Name).HasMaxLength(SavedView.MaxNameLength);
            view.Property(v => v.Address).HasMaxLength(SavedView.MaxAddressLength);
            view.HasIndex(v => new { v.UserId, v.Name }).IsUnique();
            view.HasOne<AppUser>().WithMany().HasForeignKey(v => v.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Customer>(customer =>
        {
            customer.Property(c => c.Address).HasMaxLength(Customer.MaxAddressLength);
            customer.Property(c => c.NormalizedAddress).HasMaxLength(Customer.MaxAddressLength);
            customer.HasIndex(c => c.NormalizedAddress).IsUnique();
            customer.Property(c => c.Name).HasMaxLength(Customer.MaxNameLength);
        });
        model.Entity<TeamMember>(member =>
        {
            member.HasKey(m => new { m.TeamId, m.SpecialistId });
            member.HasOne(m => m.Team).WithMany(t => t.Members).HasForeignKey(m => m.TeamId);
            member.HasOne(m => m.Specialist).WithMany(s => s.Teams).HasForeignKey(m => m.SpecialistId);
        });
        model.Entity<Team>(team =>
        {
            team.HasOne(t => t.Lead).WithMany().HasForeignKey(t => t.LeadId).OnDelete(DeleteBehavior.SetNull);
        });
        model.Entity<Specialist>(specialist =>
        {
            specialist.Property(s => s.Id).ValueGeneratedNever();
            specialist
                .HasOne<AppUser>()
                .WithOne()
                .HasForeignKey<Specialist>(s => s.Id)
                .OnDelete(DeleteBehavior.Restrict);
            specialist
                .HasOne(s => s.BusinessHours)
                .WithMany()
                .HasForeignKey(s => s.BusinessHoursId)
                .OnDelete(DeleteBehavior.SetNull);
        });
        model.Entity<Skill>().HasIndex(s => s.Key).IsUnique();
        model.Entity<SpecialistSkill>(skill =>
        {
            skill.ToTable("SpecialistSkills");
            skill.HasKey(s => new { s.SpecialistId, s.SkillId });
            skill.HasOne(s => s.Specialist).WithMany(s => s.Skills).HasForeignKey(s => s.SpecialistId);
            skill.HasOne(s => s.Skill).WithMany().HasForeignKey(s => s.SkillId);
        });
    }

    private static void Promises(ModelBuilder model)
    {
        model.Entity<BusinessHours>().Ignore(h => h.Holidays);
        model.Entity<SlaPromise>(promise =>
        {
            promise.ToTable("SlaPromises");
            promise.HasKey(p => new { p.SlaPolicyId, p.Priority });
        });
        model.Entity<EscalationRule>(rule =>
        {
            rule.ToTable("EscalationRules");
            rule.HasKey(r => new { r.SlaPolicyId, r.Percent });
        });
        model.Entity<SlaPolicy>(policy =>
        {
            policy
                .HasOne(p => p.BusinessHours)
                .WithMany()
                .HasForeignKey(p => p.BusinessHoursId)
                .OnDelete(DeleteBehavior.Restrict);
            policy.HasMany(p => p.Promises).WithOne().HasForeignKey(p => p.SlaPolicyId);
            policy.HasMany(p => p.Escalations).WithOne().HasForeignKey(r => r.SlaPolicyId);
        });
    }

    private static void Desk(ModelBuilder model)
    {
        model.Entity<DeskSettings>(settings =>
        {
            settings.Property(s => s.Id).ValueGeneratedNever();
            settings.Property(s => s.SigningKey);
            settings.Property(s => s.BrandColor).HasMaxLength(7);
            settings.HasOne<Blob>().WithMany().HasForeignKey(s => s.LogoHash).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Blob>(blob =>
        {
            blob.HasKey(b => b.Hash);
            blob.Property(b => b.Hash).HasMaxLength(64);
        });
        model.Entity<OneTimeLink>(link =>
        {
            link.HasIndex(l => l.Hash).IsUnique();
            link.Property(l => l.UsedAt).IsConcurrencyToken();
        });
        model.Entity<ApiToken>().HasIndex(t => t.Hash).IsUnique();
        // what tokens could do before they had rights
        model
            .Entity<ApiToken>()
            .Property(t => t.Rights)
            .HasDefaultValue(ApiRights.Tickets | ApiRights.Mail | ApiRights.Articles)
            .ValueGeneratedNever();
        model.Entity<AdministrationChange>(change =>
        {
            change.ToTable("AdministrationChanges");
            change.Ignore(c => c.Fields);
            change.Property(c => c.ByName).HasMaxLength(Customer.MaxNameLength);
            change.Property(c => c.Area).HasMaxLength(40);
            change.Property(c => c.Kind).HasMaxLength(80);
            change.Property(c => c.Subject).HasMaxLength(AdministrationChange.MaxSubjectLength);
            change.HasIndex(c => new { c.Area, c.Id });
        });
        model.Entity<SpamRules>(rules =>
        {
            rules.ToTable("SpamRules");
            rules.Property(r => r.ByName).HasMaxLength(SpamRules.MaxNameLength);
            rules.Property(r => r.HeaderName).HasMaxLength(SpamRules.MaxHeaderLength);
            rules.Property(r => r.HeaderValue).HasMaxLength(SpamRules.MaxHeaderLength);
        });
    }

    private static void CannedTexts(ModelBuilder model)
    {
        model.Entity<CannedText>(text =>
        {
            text.Ignore(t => t.Owner);
            text.Property(t => t.Key).HasMaxLength(CannedText.MaxKeyLength);
            text.Property(t => t.Name).HasMaxLength(CannedText.MaxNameLength);
            text.Property(t => t.AuthorName).HasMaxLength(Customer.MaxNameLength);
            text.Property(t => t.Version).IsConcurrencyToken();
            text.HasOne<Team>().WithMany().HasForeignKey(t => t.TeamId).OnDelete(DeleteBehavior.Cascade);
            text.HasOne<AppUser>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
            text.HasMany(t => t.Uses).WithOne().HasForeignKey(u => u.CannedTextId);
            // what is null differs from everything, so that each kind of owner has an index of its own
            text.HasIndex(t => t.Key, "IX_CannedTexts_Everybody")
                .IsUnique()
                .HasFilter("\"TeamId\" IS NULL AND \"UserId\" IS NULL");
            text.HasIndex(t => new { t.TeamId, t.Key }).IsUnique().HasFilter("\"TeamId\" IS NOT NULL");
            text.HasIndex(t => new { t.UserId, t.Key }).IsUnique().HasFilter("\"UserId\" IS NOT NULL");
        });
        model.Entity<CannedTextUse>(use =>
        {
            use.ToTable("CannedTextUses");
            use.HasKey(u => new { u.CannedTextId, u.UserId });
            use.HasOne<AppUser>().WithMany().HasForeignKey(u => u.UserId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
