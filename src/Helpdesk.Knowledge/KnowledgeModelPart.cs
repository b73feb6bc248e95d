using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Deflection;
using Helpdesk.Tickets.Data;
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
            article.HasIndex(a => a.ChangeNumber);
        });
        model.Entity<ArticleAddress>(address =>
        {
            address.ToTable("ArticleAddresses");
            address.HasKey(a => a.Slug);
            address.Property(a => a.Slug).HasMaxLength(Article.MaxSlugLength);
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
}
