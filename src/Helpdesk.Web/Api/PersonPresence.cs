using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Account;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Api;

/// <summary>Whether somebody gets new requests, for telephone systems and rosters; see <see cref="StaffPresence"/>.</summary>
internal static class PersonPresence
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Change([property: Required] Presence? Presence);

    /// <param name="Until">When they are available again by themselves; null while they are.</param>
    public sealed record View(string Person, Presence Presence, DateTimeOffset? Until);

    /// <summary>Of the person who made the token: nobody lends somebody else's name by it.</summary>
    public static void MapOwn(IEndpointRouteBuilder api)
    {
        Problems(
            api.MapGet("/people/me/presence", GetAsync)
                .WithName("ReadOwnPresence")
                .WithSummary("Whether the person who made this token gets new requests")
        );
        Problems(
            api.MapPut("/people/me/presence", PutAsync)
                .WithName("SetOwnPresence")
                .WithSummary("Say whether the person who made this token gets new requests")
                .WithDescription(Ends)
                .ProducesValidationProblem()
        );
    }

    public static void MapOthers(IEndpointRouteBuilder api)
    {
        Problems(
            api.MapGet("/people/{address}/presence", GetAsync)
                .WithName("ReadPresence")
                .WithSummary("Whether somebody gets new requests")
        );
        Problems(
            api.MapPut("/people/{address}/presence", PutAsync)
                .WithName("SetPresence")
                .WithSummary("Say whether somebody gets new requests")
                .WithDescription(Ends)
                .ProducesValidationProblem()
        );
    }

    private const string Ends =
        "`Available` as usual, `Busy` after others, `Away` none. Busy and away end by themselves when the person's next shift begins; who is available again is given what waits. "
        + "The history of changes names the token.";

    private static void Problems(RouteHandlerBuilder call) => call.ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<View>, ProblemHttpResult>> GetAsync(
        ClaimsPrincipal user,
        HelpdeskDbContext db,
        StaffPresence people,
        CancellationToken cancellationToken,
        string? address = null
    ) =>
        await FindAsync(db, user, address, cancellationToken) is { } person
            ? await ViewAsync(people, person, address, cancellationToken)
            : Missing(address);

    private static async Task<Results<Ok<View>, ProblemHttpResult>> PutAsync(
        Change request,
        ClaimsPrincipal user,
        HelpdeskDbContext db,
        StaffPresence people,
        CancellationToken cancellationToken,
        string? address = null
    ) =>
        await FindAsync(db, user, address, cancellationToken) is { } person
        && await people.SetAsync(
            person.Id,
            request.Presence!.Value,
            ApiTokenHandler.ViewerOf(user).Actor,
            cancellationToken
        )
            ? await ViewAsync(people, person, address, cancellationToken)
            : Missing(address);

    private static async Task<Results<Ok<View>, ProblemHttpResult>> ViewAsync(
        StaffPresence people,
        Specialist person,
        string? address,
        CancellationToken cancellationToken
    ) =>
        await people.FindAsync(person.Id, cancellationToken) is { } now
            ? TypedResults.Ok(new View(person.Address, now.Presence, now.Until))
            : Missing(address);

    private static Task<Specialist?> FindAsync(
        HelpdeskDbContext db,
        ClaimsPrincipal user,
        string? address,
        CancellationToken cancellationToken
    )
    {
        var token = ApiTokenHandler.ViewerOf(user).TokenId;
        var normalized = address?.Trim().ToUpperInvariant();
        return db
            .Specialists.AsNoTracking()
            .Where(s => s.IsActive)
            .SingleOrDefaultAsync(
                s =>
                    normalized == null
                        ? db.ApiTokens.Any(t => t.Id == token && t.CreatedBy == s.Id)
                        : db.Users.Any(u => u.Id == s.Id && u.NormalizedEmail == normalized),
                cancellationToken
            );
    }

    private static ProblemHttpResult Missing(string? address) =>
        TypedResults.Problem(
            address is null
                ? "Whoever made this token answers no requests here (any more)."
                : $"Nobody who answers requests here has the address \"{address}\".",
            statusCode: StatusCodes.Status404NotFound,
            title: "No such person"
        );
}
