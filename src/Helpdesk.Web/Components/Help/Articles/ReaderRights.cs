using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>Whose articles a visitor of the help centre reads, as the database says now. Staff see here what everybody sees.</summary>
public sealed class ReaderRights(IDbContextFactory<HelpdeskDbContext> databases)
{
    public async ValueTask<ArticleReader> FindAsync(HttpContext context)
    {
        var language = ReaderLanguage.Of(context);
        if (context.User.Identity?.IsAuthenticated is not true)
            return ArticleReader.Customer with { Language = language };
        await using var db = databases.CreateDbContext();
        var reader = await Viewers.LoadAsync(db, context.User, context.RequestAborted)
            is Viewer.SignedInCustomer customer
            ? await ArticleAccess.ReaderOfAsync(db, customer.CustomerId, context.RequestAborted)
            : ArticleReader.Customer;
        return reader with { Language = language };
    }
}
