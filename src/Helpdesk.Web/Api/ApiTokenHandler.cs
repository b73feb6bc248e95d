using System.Security.Claims;
using System.Text.Encodings.Web;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Api;

/// <summary>Signs a script in by <c>Authorization: Bearer hd_…</c>; cookies mean nothing to the API, so other sites' pages cannot use it.</summary>
public sealed class ApiTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IDbContextFactory<HelpdeskDbContext> databases,
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
            ],
            SchemeName
        );
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
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
