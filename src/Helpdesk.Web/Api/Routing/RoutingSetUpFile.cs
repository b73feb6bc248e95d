using System.Security.Claims;
using Helpdesk.Routing.SetUp;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Api.Routing;

/// <summary>The whole set-up, in the form of its file.</summary>
internal static class RoutingSetUpFile
{
    public static void Map(IEndpointRouteBuilder routing)
    {
        routing
            .MapGet("/set-up", GetAsync)
            .WithName("ReadRoutingSetUp")
            .WithSummary("The whole routing set-up as it stands")
            .WithDescription("The file of `routing export`. Its `ETag` stands for the whole set-up.")
            .Produces<RoutingSetUp>();
        routing
            .MapPut("/set-up", PutAsync)
            .WithName("ReplaceRoutingSetUp")
            .WithSummary("Take over a routing set-up, or with check=true only say what it would change")
            .WithDescription(
                "What the file names is taken from it as a whole, with its lists; what it does not name stays, and nothing is removed. "
                    + "All of it or nothing. With `If-Match` it is refused (412) when the set-up is not the one that was read."
            )
            .Accepts<RoutingSetUp>("application/json")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<ContentHttpResult> GetAsync(
        HttpContext context,
        RoutingChange change,
        CancellationToken cancellationToken
    ) => TypedResults.Text((await change.ReadAsync(context, cancellationToken)).ToJson(), "application/json");

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
            new(ApiTokenHandler.ViewerOf(user), ifMatch, check, IsWhole: true),
            SetUpExchange.ChangeKind,
            RoutingSetUp.MaxCharacters,
            RoutingSetUp.Parse,
            cancellationToken
        );
}
