using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>Tells an author which links would lead the article's readers nowhere.</summary>
public sealed class LinkCheck(IDbContextFactory<HelpdeskDbContext> databases)
{
    /// <param name="form">Who it is for, and its own address: it may link to itself.</param>
    /// <param name="slugs">What the text links to.</param>
    public async Task<IReadOnlyDictionary<string, LinkFault>> FaultsAsync(
        ArticleForm form,
        IReadOnlyCollection<string> slugs,
        CancellationToken cancellationToken = default
    )
    {
        var others = slugs.Where(slug => slug != form.Slug).ToList();
        if (others.Count == 0)
            return new Dictionary<string, LinkFault>();
        await using var db = databases.CreateDbContext();
        var readers = await PublishingRules.ReadersAsync(db, form, cancellationToken);
        return await ArticleLinks.FaultsAsync(db, others, form.Visibility, readers, cancellationToken);
    }
}
