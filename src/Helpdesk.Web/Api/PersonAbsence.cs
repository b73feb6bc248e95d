using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Routing.Assignment;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Admin;
using Helpdesk.Web.Components.Admin.Staff;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Api;

/// <summary>Vacations and illness, for rosters and the systems of a personnel department; see <see cref="AbsenceDays"/>.</summary>
internal static class PersonAbsence
{
    private const string RecordKind = "person's absence set";

    /// <param name="Through">The last day, in the person's time zone.</param>
    /// <param name="From">The first day; null = from now on.</param>
    /// <param name="KeepsWork">Nothing is handed over when it begins; null leaves that as it is.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Change([property: Required] DateOnly? Through, DateOnly? From = null, bool? KeepsWork = null);

    /// <param name="From">Null while nobody knows of an absence.</param>
    /// <param name="IsAbsent">At this moment.</param>
    /// <param name="Deputy">By address.</param>
    public sealed record View(
        string Person,
        DateOnly? From,
        DateOnly? Through,
        bool IsAbsent,
        bool KeepsWork,
        string? Deputy
    );

    public static void Map(IEndpointRouteBuilder api)
    {
        Problems(
            api.MapGet("/people/{address}/absence", GetAsync)
                .WithName("ReadAbsence")
                .WithSummary("Somebody's absence, now or to come")
        );
        Problems(
            api.MapPut("/people/{address}/absence", PutAsync)
                .WithName("SetAbsence")
                .WithSummary("Say from which day through which somebody is absent")
                .WithDescription(
                    "Days are those of the person's own time zone, the last one included. When it begins, what waits for the desk goes to the deputy or to whoever else can do it, unless `keepsWork`; "
                        + "one that has begun is acted on at once. It replaces the absence that was known. The history of changes names the token."
                )
                .ProducesValidationProblem()
        );
        Problems(
            api.MapDelete("/people/{address}/absence", DeleteAsync)
                .WithName("EndAbsence")
                .WithSummary("Somebody is there (again)")
                .WithDescription("Nothing comes back by itself. Without a known absence nothing happens.")
        );

        static void Problems(RouteHandlerBuilder call) =>
            call.ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> GetAsync(
        string address,
        HelpdeskDbContext db,
        DeskDirectory directory,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        await ViewAsync(db, address, directory, time.GetUtcNow(), cancellationToken) is { } view
            ? TypedResults.Ok(view)
            : Missing(address);

    private static Task<Results<Ok<View>, ProblemHttpResult, ValidationProblem>> PutAsync(
        string address,
        Change request,
        ClaimsPrincipal user,
        Writing writing,
        CancellationToken cancellationToken
    ) =>
        writing.SaveAsync(
            user,
            address,
            new AbsenceDays(request.From, request.Through),
            request.KeepsWork,
            cancellationToken
        );

    private static Task<Results<Ok<View>, ProblemHttpResult, ValidationProblem>> DeleteAsync(
        string address,
        ClaimsPrincipal user,
        Writing writing,
        CancellationToken cancellationToken
    ) => writing.SaveAsync(user, address, default, keepsWork: null, cancellationToken);

    /// <summary>Writes an absence by the same rules as the person's page.</summary>
    internal sealed class Writing(
        AdminWork work,
        SpecialistRelease release,
        DeskDirectory directory,
        IDbContextFactory<HelpdeskDbContext> databases,
        TimeProvider time
    )
    {
        internal async Task<Results<Ok<View>, ProblemHttpResult, ValidationProblem>> SaveAsync(
            ClaimsPrincipal user,
            string address,
            AbsenceDays wanted,
            bool? keepsWork,
            CancellationToken cancellationToken
        )
        {
            if (wanted.Through?.Year >= DateOnly.MaxValue.Year)
                return Invalid("through", "The last day is too far away.");
            var picture = await directory.GetAsync(cancellationToken);
            AdminRecord? record = null;
            var refusal = await work.DoAsync(
                ApiTokenHandler.ViewerOf(user),
                RecordKind,
                async db =>
                {
                    if (await FindAsync(db, address, cancellationToken) is not { } found)
                        return Gone;
                    var (person, zone) = (found.Person, AbsenceDays.ZoneOf(found.Zone, picture));
                    var (before, kept) = (AbsenceDays.Of(person, zone, time.GetUtcNow()), person.KeepsWork);
                    if (wanted.Apply(person, zone, time.GetUtcNow()) is { } mistake)
                        return mistake;
                    person.KeepsWork = keepsWork ?? kept;
                    var after = AbsenceDays.Of(person, zone, time.GetUtcNow());
                    ChangedField[] fields =
                    [
                        new("AbsentFrom", Day(before.From), Day(after.From)),
                        new("AbsentThrough", Day(before.Through), Day(after.Through)),
                        new("KeepsWork", kept.ToString(), person.KeepsWork.ToString()),
                    ];
                    record = new AdminRecord(person.Name, [.. fields.Where(f => f.Was != f.Became)]);
                    return record.Fields.Count == 0 ? Unchanged : null;
                },
                () => record,
                cancellationToken
            );
            switch (refusal)
            {
                case null:
                    // an absence that has begun does not wait for the timetable
                    await release.RunForAbsentAsync(cancellationToken);
                    break;
                case Unchanged:
                    break;
                case Gone:
                    return Missing(address);
                case "AbsenceOrder":
                    return Invalid("through", "The absence ends before it begins.");
                case "AbsenceOver":
                    return Invalid("through", "The last day of the absence is over already.");
                default:
                    return TypedResults.Problem(
                        "Somebody else changed this person at the same time. Repeat the call.",
                        statusCode: StatusCodes.Status409Conflict,
                        title: "Changed meanwhile"
                    );
            }
            await using var fresh = databases.CreateDbContext();
            return await ViewAsync(fresh, address, directory, time.GetUtcNow(), cancellationToken) is { } view
                ? TypedResults.Ok(view)
                : Missing(address);
        }

        private const string Gone = "Gone";
        private const string Unchanged = "Unchanged";

        private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        private static ValidationProblem Invalid(string field, string why) =>
            TypedResults.ValidationProblem(
                new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [why] }
            );
    }

    private static async Task<View?> ViewAsync(
        HelpdeskDbContext db,
        string address,
        DeskDirectory directory,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(db, address, cancellationToken) is not { } found)
            return null;
        var person = found.Person;
        var days = AbsenceDays.Of(
            person,
            AbsenceDays.ZoneOf(found.Zone, await directory.GetAsync(cancellationToken)),
            now
        );
        var deputy = await db
            .Specialists.Where(s => s.Id == person.DeputyId)
            .Select(s => s.Address)
            .SingleOrDefaultAsync(cancellationToken);
        return new(person.Address, days.From, days.Through, person.IsAbsentAt(now), person.KeepsWork, deputy);
    }

    private static async Task<Found?> FindAsync(
        HelpdeskDbContext db,
        string address,
        CancellationToken cancellationToken
    )
    {
        var normalized = address.Trim().ToUpperInvariant();
        var user = await db
            .Users.AsNoTracking()
            .Where(u => u.NormalizedEmail == normalized)
            .Select(u => new { u.Id, u.TimeZoneId })
            .SingleOrDefaultAsync(cancellationToken);
        return
            user is not null
            && await db.Specialists.SingleOrDefaultAsync(s => s.Id == user.Id && s.IsActive, cancellationToken)
                is { } person
            ? new(person, user.TimeZoneId)
            : null;
    }

    private sealed record Found(Specialist Person, string? Zone);

    private static ProblemHttpResult Missing(string address) =>
        TypedResults.Problem(
            $"Nobody who answers requests here has the address \"{address}\".",
            statusCode: StatusCodes.Status404NotFound,
            title: "No such person"
        );
}
