using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Api;

/// <summary>What makes a call that creates something repeatable; each API token has keys of its own.</summary>
/// <param name="Key">Null when the caller gave none: each call then has an effect.</param>
internal readonly record struct IdempotencyKey(string? Key)
{
    public const string Header = "Idempotency-Key";
    private const int MaxLength = SubmissionKey.MaxLength - 8;

    public bool IsGiven => Key is not null;

    /// <returns>False when it is empty or too long.</returns>
    public static bool TryRead(string? header, Viewer.Script viewer, out IdempotencyKey key)
    {
        key = new(header is null ? null : $"a{viewer.TokenId.ToStringInvariant()}.{header}");
        return header is not { Length: 0 or > MaxLength };
    }

    /// <returns>The ticket that an earlier call with this key made or changed; null when there was none.</returns>
    public async Task<long?> UsedForAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var key = Key;
        return key is null
            ? null
            : await db
                .SubmissionKeys.Where(k => k.Key == key)
                .Select(k => k.TicketId)
                .SingleOrDefaultAsync(cancellationToken);
    }

    public void AddTo(HelpdeskDbContext db, Ticket ticket, DateTimeOffset now)
    {
        if (Key is not null)
            db.SubmissionKeys.Add(
                new SubmissionKey
                {
                    Key = Key,
                    CreatedAt = now,
                    Ticket = ticket,
                }
            );
    }

    public static ProblemHttpResult Refused() =>
        TypedResults.Problem(
            $"Use 1 to {MaxLength.ToStringInvariant()} characters, for example a UUID.",
            statusCode: StatusCodes.Status400BadRequest,
            title: $"The {Header} header is empty or too long"
        );

    public static ProblemHttpResult UsedElsewhere() =>
        TypedResults.Problem(
            "Use a new one for each new thing you do.",
            statusCode: StatusCodes.Status409Conflict,
            title: $"This {Header} was used for another ticket"
        );
}
