using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>What a new article is made of, as its page's address says it; all null = nothing is known of it.</summary>
/// <param name="Ticket">A resolved request.</param>
/// <param name="Group">A group of recurring answers.</param>
/// <param name="Translates">An article that it says in another language.</param>
public sealed record ArticleOrigin(long? Ticket, long? Group, long? Translates, string? Title, int? TopicId)
{
    // a proposal made of one request must not be shown over another's
    /// <summary>Under which name the browser's tab keeps what is typed.</summary>
    public string NameInTab =>
        Group is { } group ? $"desk-article-of-group-{group.ToStringInvariant()}"
        : Translates is { } source ? $"desk-article-translation-of-{source.ToStringInvariant()}"
        : Ticket is { } ticket ? $"desk-article-of-{ticket.ToStringInvariant()}"
        : "desk-article-new";
}

/// <param name="Proposal">Where the form comes from, for the author to judge; null where it was not made of requests.</param>
/// <param name="Source">What a translation translates.</param>
public sealed record ArticleBeginning(ArticleForm Form, ArticleProposal? Proposal = null, ArticleSource? Source = null);

/// <summary>New articles with what is known of them: a request's question and answer, another article, or words that nobody answers yet.</summary>
public sealed class ArticleBeginnings(ArticleProposals proposals, RecurringProposals recurring, ArticleWork work)
{
    public async Task<ArticleBeginning> OfAsync(
        ArticleOrigin origin,
        Viewer.Staff author,
        CancellationToken cancellationToken = default
    )
    {
        if (origin.Translates is { } id && await work.ReadAsync(id, cancellationToken) is { Source: null } original)
            return Translation(original);
        var proposal =
            origin.Ticket is { } ticket ? await proposals.OfTicketAsync(ticket, author, cancellationToken)
            : origin.Group is { } group ? await recurring.OfAsync(group, author, cancellationToken)
            : null;
        var title = Text.OneLine(origin.Title, Article.MaxTitleLength);
        return new(
            proposal?.Form
                ?? new ArticleForm
                {
                    Title = title,
                    Slug = Slugs.Of(title),
                    TopicId = origin.TopicId,
                },
            proposal
        );
    }

    private static ArticleBeginning Translation(ArticleSheet original) =>
        new(
            original.Form() with
            {
                Slug = "",
                Language = "",
                TranslationOfId = original.Id,
                SaysCurrent = true,
                PublishAt = null,
            },
            Source: new(
                original.Id,
                original.Language,
                new(original.Title, original.Summary, original.Body),
                original.TextVersion,
                original.TextVersion
            )
        );
}
