using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>What is against a change to an article: who may publish, what was not settled, and who it is for.</summary>
internal static class PublishingRules
{
    // what readers see, now or on the planned day, is changed by those who may publish there; leaving a topic needs the right as well
    /// <returns>Null = nothing is against it.</returns>
    public static async Task<ArticleOutcome?> RefuseAsync(
        HelpdeskDbContext db,
        Viewer.Staff author,
        Article? article,
        ArticleForm form,
        ArticleStep step,
        CancellationToken cancellationToken
    )
    {
        if (await UnknownAsync(db, form, cancellationToken) is { } unknown)
            return new ArticleOutcome.UnknownOrganization(unknown);
        var isShown = article?.IsFindable ?? false;
        var plansAnew = form.PublishAt is not null && ArticleWork.Instant(form.PublishAt) != article?.PublishAt;
        if (isShown || step is ArticleStep.Publish || form.PublishAt is not null)
        {
            var topics = new List<int?> { form.TopicId };
            // publishing without the topic it was written in is publishing there
            if (article is { IsFindable: true } or { TopicId: not null })
                topics.Add(article.TopicId);
            // readers of the source are offered its translation
            long?[] sources = [form.TranslationOfId, article?.TranslationOfId];
            topics.AddRange(
                await db.Set<Article>()
                    .Where(a => sources.Contains(a.Id))
                    .Select(a => a.TopicId)
                    .ToListAsync(cancellationToken)
            );
            if (await NotReviewerAsync(db, author, topics, cancellationToken) is { } names)
                return new ArticleOutcome.NotReviewer(names);
        }
        if (article is null || isShown || form.DespiteComments || !(step is ArticleStep.Publish || plansAnew))
            return null;
        var open = await db.Set<ReviewComment>()
            .CountAsync(
                c => c.ArticleId == article.Id && c.AnswersId == null && c.ResolvedAt == null,
                cancellationToken
            );
        return open > 0 ? new ArticleOutcome.OpenComments(open) : null;
    }

    /// <summary>Who may change what readers see of these articles, now or on the planned day, where this person may not; null = they may.</summary>
    public static Task<string?> NotReviewerAsync(
        HelpdeskDbContext db,
        Viewer.Staff author,
        IEnumerable<Article> articles,
        CancellationToken cancellationToken
    ) =>
        NotReviewerAsync(
            db,
            author,
            articles.Where(a => a.IsFindable || a.PublishAt is not null).Select(a => a.TopicId),
            cancellationToken
        );

    private static async Task<string?> NotReviewerAsync(
        HelpdeskDbContext db,
        Viewer.Staff author,
        IEnumerable<int?> topics,
        CancellationToken cancellationToken
    )
    {
        foreach (var topicId in topics.Distinct())
        {
            if (!await Reviewers.MayPublishAsync(db, author, topicId, cancellationToken))
                return await NamesAsync(db, topicId, cancellationToken);
        }
        return null;
    }

    private static async Task<string> NamesAsync(
        HelpdeskDbContext db,
        int? topicId,
        CancellationToken cancellationToken
    )
    {
        var ids = await Reviewers.OfAsync(db, topicId, cancellationToken);
        var names = await db
            .Users.Where(u => ids.Contains(u.Id) && u.DeactivatedAt == null)
            .OrderBy(u => u.DisplayName)
            .Select(u => u.DisplayName)
            .ToListAsync(cancellationToken);
        return string.Join(", ", names);
    }

    private static async Task<string?> UnknownAsync(
        HelpdeskDbContext db,
        ArticleForm form,
        CancellationToken cancellationToken
    )
    {
        var names = OrganizationsOf(form);
        if (names.Count == 0)
            return null;
        var known = await db
            .Organizations.Where(o => names.Contains(o.Name))
            .Select(o => o.Name)
            .ToListAsync(cancellationToken);
        return names.Find(name => !known.Contains(name));
    }

    public static async Task<ChosenReaders> ReadersAsync(
        HelpdeskDbContext db,
        ArticleForm form,
        CancellationToken cancellationToken
    )
    {
        var names = OrganizationsOf(form);
        return new(
            form.TierIds,
            await db.Organizations.Where(o => names.Contains(o.Name)).Select(o => o.Id).ToListAsync(cancellationToken)
        );
    }

    private static List<string> OrganizationsOf(ArticleForm form) =>
        form.Visibility is not ArticleVisibility.Chosen
            ? []
            :
            [
                .. (form.Organizations ?? "")
                    .Split(['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Distinct(StringComparer.Ordinal),
            ];
}
