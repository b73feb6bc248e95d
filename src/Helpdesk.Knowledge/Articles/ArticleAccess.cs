using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Articles;

/// <summary>The one place that says who may read which article. Part of each query, never looked at afterwards.</summary>
public static class ArticleAccess
{
    /// <summary>Published articles that this reader may see.</summary>
    public static IQueryable<Article> ReadableBy(this IQueryable<Article> articles, ArticleReader reader)
    {
        var published = articles.Where(a => a.State == ArticleState.Published);
        if (reader.IsStaff)
            return published;
        if (reader.IsAnybody)
            return published.Where(a => a.Visibility == ArticleVisibility.Public);
        // 0 is no tier and no organization: what is not known matches nothing
        var (tier, organization) = (reader.TierId ?? 0, reader.OrganizationId ?? 0);
        return published.Where(a =>
            a.Visibility == ArticleVisibility.Public
            || (
                a.Visibility == ArticleVisibility.Chosen
                && a.ChosenReaders.Any(r => r.TierId == tier || r.OrganizationId == organization)
            )
        );
    }

    /// <summary>
    /// Of each article with translations one: in the reader's language where there is such a one that they may read, else the article itself.
    /// </summary>
    public static IQueryable<Article> InLanguageOf(this IQueryable<Article> readable, ArticleReader reader)
    {
        var language = reader.Language;
        return readable.Where(a =>
            a.TranslationOfId == null
                ? !readable.Any(t => t.TranslationOfId == a.Id && t.Language == language)
                : a.Language == language || !readable.Any(s => s.Id == a.TranslationOfId)
        );
    }

    /// <summary>The same for a customer who is loaded with their organization.</summary>
    public static ArticleReader ReaderOf(Customer customer) =>
        ArticleReader.Of(customer.TierId ?? customer.Organization?.TierId, customer.OrganizationId);

    /// <summary>
    /// The reader that a customer is now; everybody when there is no such customer. A person's own tier beats the organization's.
    /// </summary>
    public static async Task<ArticleReader> ReaderOfAsync(
        HelpdeskDbContext db,
        long customerId,
        CancellationToken cancellationToken = default
    )
    {
        var customer = await db
            .Customers.Where(c => c.Id == customerId)
            .Select(c => new
            {
                TierId = c.TierId ?? (c.Organization == null ? null : c.Organization.TierId),
                c.OrganizationId,
            })
            .SingleOrDefaultAsync(cancellationToken);
        return customer is null ? ArticleReader.Customer : ArticleReader.Of(customer.TierId, customer.OrganizationId);
    }

    /// <summary>The reader that somebody is. The holder of a private link has not signed in: a forwarded link opens one request and no article.</summary>
    public static async Task<ArticleReader> ReaderOfAsync(
        HelpdeskDbContext db,
        Viewer viewer,
        CancellationToken cancellationToken = default
    ) =>
        viewer switch
        {
            Viewer.Staff => ArticleReader.Staff,
            Viewer.SignedInCustomer customer => await ReaderOfAsync(db, customer.CustomerId, cancellationToken),
            _ => ArticleReader.Customer,
        };
}
