using System.Text;
using Helpdesk.Routing.SetUp;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Admin;
using Helpdesk.Web.Components.Admin.SetUp;
using Helpdesk.Web.Components.Admin.TopicTree;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Api.Routing;

/// <summary>What a call changed, or with <c>?check=true</c> would change.</summary>
/// <param name="Applied">False: nothing was changed, because it was only asked or because all of it stands like that already.</param>
/// <param name="Differences">Field by field, such as <c>topics/card_lost: team</c>.</param>
/// <param name="Notes">What was left out or stays, and why.</param>
public sealed record RoutingResult(
    bool Applied,
    IReadOnlyList<ChangedField> Differences,
    IReadOnlyList<SetUpNote> Notes
);

/// <summary>What a script asks for; unlike a person it saw no page before.</summary>
/// <param name="IfMatch">The mark of the set-up that the change was made from; null or <c>*</c> = whatever stands there.</param>
/// <param name="IsCheck">Nothing is changed, only told.</param>
/// <param name="IsWhole">It is about the whole set-up: what stays as it is, is told too.</param>
public sealed record RoutingCall(Viewer.Script Script, string? IfMatch, bool IsCheck, bool IsWhole = false);

/// <summary>
/// Every change of routing by the API: each call names a part of the set-up, in the words of its file, and the file's own exchange checks
/// and writes it. So a script is held to the same rules as the pages, and the history of changes names its token.
/// </summary>
public sealed class RoutingChange(AdminWork work, SetUpExchange exchange)
{
    private const string NothingToDo = "Nothing";
    private const string WasChanged = "WasChanged";

    /// <summary>The whole set-up as it stands; its mark goes along as the answer's <c>ETag</c>.</summary>
    public async Task<RoutingSetUp> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var now = await exchange.ReadAsync(cancellationToken);
        context.Response.Headers.ETag = TagOf(now);
        return now;
    }

    /// <param name="kind">For the history, past tense: <c>topic saved</c>.</param>
    /// <param name="part">From the set-up as it stands: what to write over it and what it is called, or why not.</param>
    public async Task<(ProblemHttpResult? Problem, RoutingResult? Result)> DoAsync(
        RoutingCall call,
        string kind,
        Func<RoutingSetUp, (ProblemHttpResult? Problem, RoutingSetUp? Part, string Subject)> part,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return call.IsCheck
                ? await CheckAsync(call, part, cancellationToken)
                : await ApplyAsync(call, kind, part, cancellationToken);
        }
        catch (InvalidDataException wrong)
        {
            return (Wrong(wrong.Message), null);
        }
    }

    /// <summary>The same, as the answer to a call that changes what is there.</summary>
    public async Task<Results<Ok<RoutingResult>, ProblemHttpResult>> ChangeAsync(
        RoutingCall call,
        string kind,
        Func<RoutingSetUp, (ProblemHttpResult? Problem, RoutingSetUp? Part, string Subject)> part,
        CancellationToken cancellationToken
    )
    {
        var (problem, result) = await DoAsync(call, kind, part, cancellationToken);
        return problem is not null ? problem : TypedResults.Ok(result);
    }

    /// <summary>The same, as the answer to a call that adds a topic or an area, whose key is made from its name.</summary>
    /// <param name="path">Where it will be found, before its key.</param>
    /// <param name="part">From the set-up as it stands and the key.</param>
    public async Task<Results<Created<RoutingResult>, Ok<RoutingResult>, ProblemHttpResult>> AddAsync(
        RoutingCall call,
        string kind,
        string path,
        string name,
        Func<RoutingSetUp, string, (ProblemHttpResult? Problem, RoutingSetUp? Part, string Subject)> part,
        CancellationToken cancellationToken
    )
    {
        var key = "";
        var (problem, result) = await DoAsync(
            call,
            kind,
            now =>
            {
                var taken = now.Topics.Select(t => t.Key).Concat(now.Areas.Select(a => a.Key)).ToHashSet();
                key = TopicChanges.Keys(name).First(k => !taken.Contains(k));
                return part(now, key);
            },
            cancellationToken
        );
        return problem is not null ? problem
            : call.IsCheck ? TypedResults.Ok(result)
            : TypedResults.Created($"{path}/{Uri.EscapeDataString(key)}", result);
    }

    private async Task<(ProblemHttpResult?, RoutingResult?)> CheckAsync(
        RoutingCall call,
        Func<RoutingSetUp, (ProblemHttpResult? Problem, RoutingSetUp? Part, string Subject)> part,
        CancellationToken cancellationToken
    )
    {
        var now = await exchange.ReadAsync(cancellationToken);
        if (!IsMatch(call, now))
            return (Changed(), null);
        if (part(now) is { Problem: { } problem })
            return (problem, null);
        var plan = await exchange.PlanAsync(part(now).Part!, cancellationToken);
        return (null, new RoutingResult(false, plan.Differences, NotesOf(plan, call)));
    }

    // a call for one entry says nothing of all the others that stay as they are
    private static IReadOnlyList<SetUpNote> NotesOf(SetUpPlan plan, RoutingCall call) =>
        call.IsWhole ? plan.Notes : [.. plan.Notes.Where(n => n.Kind is not SetUpNoteKind.NotInFile)];

    private async Task<(ProblemHttpResult?, RoutingResult?)> ApplyAsync(
        RoutingCall call,
        string kind,
        Func<RoutingSetUp, (ProblemHttpResult? Problem, RoutingSetUp? Part, string Subject)> part,
        CancellationToken cancellationToken
    )
    {
        (ProblemHttpResult? problem, SetUpPlan? plan, var subject) = (null, null, "");
        var refusal = await work.DoAsync(
            call.Script,
            kind,
            async db =>
            {
                var now = await exchange.ReadAsync(db, cancellationToken);
                if (!IsMatch(call, now))
                    return WasChanged;
                (problem, var wanted, subject) = part(now);
                if (problem is not null)
                    return NothingToDo;
                plan = await exchange.ApplyAsync(db, wanted!, call.Script.Actor, cancellationToken);
                return plan.Differences.Count == 0 ? NothingToDo : null;
            },
            () => new AdminRecord(subject, plan!.Differences),
            cancellationToken
        );
        return refusal switch
        {
            null or NothingToDo when problem is null => (
                null,
                new RoutingResult(refusal is null, plan!.Differences, NotesOf(plan, call))
            ),
            WasChanged => (Changed(), null),
            NothingToDo => (problem, null),
            _ => (
                TypedResults.Problem(
                    "Somebody else changed the set-up at the same time. Repeat the call.",
                    statusCode: StatusCodes.Status409Conflict,
                    title: "Changed meanwhile"
                ),
                null
            ),
        };
    }

    /// <summary>Takes over a file: what is wrong in it is told, or all of it is done.</summary>
    /// <param name="kind">For the history, past tense.</param>
    /// <param name="parse">Throws <see cref="InvalidDataException"/> with what is wrong.</param>
    public async Task<Results<Ok<RoutingResult>, ProblemHttpResult>> TakeAsync(
        HttpRequest request,
        RoutingCall call,
        string kind,
        int mostCharacters,
        Func<string, RoutingSetUp> parse,
        CancellationToken cancellationToken
    )
    {
        RoutingSetUp file;
        try
        {
            file = parse(await ReadTextAsync(request, mostCharacters, cancellationToken));
        }
        catch (InvalidDataException wrong)
        {
            return Wrong(wrong.Message);
        }
        var (problem, result) = await DoAsync(call, kind, _ => (null, file, ""), cancellationToken);
        return problem is not null ? problem : TypedResults.Ok(result);
    }

    /// <summary>Reads a body as text, because what is wrong in it is told by line.</summary>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="mostCharacters"/>.</exception>
    private static async Task<string> ReadTextAsync(
        HttpRequest request,
        int mostCharacters,
        CancellationToken cancellationToken
    )
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        for (int read; (read = await reader.ReadAsync(buffer, cancellationToken)) > 0; )
        {
            if (text.Length + read > mostCharacters)
                throw new InvalidDataException($"The body is longer than {mostCharacters} characters.");
            text.Append(buffer, 0, read);
        }
        return text.ToString();
    }

    /// <param name="problems">One a line.</param>
    public static ProblemHttpResult Wrong(string problems) =>
        TypedResults.Problem(
            new HttpValidationProblemDetails(
                new Dictionary<string, string[]>(StringComparer.Ordinal) { ["setUp"] = problems.Split('\n') }
            )
            {
                Status = StatusCodes.Status400BadRequest,
                Title = "This makes no sense as a part of the routing set-up; nothing was changed",
            }
        );

    public static ProblemHttpResult Missing(string what) =>
        TypedResults.Problem(what, statusCode: StatusCodes.Status404NotFound, title: "No such thing in the set-up");

    public static ProblemHttpResult Conflict(string what) =>
        TypedResults.Problem(what, statusCode: StatusCodes.Status409Conflict, title: "It cannot be changed like this");

    public static ProblemHttpResult Changed() =>
        TypedResults.Problem(
            "The set-up is not the one named by If-Match any more. Read it again and repeat your change.",
            statusCode: StatusCodes.Status412PreconditionFailed,
            title: "Changed meanwhile"
        );

    private static bool IsMatch(RoutingCall call, RoutingSetUp now) =>
        call.IfMatch is null or "" or "*" || call.IfMatch == TagOf(now);

    private static string TagOf(RoutingSetUp setUp) => $"\"{SetUpChanges.MarkOf(setUp)}\"";
}
