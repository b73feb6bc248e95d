using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Deflection;
using Helpdesk.Knowledge.Growing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge;

/// <summary>The tables of the knowledge base.</summary>
public sealed class KnowledgeModelPart : IModelPart
{
    public void Build(ModelBuilder model)
    {
        model.Entity<Article>(article =>
        {
            article.ToTable("Articles");
            article.Property(a => a.Slug).HasMaxLength(120);
            article.HasIndex(a => a.Slug).IsUnique();
            article.Property(a => a.Title).HasMaxLength(Article.MaxTitleLength);
            article.Property(a => a.Summary).HasMaxLength(Article.MaxSummaryLength);
            article.Property(a => a.Language).HasMaxLength(Article.MaxLanguageLength);
            article.Property(a => a.Version).IsConcurrencyToken();
            article.HasOne(a => a.Topic).WithMany().HasForeignKey(a => a.TopicId).OnDelete(DeleteBehavior.SetNull);
            article.HasMany(a => a.Versions).WithOne().HasForeignKey(v => v.ArticleId);
            article.HasMany(a => a.Questions).WithOne().HasForeignKey(q => q.ArticleId);
            article.HasMany(a => a.AlsoTopics).WithOne().HasForeignKey(t => t.ArticleId);
            article.HasMany(a => a.FormerAddresses).WithOne().HasForeignKey(f => f.ArticleId);
            article.HasMany(a => a.Links).WithOne().HasForeignKey(l => l.ArticleId);
            article.HasMany(a => a.ChosenReaders).WithOne().HasForeignKey(r => r.ArticleId);
            article.HasOne<Article>().WithMany().HasForeignKey(a => a.TranslationOfId).OnDelete(DeleteBehavior.SetNull);
            article.HasIndex(a => a.ChangeNumber);
        });
        BuildReaders(model);
        BuildGrowing(model);
        model.Entity<ArticleAddress>(address =>
        {
            address.ToTable("ArticleAddresses");
            address.HasKey(a => a.Slug);
            address.Property(a => a.Slug).HasMaxLength(Article.MaxSlugLength);
        });
        model.Entity<ArticleLink>(link =>
        {
            link.ToTable("ArticleLinks");
            link.HasKey(l => new { l.ArticleId, l.Slug });
            link.Property(l => l.Slug).HasMaxLength(Article.MaxSlugLength);
        });
        model.Entity<ArticleVersion>(version =>
        {
            version.ToTable("ArticleVersions");
            version.HasKey(v => new { v.ArticleId, v.Number });
        });
        model.Entity<ArticleTopic>(topic =>
        {
            topic.ToTable("ArticleTopics");
            topic.HasKey(t => new { t.ArticleId, t.TopicId });
            topic.HasOne(t => t.Topic).WithMany().HasForeignKey(t => t.TopicId);
        });
        model.Entity<ArticleQuestion>(question =>
        {
            question.ToTable("ArticleQuestions");
            question.Property(q => q.Text).HasMaxLength(ArticleQuestion.MaxLength);
        });
        model.Entity<ArticleVote>(vote =>
        {
            vote.ToTable("ArticleVotes");
            vote.HasKey(v => new { v.ArticleId, v.Visitor });
            vote.Property(v => v.Visitor).HasMaxLength(64);
            vote.HasOne<Article>().WithMany().HasForeignKey(v => v.ArticleId);
        });
        model.Entity<CustomerSearch>(search =>
        {
            search.ToTable("CustomerSearches");
            search.Property(s => s.Visitor).HasMaxLength(CustomerSearch.MaxVisitorLength);
            search.Property(s => s.Text).HasMaxLength(CustomerSearch.MaxTextLength);
            search.HasIndex(s => new { s.Visitor, s.At });
            search.HasIndex(s => s.At);
        });
        model.Entity<ArticleChangeCounter>(counter =>
        {
            counter.ToTable("ArticleChangeCounter");
            counter.Property(c => c.Id).ValueGeneratedNever();
            counter.Property(c => c.Version).IsConcurrencyToken();
        });
    }

    // who reads, who reviews, and what articles are made of besides their text
    private static void BuildReaders(ModelBuilder model)
    {
        model.Entity<ChosenReader>(reader =>
        {
            reader.ToTable("ArticleReaders");
            reader.HasOne<Tier>().WithMany().HasForeignKey(r => r.TierId).OnDelete(DeleteBehavior.Cascade);
            reader
                .HasOne<Organization>()
                .WithMany()
                .HasForeignKey(r => r.OrganizationId)
                .OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<TopicReviewer>(reviewer =>
        {
            reviewer.ToTable("TopicReviewers");
            reviewer.HasKey(r => new { r.TopicId, r.UserId });
            reviewer.HasOne<Topic>().WithMany().HasForeignKey(r => r.TopicId);
            reviewer.HasOne<AppUser>().WithMany().HasForeignKey(r => r.UserId);
        });
        model.Entity<ReviewComment>(comment =>
        {
            comment.ToTable("ArticleComments");
            comment.Property(c => c.Text).HasMaxLength(ReviewComment.MaxLength);
            comment.HasOne<Article>().WithMany().HasForeignKey(c => c.ArticleId);
        });
        model.Entity<SharedText>(text =>
        {
            text.ToTable("SharedTexts");
            text.Property(t => t.Name).HasMaxLength(SharedText.MaxNameLength);
            text.HasIndex(t => new { t.Kind, t.Name }).IsUnique();
            text.Property(t => t.Version).IsConcurrencyToken();
        });
        model.Entity<ArticleAttachment>(file =>
        {
            file.ToTable("ArticleFiles");
            file.Property(f => f.Name).HasMaxLength(ArticleAttachment.MaxNameLength);
            file.Property(f => f.ContentType).HasMaxLength(100);
            file.HasOne<Article>().WithMany().HasForeignKey(f => f.ArticleId);
            file.HasOne<Blob>().WithMany().HasForeignKey(f => f.BlobHash).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void BuildGrowing(ModelBuilder model)
    {
        model.Entity<RecurringAnswer>(answer =>
        {
            answer.ToTable("RecurringAnswers");
            answer.Property(a => a.Title).HasMaxLength(RecurringAnswer.MaxTitleLength);
            answer.Property(a => a.Version).IsConcurrencyToken();
            answer.HasIndex(a => a.State);
            answer.HasMany(a => a.Tickets).WithOne().HasForeignKey(t => t.RecurringAnswerId);
            answer.HasOne<Topic>().WithMany().HasForeignKey(a => a.TopicId).OnDelete(DeleteBehavior.SetNull);
            answer.HasOne<Article>().WithMany().HasForeignKey(a => a.NearArticleId).OnDelete(DeleteBehavior.SetNull);
            answer.HasOne<Article>().WithMany().HasForeignKey(a => a.ArticleId).OnDelete(DeleteBehavior.SetNull);
        });
        model.Entity<RecurringAnswerTicket>(ticket =>
        {
            ticket.ToTable("RecurringAnswerTickets");
            ticket.HasKey(t => t.TicketId);
            ticket.Property(t => t.TicketId).ValueGeneratedNever();
            ticket.HasOne<Ticket>().WithMany().HasForeignKey(t => t.TicketId);
        });
    }
}
