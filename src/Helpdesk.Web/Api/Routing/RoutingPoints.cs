using System.Security.Claims;
using Helpdesk.Routing.Rules;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Api.Routing;

/// <summary>The points of priority and the VIPs' margin.</summary>
internal static class RoutingPoints
{
    private const int MaxCharacters = 60_000;

    public static void Map(IEndpointRouteBuilder routing)
    {
        routing.MapGet("/rules", GetAsync).WithName("ReadRules").WithSummary("The rules of priority in force");
        routing
            .MapPut("/rules", PutAsync)
            .WithName("ReplaceRules")
            .WithSummary("Put other rules of priority in force")
            .WithDescription(
                "All of them together, as they are read. With `check=true` nothing is changed and the answer says what would be."
            )
            .Accepts<RoutingRules>("application/json")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Ok<RoutingRules>> GetAsync(
        HttpContext context,
        RoutingChange change,
        CancellationToken cancellationToken
    ) => TypedResults.Ok((await change.ReadAsync(context, cancellationToken)).Rules);

    private static Task<Results<Ok<RoutingResult>, ProblemHttpResult>> PutAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        RoutingChange change,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        CancellationToken cancellationToken,
        bool check = false
    ) =>
        change.TakeAsync(
            request,
            new(ApiTokenHandler.ViewerOf(user), ifMatch, check),
            "routing rules saved",
            MaxCharacters,
            text => new() { Rules = RoutingRules.Parse(text) },
            cancellationToken
        );
}
