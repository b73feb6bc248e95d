using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.SetUp;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Api.Routing;

/// <summary>Topics: who owns them, what customers call them, and what is promised of automatic answers.</summary>
internal static class RoutingTopics
{
    /// <param name="Promise">0.9, 0.95, 0.98 or 0.99.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Answers(AnsweringState State, double Promise)
    {
        /// <summary>Tiers whose customers always get a person, by name.</summary>
        public IReadOnlyList<string> ExcludedTiers { get; init; } = [];
    }

    /// <summary>A topic as a whole: what is not given is empty afterwards.</summary>
    /// <param name="Area">Its area's key.</param>
    /// <param name="Team">Who owns it, by name; null = the desk's default team.</param>
    /// <param name="Skill">What it needs, by key; null = anybody of the team.</param>
    /// <param name="Archived">No new request gets it; topics are never removed.</param>
    /// <param name="AutomaticAnswers">Null leaves them as they are.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Change(
        [property: Required, StringLength(120)] string Name,
        [property: Required] string Area,
        [property: StringLength(500)] string Description = "",
        string? Team = null,
        string? Skill = null,
        bool Archived = false,
        Answers? AutomaticAnswers = null
    )
    {
        /// <summary>How customers say it, one line each.</summary>
        public IReadOnlyList<string> Phrases { get; init; } = [];
    }

    /// <param name="Key">Stable; the name may change.</param>
    public sealed record View(
        string Key,
        string Name,
        string Area,
        string Description,
        string? Team,
        string? Skill,
        bool Archived,
        IReadOnlyList<string> Phrases,
        Answers? AutomaticAnswers
    );

    public static void Map(IEndpointRouteBuilder routing)
    {
        routing.MapGet("/topics", ListAsync).WithName("ListTopics").WithSummary("All topics, archived ones too");
        routing
            .MapGet("/topics/{key}", GetAsync)
            .WithName("ReadTopic")
            .WithSummary("One topic")
            .ProducesProblem(StatusCodes.Status404NotFound);
        OtherContent.Refuse(routing, "/topics", "application/json");
        Problems(
            routing
                .MapPost("/topics", PostAsync)
                .WithName("CreateTopic")
                .WithSummary("Add a topic; its key is made from its name")
        );
        Problems(
            routing
                .MapPut("/topics/{key}", PutAsync)
                .WithName("ChangeTopic")
                .WithSummary(
                    "Change a topic as a whole: name, area, owner, skill, phrases, and tiers left out of automatic answers"
                )
                .ProducesProblem(StatusCodes.Status404NotFound)
        );

        static void Problems(RouteHandlerBuilder call) =>
            call.WithDescription(
                    "With `check=true` nothing is changed and the answer says what would be. With `If-Match` it is refused (412) when the set-up is not the one that was read."
                )
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
            .. now.Areas.SelectMany(area => area.Topics.Select(topic => ViewOf(now, area, topic))),
        ]);
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> GetAsync(
        string key,
        HttpContext context,
        RoutingChange change,
        CancellationToken cancellationToken
    )
    {
        var now = await change.ReadAsync(context, cancellationToken);
        return now.Areas.FirstOrDefault(a => a.Topics.Any(t => t.Key == key)) is { } area
            ? TypedResults.Ok(ViewOf(now, area, area.Topics.Single(t => t.Key == key)))
            : Missing(key);
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
            "topic added",
            "/api/v1/routing/topics",
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
            "topic saved",
            now => now.Topics.Any(t => t.Key == key) ? PartOf(now, key, request) : (Missing(key), null, ""),
            cancellationToken
        );

    private static (ProblemHttpResult?, RoutingSetUp?, string) PartOf(RoutingSetUp now, string key, Change request)
    {
        var name = Text.OneLine(request.Name, 120);
        if (now.Areas.FirstOrDefault(a => a.Key == request.Area) is not { } area)
            return (RoutingChange.Wrong($"topics/{key}: there is no area \"{request.Area}\"."), null, "");
        if (
            DeskNames.IsTaken(
                name,
                area.Topics.FirstOrDefault(t => t.Key == key)?.Name,
                area.Topics.Where(t => t.Key != key).Select(t => t.Name)
            )
        )
            return (RoutingChange.Conflict($"There is a topic called \"{name}\" in this area already."), null, "");
        var topic = new SetUpTopic(
            key,
            name,
            request.Description?.Trim() ?? "",
            request.Team,
            request.Skill,
            request.Archived
        )
        {
            Phrases = [.. (request.Phrases ?? []).Select(p => p?.Trim() ?? "")],
        };
        var part = new RoutingSetUp { Areas = [area with { Topics = [topic] }] };
        return (
            null,
            request.AutomaticAnswers is { } answers ? part with { AutomaticAnswers = [Of(answers)] } : part,
            name
        );

        SetUpAnswers Of(Answers answers) =>
            new(key, answers.State, answers.Promise)
            {
                ExcludedTiers = [.. (answers.ExcludedTiers ?? []).Select(t => t ?? "")],
            };
    }

    private static View ViewOf(RoutingSetUp now, SetUpArea area, SetUpTopic topic) =>
        new(
            topic.Key,
            topic.Name,
            area.Key,
            topic.Description,
            topic.Team,
            topic.Skill,
            topic.Archived,
            topic.Phrases,
            now.AutomaticAnswers.FirstOrDefault(a => a.Topic == topic.Key) is { } answers
                ? new Answers(answers.State, answers.Promise) { ExcludedTiers = answers.ExcludedTiers }
                : null
        );

    private static ProblemHttpResult Missing(string key) =>
        RoutingChange.Missing($"There is no topic with the key \"{key}\".");
}
