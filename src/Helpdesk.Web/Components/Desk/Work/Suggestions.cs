using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Layout;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>Articles that may answer a ticket and earlier tickets like it.</summary>
public sealed class Suggestions(
    SolutionMatcher matcher,
    SimilarTickets similar,
    ArticleSearch articles,
    DeskDirectory directory,
    IDbContextFactory<HelpdeskDbContext> databases
)
{
    private const int Articles = 4;

    public async Task<IReadOnlyList<ArticleHit>> SolutionsAsync(
        TicketView view,
        CancellationToken cancellationToken = default
    ) =>
        await matcher.MatchAsync(
            view.Ticket.Subject,
            QuestionOf(view),
            ArticleReader.Staff,
            Articles,
            topic: view.Ticket is { TopicIsManual: true, TopicId: { } id }
                ? (await directory.GetAsync(cancellationToken)).Topics.GetValueOrDefault(id)
                : null,
            cancellationToken: cancellationToken
        );

    public Task<IReadOnlyList<SimilarTicket>> SimilarAsync(
        TicketView view,
        Viewer.Staff viewer,
        CancellationToken cancellationToken = default
    ) =>
        similar.FindAsync(
            view.Ticket.Subject,
            QuestionOf(view),
            view.Ticket.Id,
            viewer,
            cancellationToken: cancellationToken
        );

    /// <summary>Articles for a query that is still being typed, among those that the ticket's customer may read.</summary>
    /// <param name="language">Of an article in several languages the one in this comes first.</param>
    public async Task<IReadOnlyList<ArticleName>> NamesAsync(
        string words,
        long customerId,
        string? language,
        int count,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var reader = await ArticleAccess.ReaderOfAsync(db, customerId, cancellationToken);
        return await articles.SuggestAsync(words, reader with { Language = language }, count, cancellationToken);
    }

    /// <summary>A link to the article for a reply; only what the ticket's customer may read goes to them.</summary>
    /// <returns>Null when the article is not for this customer, or gone.</returns>
    public async Task<string?> LinkAsync(long articleId, long customerId, CancellationToken cancellationToken = default)
    {
        var settings = (await directory.GetAsync(cancellationToken)).Settings;
        return await FindAsync(articleId, customerId, cancellationToken) is { } article
            ? $"[{MarkdownLiteral.Of(article.Title)}]({settings.PublicUrl.TrimEnd('/')}{article.Place})"
            : null;
    }

    /// <summary>The article's text for a reply, its links to other articles made whole.</summary>
    /// <returns>Null when the article is not for this customer, or gone.</returns>
    public async Task<string?> TextAsync(long articleId, long customerId, CancellationToken cancellationToken = default)
    {
        var settings = (await directory.GetAsync(cancellationToken)).Settings;
        return await FindAsync(articleId, customerId, cancellationToken) is { } article
            ? WholeAddresses.In(article.Body, settings.PublicUrl).Trim()
            : null;
    }

    // What the customer wrote since the desk's last word, or else the last thing they wrote.
    private static string QuestionOf(TicketView view)
    {
        var open = view
            .Messages.Reverse()
            .SkipWhile(m => m.Kind is MessageKind.Note)
            .TakeWhile(m => m.Kind is MessageKind.Customer or MessageKind.Note)
            .Where(m => m.Kind is MessageKind.Customer)
            .Reverse()
            .Select(m => m.Text)
            .ToList();
        return open.Count > 0
            ? string.Join("\n\n", open)
            : view.Messages.LastOrDefault(m => m.Kind is MessageKind.Customer)?.Text ?? "";
    }

    private async Task<(string Place, string Title, string Body)?> FindAsync(
        long articleId,
        long customerId,
        CancellationToken cancellationToken
    )
    {
        await using var db = databases.CreateDbContext();
        var article = await db.Set<Article>()
            .ReadableBy(await ArticleAccess.ReaderOfAsync(db, customerId, cancellationToken))
            .Where(a => a.Id == articleId)
            .Select(a => new
            {
                a.Slug,
                a.Title,
                a.Body,
                a.Visibility,
            })
            .SingleOrDefaultAsync(cancellationToken);
        if (article is null)
            return null;
        var snippets = await Snippets.LoadForAsync(db, [article.Body], cancellationToken);
        var place = Places.Article(article.Slug);
        return (
            article.Visibility is ArticleVisibility.Public ? place : Places.SignInFor(place),
            article.Title,
            Snippets.Expand(article.Body, snippets)
        );
    }
}
