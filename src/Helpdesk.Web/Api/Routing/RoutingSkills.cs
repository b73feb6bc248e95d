using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Routing.SetUp;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Api.Routing;

/// <summary>People by skills, cell by cell.</summary>
internal static class RoutingSkills
{
    private const int MostCells = 1_000;

    /// <param name="Levels">1 learning, 2 able, 3 expert, by the skill's key; what is not there is 0.</param>
    public sealed record Row(string Person, IReadOnlyDictionary<string, int> Levels);

    public sealed record Matrix(IReadOnlyList<SetUpSkill> Skills, IReadOnlyList<Row> People);

    /// <param name="Person">By address.</param>
    /// <param name="Skill">By key.</param>
    /// <param name="Level">0 to 3; 0 takes the skill away.</param>
    /// <param name="Was">When given, the cell is changed only if it holds this.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Cell(
        [property: Required] string Person,
        [property: Required] string Skill,
        [property: Required, Range(0, 3)] int? Level,
        int? Was = null
    );

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Cells([property: Required, Length(1, MostCells)] IReadOnlyList<Cell> Changes);

    public static void Map(IEndpointRouteBuilder routing)
    {
        routing.MapGet("/skills", GetAsync).WithName("ReadSkills").WithSummary("The skills matrix");
        routing
            .MapPatch("/skills", PatchAsync)
            .WithName("ChangeSkills")
            .WithSummary("Change cells of the skills matrix")
            .WithDescription(
                "All cells or none; of a cell named twice the last counts. With `check=true` nothing is changed. A cell whose `was` is not what stands there refuses all of them (409)."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Ok<Matrix>> GetAsync(
        HttpContext context,
        RoutingChange change,
        CancellationToken cancellationToken
    )
    {
        var now = await change.ReadAsync(context, cancellationToken);
        return TypedResults.Ok(new Matrix(now.Skills, [.. now.People.Select(p => new Row(p.Address, p.Skills))]));
    }

    private static Task<Results<Ok<RoutingResult>, ProblemHttpResult>> PatchAsync(
        Cells request,
        ClaimsPrincipal user,
        RoutingChange change,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        CancellationToken cancellationToken,
        bool check = false
    ) =>
        change.ChangeAsync(
            new(ApiTokenHandler.ViewerOf(user), ifMatch, check),
            "skill levels saved",
            now => PartOf(now, request.Changes),
            cancellationToken
        );

    private static (ProblemHttpResult?, RoutingSetUp?, string) PartOf(RoutingSetUp now, IReadOnlyList<Cell> cells)
    {
        var people = now.People.ToDictionary(p => p.Address, StringComparer.OrdinalIgnoreCase);
        var levels = new Dictionary<string, Dictionary<string, int>>(StringComparer.OrdinalIgnoreCase);
        var unknown = new List<string>();
        var meanwhile = new List<string>();
        foreach (var cell in cells)
        {
            if (cell is null)
                return (RoutingChange.Wrong("changes: an entry is empty."), null, "");
            if (!people.TryGetValue(cell.Person, out var person))
            {
                unknown.Add($"people/{cell.Person}: nobody who works here has this address.");
                continue;
            }
            if (cell.Was is { } was && person.Skills.GetValueOrDefault(cell.Skill) is var stands && stands != was)
                meanwhile.Add($"people/{person.Address}: {cell.Skill} is {stands}, not {was}.");
            if (!levels.TryGetValue(cell.Person, out var row))
                levels[cell.Person] = row = new(person.Skills, StringComparer.Ordinal);
            if (cell.Level == 0 && now.Skills.Any(s => s.Key == cell.Skill))
                row.Remove(cell.Skill);
            else
                row[cell.Skill] = cell.Level!.Value;
        }
        if (unknown.Count > 0)
            return (RoutingChange.Wrong(string.Join('\n', unknown)), null, "");
        if (meanwhile.Count > 0)
            return (RoutingChange.Conflict(string.Join(' ', meanwhile)), null, "");
        var part = new RoutingSetUp { People = [.. levels.Select(l => people[l.Key] with { Skills = l.Value })] };
        return (null, part, "");
    }
}
