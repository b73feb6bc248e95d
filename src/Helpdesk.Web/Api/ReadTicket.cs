using System.Security.Claims;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Helpdesk.Web.Api;

internal static class ReadTicket
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/tickets/{number:long}", GetAsync)
            .WithName("ReadTicket")
            .WithSummary("A ticket with its conversation")
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<TicketView>, ProblemHttpResult>> GetAsync(
        long number,
        ClaimsPrincipal user,
        HelpdeskDbContext db,
        TicketView.Reader reader,
        CancellationToken cancellationToken
    ) =>
        await reader.ReadAsync(db, ApiTokenHandler.ViewerOf(user), number, cancellationToken) is { } view
            ? TypedResults.Ok(view)
            : Missing(number);

    public static ProblemHttpResult Missing(long number) =>
        TypedResults.Problem(
            $"There is no ticket {number}, or this token may not see it.",
            statusCode: StatusCodes.Status404NotFound,
            title: "No such ticket"
        );
}
