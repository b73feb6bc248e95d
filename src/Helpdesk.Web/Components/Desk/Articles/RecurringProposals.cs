using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Growing;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <param name="TicketIds">Those that the viewer may see, the newest first.</param>
/// <param name="Near">The article that it could be added to.</param>
public sealed record RecurringProposal(
    long Id,
    string Title,
    int? TopicId,
    DateTimeOffset FoundAt,
    IReadOnlyList<long> TicketIds,
    (long Id, string Title)? Near
);

/// <summary>Groups of recurring answers for the people who decide on them, and the article that one would make.</summary>
public sealed class RecurringProposals(
    IDbContextFactory<HelpdeskDbContext> databases,
    ArticleProposals single,
    IStringLocalizer<DeskTexts> texts,
    TimeProvider time
)
{
    private const int Most = 50;
    private const int MostQuestions = 5;

    /// <summary>What waits for a decision; groups of which the viewer may see fewer than two requests are left out.</summary>
    public async Task<IReadOnlyList<RecurringProposal>> ListAsync(
        Viewer viewer,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var seen = db.Tickets.VisibleTo(viewer);
        var rows = await db.Set<RecurringAnswer>()
            .AsNoTracking()
            .Where(g => g.State == RecurringAnswerState.Proposed)
            // before the first ones are taken: other teams' groups are not to hide the viewer's own
            .Where(g => g.Tickets.Count(t => seen.Any(s => s.Id == t.TicketId)) > 1)
            .OrderByDescending(g => g.Tickets.Count)
            .ThenByDescending(g => g.Id)
            .Take(Most)
            .Select(g => new
            {
                g.Id,
                g.Title,
                g.TopicId,
                g.FoundAt,
                g.NearArticleId,
                Near = db.Set<Article>().Where(a => a.Id == g.NearArticleId).Select(a => a.Title).FirstOrDefault(),
                TicketIds = g
                    .Tickets.Where(t => seen.Any(s => s.Id == t.TicketId))
                    .OrderByDescending(t => t.TicketId)
                    .Take(RecurringAnswers.MostTickets)
                    .Select(t => t.TicketId)
                    .ToList(),
            })
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        var all = rows.SelectMany(row => row.TicketIds).ToList();
        var visible = await seen.Where(t => all.Contains(t.Id))
            .Select(t => new
            {
                t.Id,
                t.Subject,
                t.Customer.Name,
            })
            .ToDictionaryAsync(t => t.Id, t => (t.Subject, t.Name), cancellationToken);
        return
        [
            .. rows.Select(row => new RecurringProposal(
                    row.Id,
                    TitleOf(row.Title, [.. row.TicketIds.Where(visible.ContainsKey).Select(id => visible[id])]),
                    row.TopicId,
                    row.FoundAt,
                    [.. row.TicketIds.Where(visible.ContainsKey)],
                    row is { NearArticleId: { } id, Near: { } title } ? (id, title) : null
                ))
                .Where(proposal => proposal.TicketIds.Count > 1),
        ];
    }

    /// <summary>The group's title is one request's subject: where that is not among those the viewer may see, the newest of these gives its own.</summary>
    private static string TitleOf(string title, List<(string Subject, string? Name)> visible)
    {
        var names = visible.ConvertAll(ticket => ticket.Name ?? "");
        var titles = visible.ConvertAll(ticket =>
            Text.OneLine(PersonalData.Mask(ticket.Subject, names, _ => "…").Text, RecurringAnswer.MaxTitleLength)
        );
        return titles.Contains(title) ? title : titles.FirstOrDefault(title);
    }

    /// <summary>The group's article: several ways in which it was asked, and the answer that most of the others are like.</summary>
    /// <returns>Null when it was decided on, or the viewer may not see its requests.</returns>
    public async Task<ArticleProposal?> OfAsync(
        long groupId,
        Viewer viewer,
        CancellationToken cancellationToken = default
    )
    {
        var proposal = (await ListAsync(viewer, cancellationToken)).FirstOrDefault(p => p.Id == groupId);
        if (proposal is null)
            return null;
        var made = new List<(long TicketId, ArticleProposal Article, MaskedRequest Request)>();
        foreach (var id in proposal.TicketIds.Take(RecurringAnswers.MostTickets))
        {
            if (await single.ReadAsync(id, viewer, cancellationToken) is { } request)
                made.Add((id, single.Of(request), request));
        }
        if (made.Count == 0)
            return null;
        var central = made[RecurringAnswers.MostCentral([.. made.Select(m => m.Request.Answer)])];
        var asked = made.Select(m => Text.OneLine(m.Request.Question, ArticleQuestion.MaxLength))
            .Where(question => question.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(MostQuestions);
        var questions = string.Join("\n", asked.Select(question => $"- {question}"));
        var form = central.Article.Form with
        {
            Title = proposal.Title,
            Slug = Slugs.Of(proposal.Title),
            TopicId = proposal.TopicId,
            Body =
                questions.Length > 0
                    ? $"{texts["Recurring.AskedLike"]}\n\n{questions}\n\n{central.Request.Answer}"
                    : central.Request.Answer,
            Reason = texts[
                "Recurring.Reason",
                string.Join(", ", proposal.TicketIds.Select(id => $"#{id.ToStringInvariant()}"))
            ],
        };
        return new(form, [.. made.SelectMany(m => m.Article.Masked).Distinct()], proposal.TicketIds);
    }

    /// <summary>Somebody said no; it stays no.</summary>
    public Task DismissAsync(Viewer.Staff person, long groupId, CancellationToken cancellationToken = default) =>
        DecideAsync(groupId, group => group.Dismiss(person.Actor, time.GetUtcNow()), cancellationToken);

    /// <summary>An article was made of it, or it was added to one.</summary>
    public Task TakeAsync(
        Viewer.Staff person,
        long groupId,
        long articleId,
        CancellationToken cancellationToken = default
    ) => DecideAsync(groupId, group => group.Take(articleId, person.Actor, time.GetUtcNow()), cancellationToken);

    private async Task DecideAsync(long groupId, Action<RecurringAnswer> decide, CancellationToken cancellationToken)
    {
        await using var db = databases.CreateDbContext();
        if (
            await db.Set<RecurringAnswer>().SingleOrDefaultAsync(g => g.Id == groupId, cancellationToken)
            is not { State: RecurringAnswerState.Proposed } group
        )
            return;
        decide(group);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // somebody else decided at this moment; theirs stands
        }
    }
}
