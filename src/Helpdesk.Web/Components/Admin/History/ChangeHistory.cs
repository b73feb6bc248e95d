using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Admin.History;

/// <param name="OlderFrom">Where the next page begins; null at the end.</param>
public sealed record ChangesPage(IReadOnlyList<AdministrationChange> Rows, long? OlderFrom);

/// <summary>Who changed what of the desk's set-up, newest first.</summary>
public sealed class ChangeHistory(IDbContextFactory<HelpdeskDbContext> databases)
{
    public const int PageSize = 40;

    /// <param name="area">The key of a part of the administration; null or empty = all.</param>
    /// <param name="before">The page begins behind this one.</param>
    public async Task<ChangesPage> ReadAsync(string? area, long? before, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        var changes = db.Set<AdministrationChange>().AsNoTracking();
        if (!string.IsNullOrEmpty(area))
            changes = changes.Where(c => c.Area == area);
        if (before is { } id)
            changes = changes.Where(c => c.Id < id);
        var rows = await changes.OrderByDescending(c => c.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        var hasMore = rows.Count > PageSize;
        if (hasMore)
            rows.RemoveAt(PageSize);
        return new(rows, hasMore ? rows[^1].Id : null);
    }

    /// <summary>Of a value of several lines only those that came or went: <c>+</c> and <c>−</c> before them.</summary>
    /// <returns>Null when it is no such value.</returns>
    public static IReadOnlyList<string>? Lines(ChangedField field)
    {
        if (
            field.Was?.Contains('\n', StringComparison.Ordinal) is not true
            && field.Became?.Contains('\n', StringComparison.Ordinal) is not true
        )
            return null;
        var (was, became) = (Split(field.Was), Split(field.Became));
        return [.. became.Except(was).Select(line => $"+ {line}"), .. was.Except(became).Select(line => $"− {line}")];
    }

    private static string[] Split(string? value) =>
        (value ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
