using System.Security.Claims;
using System.Text.Encodings.Web;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Api;

/// <summary>Signs a script in by <c>Authorization: Bearer hd_…</c>; cookies mean nothing to the API, so other sites' pages cannot use it.</summary>
public sealed class ApiTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IDbContextFactory<HelpdeskDbContext> databases,
    IProblemDetailsService problems,
    TimeProvider time
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiToken";
    private const string Prefix = "Bearer ";
    private static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromMinutes(5);

    /// <summary>The script behind a request that this handler signed in.</summary>
    public static Viewer.Script ViewerOf(ClaimsPrincipal principal) =>
        new(
            int.Parse(
                principal.FindFirstValue(ClaimTypes.NameIdentifier)!,
                System.Globalization.CultureInfo.InvariantCulture
            ),
            principal.FindFirstValue(ClaimTypes.Name)!
        );

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var hash = OneTimeLink.HashOf(header[Prefix.Length..].Trim());
        await using var db = await databases.CreateDbContextAsync(Context.RequestAborted);
        var token = await db
            .ApiTokens.AsNoTracking()
            .SingleOrDefaultAsync(t => t.Hash == hash && t.RevokedAt == null, Context.RequestAborted);
        if (token is null)
            return AuthenticateResult.Fail("unknown or revoked token");
        await NoteUseAsync(db, token);
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, token.Id.ToStringInvariant()),
                new Claim(ClaimTypes.Name, token.Name),
                .. Enum.GetValues<ApiRights>()
                    .Where(right => right is not ApiRights.None && token.Rights.HasFlag(right))
                    .Select(right => new Claim(NeededRight.ClaimType, NeededRight.NameOf(right))),
            ],
            SchemeName
        );
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    /// <summary>The token is good and may not do this: says which right it would need.</summary>
    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<NeededRight>();
        await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = Context,
                ProblemDetails = new ProblemDetails
                {
                    Status = Response.StatusCode,
                    Title = "This token may not do that",
                    Detail = needed is null
                        ? "No right allows it."
                        : $"It needs the right \"{needed.Name}\". Rights are chosen when a token is made: make another one at /admin/tokens.",
                    Extensions = { ["neededRight"] = needed?.Name },
                },
            }
        );
    }

    // A write for each call would cost more than the call; minutes are exact enough to see a forgotten token.
    private async Task NoteUseAsync(HelpdeskDbContext db, ApiToken token)
    {
        var now = time.GetUtcNow();
        if (token.LastUsedAt is { } last && now - last < UseIsNotedEvery)
            return;
        await db
            .ApiTokens.Where(t => t.Id == token.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, now), Context.RequestAborted);
    }
}
