using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Growing;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <param name="Masked">What was taken out, so that the author can see that nothing else has to go, and what went too far.</param>
/// <param name="Sources">The requests that it is made of.</param>
public sealed record ArticleProposal(
    ArticleForm Form,
    IReadOnlyList<(PersonalDataKind Kind, string Original)> Masked,
    IReadOnlyList<long> Sources
);

/// <summary>A request without what belongs to one person.</summary>
public sealed record MaskedRequest(
    long Id,
    string Title,
    string Question,
    string Answer,
    int? TopicId,
    IReadOnlyList<(PersonalDataKind Kind, string Original)> Masked
);

/// <summary>An article that a resolved request would make: its question and its answer, without what belongs to one person. Nothing is saved.</summary>
public sealed class ArticleProposals(IDbContextFactory<HelpdeskDbContext> databases, IStringLocalizer<DeskTexts> texts)
{
    /// <summary>Null where there is no such request for this viewer, or nobody has answered it.</summary>
    public async Task<ArticleProposal?> OfTicketAsync(
        long ticketId,
        Viewer viewer,
        CancellationToken cancellationToken = default
    ) => await ReadAsync(ticketId, viewer, cancellationToken) is { } request ? Of(request) : null;

    /// <summary>A request's question and answer; null as above.</summary>
    public async Task<MaskedRequest?> ReadAsync(
        long ticketId,
        Viewer viewer,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var ticket = await db
            .Tickets.AsNoTracking()
            .VisibleTo(viewer)
            .Where(t => t.Id == ticketId)
            .Select(t => new
            {
                t.Subject,
                t.TopicId,
                t.ResolutionNote,
                Customer = t.Customer.Name,
                t.Customer.Address,
            })
            .SingleOrDefaultAsync(cancellationToken);
        if (ticket is null)
            return null;
        var messages = await db
            .Messages.AsNoTracking()
            .Where(m => m.TicketId == ticketId && (m.Kind == MessageKind.Customer || m.Kind == MessageKind.Reply))
            .Where(m => !m.FromOtherSender)
            .OrderBy(m => m.Id)
            .Select(m => new
            {
                m.Kind,
                m.Text,
                m.AuthorName,
            })
            .ToListAsync(cancellationToken);
        var question = messages.Find(m => m.Kind == MessageKind.Customer)?.Text ?? "";
        var answer = messages.FindLast(m => m.Kind == MessageKind.Reply)?.Text ?? ticket.ResolutionNote;
        if (string.IsNullOrWhiteSpace(answer))
            return null;
        string[] names =
        [
            ticket.Customer ?? "",
            ticket.Address.Split('@')[0],
            .. messages.Select(m => m.AuthorName).Distinct(StringComparer.Ordinal),
        ];
        var masked = new List<(PersonalDataKind, string)>();
        string Clean(string text)
        {
            var result = PersonalData.Mask(text, names, kind => texts[$"Propose.Mark.{kind}"]);
            masked.AddRange(result.Masked);
            return result.Text;
        }
        return new(
            ticketId,
            Clean(Text.OneLine(ticket.Subject, Article.MaxTitleLength)),
            Clean(ActualQuestion.Find(question).Question),
            Clean(ActualQuestion.WithoutCourtesy(answer)),
            ticket.TopicId,
            [.. masked.Distinct()]
        );
    }

    internal ArticleProposal Of(MaskedRequest request)
    {
        var form = new ArticleForm
        {
            Title = request.Title,
            Slug = Slugs.Of(request.Title),
            Summary = "",
            Body =
                request.Question.Length > 0
                    ? $"{texts["Propose.Asked"]}\n\n> {request.Question.ReplaceLineEndings("\n> ")}\n\n{request.Answer}"
                    : request.Answer,
            TopicId = request.TopicId,
        };
        return new(form, request.Masked, [request.Id]);
    }
}
