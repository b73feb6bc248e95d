using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Routing.SetUp;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Api.Routing;

/// <summary>What routing knows of the people who work here: how much they carry, when they are there, whom they stand in for.</summary>
internal static class RoutingPeople
{
    /// <summary>What is left out stays as it is.</summary>
    /// <param name="Capacity">Weighted work at a time, up to 100.</param>
    /// <param name="Languages">ISO 639-1 codes, separated by spaces.</param>
    /// <param name="Hours">Business hours by name; empty = around the clock.</param>
    /// <param name="Deputy">By address; empty = nobody.</param>
    /// <param name="Teams">All of them, by name.</param>
    /// <param name="Skills">All of them: levels 1 to 3 by the skill's key.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Change(
        [property: Range(0, 100)] double? Capacity = null,
        string? Languages = null,
        string? Hours = null,
        string? Deputy = null,
        IReadOnlyList<string>? Teams = null,
        IReadOnlyDictionary<string, int>? Skills = null
    );

    public static void Map(IEndpointRouteBuilder routing)
    {
        routing
            .MapGet("/people", ListAsync)
            .WithName("ListPeople")
            .WithSummary("Capacity, hours, deputies, teams and skills of everybody who answers requests");
        routing
            .MapPatch("/people/{address}", PatchAsync)
            .WithName("ChangePerson")
            .WithSummary("Change one person's capacity, languages, hours, deputy, teams or skills")
            .WithDescription(
                "What is left out stays as it is. With `check=true` nothing is changed and the answer says what would be. Presence and absences have calls of their own under `/people`."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Ok<IReadOnlyList<SetUpPerson>>> ListAsync(
        HttpContext context,
        RoutingChange change,
        CancellationToken cancellationToken
    ) => TypedResults.Ok((await change.ReadAsync(context, cancellationToken)).People);

    private static Task<Results<Ok<RoutingResult>, ProblemHttpResult>> PatchAsync(
        string address,
        Change request,
        ClaimsPrincipal user,
        RoutingChange change,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        CancellationToken cancellationToken,
        bool check = false
    ) =>
        change.ChangeAsync(
            new(ApiTokenHandler.ViewerOf(user), ifMatch, check),
            "person saved",
            now =>
                now.People.FirstOrDefault(p => p.Address.Equals(address.Trim(), StringComparison.OrdinalIgnoreCase))
                    is { } person
                    ? (null, new RoutingSetUp { People = [Changed(person, request)] }, person.Address)
                    : (RoutingChange.Missing($"Nobody who works here has the address \"{address}\"."), null, ""),
            cancellationToken
        );

    private static SetUpPerson Changed(SetUpPerson person, Change request) =>
        person with
        {
            Capacity = request.Capacity ?? person.Capacity,
            Languages = request.Languages ?? person.Languages,
            Hours = Chosen(request.Hours, person.Hours),
            Deputy = Chosen(request.Deputy, person.Deputy),
            Teams = request.Teams ?? person.Teams,
            Skills = request.Skills ?? person.Skills,
        };

    private static string? Chosen(string? wanted, string? now) =>
        wanted is null ? now
        : wanted.Length == 0 ? null
        : wanted;
}
