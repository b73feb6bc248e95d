using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Routing.SetUp;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Api.Routing;

/// <summary>Areas of topics: what they are called, and whose their topics are.</summary>
internal static class RoutingAreas
{
    /// <summary>An area as a whole, but for its topics: what is not given is empty afterwards.</summary>
    /// <param name="Team">Of its topics that name none, by name; null = the desk's default team.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Change(
        [property: Required, StringLength(120)] string Name,
        [property: StringLength(500)] string Description = "",
        string? Icon = null,
        string? Team = null
    );

    /// <param name="Key">Stable; the name may change.</param>
    /// <param name="Topics">Keys.</param>
    public sealed record View(
        string Key,
        string Name,
        string Description,
        string? Icon,
        string? Team,
        IReadOnlyList<string> Topics
    );

    public static void Map(IEndpointRouteBuilder routing)
    {
        routing.MapGet("/areas", ListAsync).WithName("ListAreas").WithSummary("All areas of topics");
        OtherContent.Refuse(routing, "/areas", "application/json");
        Problems(
            routing
                .MapPost("/areas", PostAsync)
                .WithName("CreateArea")
                .WithSummary("Add an area; its key is made from its name")
        );
        Problems(
            routing
                .MapPut("/areas/{key}", PutAsync)
                .WithName("ChangeArea")
                .WithSummary("Change an area; its topics stay")
                .ProducesProblem(StatusCodes.Status404NotFound)
        );

        static void Problems(RouteHandlerBuilder call) =>
            call.WithDescription("With `check=true` nothing is changed and the answer says what would be.")
                .ProducesValidationProblem()
                .ProducesProblem(StatusCodes.Status409Conflict)
                .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Ok<IReadOnlyList<View>>> ListAsync(
        HttpContext context,
        RoutingChange change,
        CancellationToken cancellationToken
    )
    {
        var now = await change.ReadAsync(context, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<View>>([
            .. now.Areas.Select(a => new View(
                a.Key,
                a.Name,
                a.Description,
                a.Icon,
                a.Team,
                [.. a.Topics.Select(t => t.Key)]
            )),
        ]);
    }

    private static Task<Results<Created<RoutingResult>, Ok<RoutingResult>, ProblemHttpResult>> PostAsync(
        Change request,
        ClaimsPrincipal user,
        RoutingChange change,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        CancellationToken cancellationToken,
        bool check = false
    ) =>
        change.AddAsync(
            new(ApiTokenHandler.ViewerOf(user), ifMatch, check),
            "area added",
            "/api/v1/routing/areas",
            request.Name,
            (now, key) => PartOf(now, key, request),
            cancellationToken
        );

    private static Task<Results<Ok<RoutingResult>, ProblemHttpResult>> PutAsync(
        string key,
        Change request,
        ClaimsPrincipal user,
        RoutingChange change,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        CancellationToken cancellationToken,
        bool check = false
    ) =>
        change.ChangeAsync(
            new(ApiTokenHandler.ViewerOf(user), ifMatch, check),
            "area saved",
            now =>
                now.Areas.Any(t => t.Key == key)
                    ? PartOf(now, key, request)
                    : (RoutingChange.Missing($"There is no area with the key \"{key}\"."), null, ""),
            cancellationToken
        );

    private static (ProblemHttpResult?, RoutingSetUp?, string) PartOf(RoutingSetUp now, string key, Change request)
    {
        var name = Text.OneLine(request.Name, 120);
        if (
            DeskNames.IsTaken(
                name,
                now.Areas.FirstOrDefault(a => a.Key == key)?.Name,
                now.Areas.Where(a => a.Key != key).Select(a => a.Name)
            )
        )
            return (RoutingChange.Conflict($"There is an area called \"{name}\" already."), null, "");
        var area = new SetUpArea(key, name, request.Description?.Trim() ?? "", request.Icon, request.Team);
        return (null, new RoutingSetUp { Areas = [area] }, name);
    }
}
