using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using static Helpdesk.Web.Components.Admin.AdminWork;

namespace Helpdesk.Web.Components.Admin.Tokens;

public sealed record TokenRow(
    int Id,
    string Name,
    string Prefix,
    ApiRights Rights,
    DateTimeOffset CreatedAt,
    string? CreatedBy,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt
);

/// <summary>The keys with which scripts use the API.</summary>
public sealed class TokenChanges(AdminWork work, IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    private const int MostRows = 200;

    /// <returns>Those in use first, the newest first.</returns>
    public async Task<IReadOnlyList<TokenRow>> ReadAsync()
    {
        await using var db = databases.CreateDbContext();
        return await db
            .ApiTokens.OrderBy(t => t.RevokedAt != null)
            .ThenByDescending(t => t.Id)
            .Take(MostRows)
            .Select(t => new TokenRow(
                t.Id,
                t.Name,
                t.Prefix,
                t.Rights,
                t.CreatedAt,
                db.Users.Where(u => u.Id == t.CreatedBy).Select(u => u.DisplayName).FirstOrDefault(),
                t.LastUsedAt,
                t.RevokedAt
            ))
            .ToListAsync();
    }

    /// <returns>The refusal, or the secret, which nobody can show again.</returns>
    public async Task<(string? Refusal, string? Secret)> CreateAsync(string name, ApiRights rights)
    {
        string? secret = null;
        var line = Text.OneLine(name, 80);
        var refusal = await work.DoAsync(
            "API token made",
            async (db, who) =>
            {
                // a form sent twice must not leave a second, forgotten key
                if (await db.ApiTokens.AnyAsync(t => t.Name == line && t.RevokedAt == null))
                    return Refusals.Taken;
                (var token, secret) = ApiToken.Create(line, rights, who.UserId, time.GetUtcNow());
                db.ApiTokens.Add(token);
                return null;
            },
            () => $"{line}: {rights}",
            () => new AdminRecord(line, [new("Rights", null, rights.ToString())])
        );
        return (refusal, refusal is null ? secret : null);
    }

    /// <summary>From the next call on, whoever uses it is refused. Revoking twice changes nothing.</summary>
    public Task<string?> RevokeAsync(int id)
    {
        var name = "";
        return work.DoAsync(
            "API token revoked",
            async (db, _) =>
            {
                if (await db.ApiTokens.SingleOrDefaultAsync(t => t.Id == id) is not { } token)
                    return Refusals.Gone;
                token.RevokedAt ??= time.GetUtcNow();
                name = token.Name;
                return null;
            },
            () => id.ToStringInvariant(),
            () => new AdminRecord(name, [])
        );
    }
}
