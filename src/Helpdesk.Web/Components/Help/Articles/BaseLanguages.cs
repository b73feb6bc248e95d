using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>The languages of what everybody may read; gathered anew when an article changed.</summary>
internal sealed class BaseLanguages
{
    private volatile Known? known;

    private sealed record Known(long ChangeNumber, IReadOnlySet<string> Languages);

    public async Task<IReadOnlySet<string>> GetAsync(HelpdeskDbContext db, CancellationToken cancellation)
    {
        var last = await db.Set<ArticleChangeCounter>().Select(c => c.Last).SingleOrDefaultAsync(cancellation);
        if (known is { } found && found.ChangeNumber == last)
            return found.Languages;
        var languages = await CustomerArticles
            .In(db, ArticleReader.Customer)
            .Select(a => a.Language)
            .Distinct()
            .ToHashSetAsync(StringComparer.Ordinal, cancellation);
        known = new(last, languages);
        return languages;
    }
}
