using System.Globalization;
using Helpdesk.Testing;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Tests.Desk;

/// <summary>Fills a desk with many plain tickets at once, of which a twentieth is unresolved; SQLite only.</summary>
internal static class ManyTickets
{
    public const int Teams = 5;

    /// <param name="share">One of so many is unresolved.</param>
    public static async Task AddAsync(Testing.Desk desk, int tickets, int share = 20)
    {
        await using var db = desk.OpenDatabase();
        for (var i = 2; i <= Teams; i++)
            db.Teams.Add(new Team { Name = $"Team {i}" });
        for (var i = 1; i <= 20; i++)
            db.Organizations.Add(new Organization { Name = $"Firm {i}", TierId = i == 1 ? desk.Vip.Id : null });
        await db.SaveChangesAsync();
        var now = desk.Time.GetUtcNow().UtcTicks;
        string[] people =
        [
            desk.Lead.Id.ToString().ToUpperInvariant(),
            desk.Anna.Id.ToString().ToUpperInvariant(),
            desk.Boris.Id.ToString().ToUpperInvariant(),
        ];
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            INSERT INTO Customers (Address, NormalizedAddress, Name, CreatedAt, OrganizationId)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            SELECT 'c' || i || '@example.org', 'c' || i || '@example.org', 'Customer ' || i, {now}, CASE i % 40 WHEN 0 THEN 1 + i % 20 ELSE NULL END FROM n;

            INSERT INTO Tickets (Subject, CustomerId, Channel, Status, Priority, PriorityScore, PriorityIsManual, TopicIsManual, TypeIsManual, ComplexityIsManual, ToneIsManual, TeamId, SpecialistId,
              RoutedAt, CreatedAt, UpdatedAt, LastMessageAt, CustomerWroteLast, ResolutionStartedAt, ResolvedAt, Replies, Reopenings, SlaPolicyId,
              PausedWorkingTime, PausedSince, DueAt, DueTarget, EscalationLevel, Acknowledged, AutoAnswer, Version, IsEmptied)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {tickets})
            SELECT 'Question about card number ' || i, 1 + i % 2000, 0,
              CASE WHEN i % {share} <> 0 THEN 4 WHEN i % 100 = 0 THEN 2 ELSE 1 END, i % 4, 0, 0, 0, 0, 0, 0, 1 + (i / {share}) % {Teams},
              CASE WHEN (i / {share}) % 7 = 0 THEN NULL WHEN (i / {share}) % {Teams} <> 0 THEN NULL WHEN i % 3 = 0 THEN '{people[
                0
            ]}' WHEN i % 3 = 1 THEN '{people[1]}' ELSE '{people[2]}' END,
              {now}, {now} - i * 600000000, {now}, {now} - i * 300000000, i % 2, {now} - i * 600000000,
              CASE WHEN i % {share} <> 0 THEN {now} END, 1, 0, {desk.PolicyId}, 0, CASE WHEN i % 100 = 0 THEN {now} END,
              CASE WHEN i % {share} <> 0 OR i % 100 = 0 THEN NULL ELSE {now} + ((i * 7919) % 20000 - 2000) * 60000000 END,
              CASE WHEN i % {share} <> 0 OR i % 100 = 0 THEN NULL ELSE 2 END, 0, 1, 0, 0, 0
            FROM n;
            """
        );
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
