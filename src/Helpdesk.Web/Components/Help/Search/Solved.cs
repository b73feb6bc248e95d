using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Deflection;
using Helpdesk.Web.Components.Help.Articles;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Components.Help.Search;

/// <summary>Answers that fit while a request is written, and "this solves it", which ends it unsent.</summary>
internal static class Solved
{
    public const string OfferPlace = "/requests/answers";
    public const string Place = "/requests/answers/solved";
    public const string ThanksPlace = "/requests/solved";
    private const int MaxWords = 20_000;

    public static void Map(IEndpointRouteBuilder app)
    {
        // reads only; a post because what people write does not belong into address lines
        app.MapPost(OfferPlace, OfferAsync)
            .AllowAnonymous()
            .WithMetadata(new RequireSameOriginAttribute())
            .DisableAntiforgery()
            .RequireRateLimiting(RateLimits.Search)
            .ExcludeFromDescription();
        app.MapPost(Place, SolveAsync).AllowAnonymous().RequireRateLimiting(RateLimits.Forms).ExcludeFromDescription();
    }

    private static async Task<IResult> OfferAsync(
        [FromForm] string? subject,
        [FromForm] string? text,
        HttpContext context,
        FittingAnswers answers,
        ReaderRights rights,
        VisitorName visitors
    )
    {
        if (subject is { Length: > MaxWords } || text is { Length: > MaxWords })
            return TypedResults.BadRequest();
        var visitor = await visitors.FindAsync(context);
        var hits = await answers.OfferAsync(
            visitor,
            await rights.FindAsync(context),
            subject,
            text,
            context.RequestAborted
        );
        return new RazorComponentResult<AnswerList>(
            new Dictionary<string, object?> { [nameof(AnswerList.Hits)] = hits }
        );
    }

    private static async Task<Results<RedirectHttpResult, NotFound>> SolveAsync(
        [FromForm] string solvedBy,
        HttpContext context,
        CustomerArticles articles,
        ArticleFeedback feedback,
        DeflectionLog deflection,
        ReaderRights rights,
        VisitorName visitors
    )
    {
        var reader = await rights.FindAsync(context);
        if (await articles.IdOfAsync(solvedBy, reader, context.RequestAborted) is not { } id)
            return TypedResults.NotFound();
        var visitor = await visitors.KeepAsync(context);
        await feedback.SayAsync(solvedBy, reader, visitor, helped: true, remark: null, context.RequestAborted);
        deflection.Helped(visitor, id);
        return TypedResults.Redirect(ThanksPlace + "?by=" + Uri.EscapeDataString(solvedBy));
    }
}
