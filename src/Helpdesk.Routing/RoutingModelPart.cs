using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Emerging;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing;

/// <summary>The tables of routing.</summary>
public sealed class RoutingModelPart : IModelPart
{
    public void Build(ModelBuilder model)
    {
        model.Entity<RoutingDecision>(decision =>
        {
            decision.ToTable("RoutingDecisions");
            decision.Ignore(d => d.Details);
            decision.HasOne<Ticket>().WithMany().HasForeignKey(d => d.TicketId);
            decision.HasIndex(d => new { d.TicketId, d.Id });
            decision.HasIndex(d => new { d.At, d.SpecialistId });
        });
        model.Entity<ClassifierModel>(trained =>
        {
            trained.ToTable("ClassifierModels");
            trained.Property(m => m.Format).HasMaxLength(ClassifierModel.MaxFormatLength);
            trained.Property(m => m.PromotedBy).HasMaxLength(RuleChange.MaxNameLength);
            trained.HasOne(m => m.Blob).WithMany().HasForeignKey(m => m.BlobHash).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<HeldOutReading>(reading =>
        {
            reading.ToTable("HeldOutReadings");
            reading.HasKey(r => new { r.ModelId, r.TicketId });
            reading.HasOne<ClassifierModel>().WithMany().HasForeignKey(r => r.ModelId);
            reading.HasOne<Ticket>().WithMany().HasForeignKey(r => r.TicketId);
        });
        model.Entity<LabelShift>(shift =>
        {
            shift.ToTable("LabelShifts");
            shift.Property(s => s.UserName).HasMaxLength(LabelShift.MaxNameLength);
            shift.HasOne(s => s.ToTopic).WithMany().HasForeignKey(s => s.ToTopicId);
            // two supervisors at once: one decides
            shift.Property(s => s.State).IsConcurrencyToken();
            shift.HasIndex(s => new { s.State, s.Id });
            shift.Property(s => s.OpenKey).HasMaxLength(60);
            shift.HasIndex(s => s.OpenKey).IsUnique();
        });
        model.Entity<TopicPhrase>(phrase =>
        {
            phrase.ToTable("TopicPhrases");
            phrase.Property(p => p.Text).HasMaxLength(TopicPhrase.MaxLength);
            phrase.HasOne<Topic>().WithMany().HasForeignKey(p => p.TopicId);
        });
        model.Entity<RuleChange>(change =>
        {
            change.ToTable("RoutingRules");
            change.Property(c => c.ByName).HasMaxLength(RuleChange.MaxNameLength);
        });
        model.Entity<ObservedAnswer>(answer =>
        {
            answer.ToTable("ObservedAnswers");
            answer.HasOne(a => a.Ticket).WithMany().HasForeignKey(a => a.TicketId);
            // never a second one in a conversation
            answer.HasIndex(a => a.TicketId).IsUnique();
            answer.HasIndex(a => new { a.TopicId, a.At });
            // 2 is AnswerVerdict.Wrong
            answer.HasIndex(a => new { a.TopicId, a.At }, "IX_ObservedAnswers_Wrong").HasFilter("\"Verdict\" = 2");
            answer.HasIndex(a => a.At);
            // 0 is AnswerVerdict.Open
            answer.HasIndex(a => a.Id, "IX_ObservedAnswers_Open").HasFilter("\"Verdict\" = 0");
            answer.HasIndex(a => new { a.IsSent, a.Id });
        });
        model.Entity<AnsweringChange>(change =>
        {
            change.ToTable("AnsweringChanges");
            change.Property(c => c.ExcludedTiers).HasMaxLength(200);
            change.Property(c => c.ByName).HasMaxLength(RuleChange.MaxNameLength);
            change.Property(c => c.Reason).HasMaxLength(AnsweringChange.MaxReasonLength);
            change.HasOne<Topic>().WithMany().HasForeignKey(c => c.TopicId);
            change.HasIndex(c => new { c.TopicId, c.Number }).IsUnique();
        });
        model.Entity<Problem>(problem =>
        {
            problem.ToTable("Problems");
            problem.Property(p => p.Title).HasMaxLength(Problem.MaxTitleLength);
            problem.Property(p => p.DecidedBy).HasMaxLength(RuleChange.MaxNameLength);
            problem.Property(p => p.Version).IsConcurrencyToken();
            // 2 is ProblemState.Resolved
            problem.HasIndex(p => p.Id, "IX_Problems_Live").HasFilter("\"State\" < 2");
        });
        model.Entity<ProblemTicket>(ticket =>
        {
            ticket.ToTable("ProblemTickets");
            ticket.HasKey(t => t.TicketId);
            ticket.Property(t => t.TicketId).ValueGeneratedNever();
            ticket.HasOne<Ticket>().WithOne().HasForeignKey<ProblemTicket>(t => t.TicketId);
            ticket.HasOne<Problem>().WithMany(p => p.Tickets).HasForeignKey(t => t.ProblemId);
        });
        model.Entity<AssignmentTurn>(turn =>
        {
            turn.ToTable("AssignmentTurns");
            turn.HasKey(t => t.SpecialistId);
            turn.HasOne<Specialist>().WithOne().HasForeignKey<AssignmentTurn>(t => t.SpecialistId);
            turn.Property(t => t.Version).IsConcurrencyToken();
        });
    }
}
