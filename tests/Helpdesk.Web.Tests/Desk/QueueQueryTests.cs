using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Desk.Queues;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class QueueQueryTests
{
    [Fact]
    public async Task Every_queue_reads_unresolved_tickets_in_order_from_a_partial_index()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await ManyTickets.AddAsync(desk, 3000);
        await using var db = desk.OpenDatabase();
        var picture = await desk.PictureAsync();
        string[] partial =
        [
            "IX_Tickets_SpecialistId_DueAt",
            "IX_Tickets_TeamId_DueAt",
            "IX_Tickets_DueAt",
            "IX_Tickets_SpecialistId_PersonWantedAt",
            "IX_Tickets_TeamId_PersonWantedAt",
            "IX_Tickets_PersonWantedAt",
        ];
        foreach (var viewer in new[] { Member(desk, desk.Team.Id, desk.Team.Id + 1), Supervisor(desk) })
        foreach (var queue in Enum.GetValues<DeskQueue>())
        foreach (var after in new QueueCursor?[] { null, new(desk.Time.GetUtcNow(), 100), new(null, 100) })
        {
            var places = QueueQuery.Places(db, viewer, new(queue, After: after), picture, desk.Time.GetUtcNow());
            var plan = await PlanAsync(db, places);
            var reads = plan.Where(l =>
                    l.Contains(" USING ") && !l.StartsWith("USE ", StringComparison.Ordinal) && !l.Contains("UNION")
                )
                .Where(l => !l.Contains("PRIMARY KEY"))
                .ToList();
            reads.ShouldNotBeEmpty();
            reads.ShouldAllBe(
                l => partial.Any(index => l.Contains(index + " ")),
                $"{queue}\n{string.Join('\n', plan)}"
            );
            // the only sort is that of the few rows taken from each stretch; where time bounds a queue, also those who asked for a person in it
            var bounded = queue is DeskQueue.DueSoon or DeskQueue.Breached;
            plan.Count(l => l.StartsWith("USE TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal))
                .ShouldBeLessThanOrEqualTo(bounded ? 5 : 1, queue.ToString());
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Pages_follow_each_other_without_gap_or_double_and_lead_back(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider);
        for (var i = 0; i < 64; i++)
        {
            var id = await desk.OpenTicketAsync($"Ticket {i}");
            await desk.ChangeAsync(
                id,
                (t, terms, now) =>
                {
                    if (i % 4 == 0)
                        t.WaitForCustomer(Actor.System, terms, now);
                    if (i % 4 is 1 or 2)
                    {
                        t.AnswerByArticle(new MessageContent { Text = "Like this." }, 1, terms, now);
                        t.DeclineAutoAnswer(Actor.System, terms, now);
                    }
                    if (i % 3 == 0)
                        t.AssignTo(desk.Anna, Actor.System, reason: null, now);
                    else
                        t.MoveTo(desk.Team, Actor.System, now);
                }
            );
            if (i % 5 == 0)
                desk.Time.Advance(TimeSpan.FromMinutes(1));
        }
        var reader = new Reading(desk);
        var anna = Member(desk, desk.Team.Id);
        var pages = new List<List<QueueRow>>();
        var request = new QueueRequest(DeskQueue.Everything);
        do
        {
            pages.Add(await reader.PageAsync(anna, request));
            request = request with { After = pages[^1][^1].Place };
        } while (pages[^1].Count == QueueQuery.PageSize);
        var all = pages.SelectMany(p => p).ToList();
        all.Select(r => r.Id).Distinct().Count().ShouldBe(64);
        all.Count.ShouldBe(64);
        all.ShouldBe(all.OrderBy(r => r.Place));
        all.Count(r => r.IsPaused).ShouldBe(16);
        all.TakeLast(16).ShouldAllBe(r => r.IsPaused);
        // whoever asked for a person stands above everybody, over more than a page
        all.Take(32).ShouldAllBe(r => r.PersonWantedAt != null);

        var back = await reader.PageAsync(anna, new(DeskQueue.Everything, Before: pages[2][0].Place));
        back.Select(r => r.Id).ShouldBe(pages[1].Select(r => r.Id));
        back = await reader.PageAsync(anna, new(DeskQueue.Everything, Before: pages[1][0].Place));
        back.Select(r => r.Id).ShouldBe(pages[0].Select(r => r.Id));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_list_shows_only_what_the_person_may_see(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider);
        var other = await OtherTeamAsync(desk);
        var mine = await desk.OpenTicketAsync("mine");
        var theirs = await desk.OpenTicketAsync("theirs");
        var nobodys = await desk.OpenTicketAsync("nobodys");
        var solved = await desk.OpenTicketAsync("solved");
        await desk.ChangeAsync(
            mine,
            (t, _, now) =>
            {
                t.MoveTo(other, Actor.System, now);
                t.AssignTo(desk.Anna, Actor.System, reason: null, now);
            }
        );
        await desk.ChangeAsync(theirs, (t, _, now) => t.MoveTo(other, Actor.System, now));
        await desk.ChangeAsync(solved, (t, terms, now) => t.Resolve("done", null, Actor.System, terms, now));
        var reader = new Reading(desk);
        var anna = Member(desk, desk.Team.Id);

        (await reader.NumbersAsync(anna, DeskQueue.Everything)).ShouldBe([mine, nobodys], ignoreOrder: true);
        (await reader.NumbersAsync(anna, DeskQueue.Unassigned)).ShouldBe([nobodys]);
        (await reader.NumbersAsync(anna, DeskQueue.Mine)).ShouldBe([mine]);
        (await reader.NumbersAsync(Supervisor(desk), DeskQueue.Unassigned)).ShouldBe(
            [theirs, nobodys],
            ignoreOrder: true
        );
        (await reader.PageAsync(anna, new(DeskQueue.Everything, Words: theirs.ToString()))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Search_finds_numbers_subjects_and_customers(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider);
        var card = await desk.OpenTicketAsync("Where is my CARD", address: "ann@harbour.example");
        var ukrainian = await desk.OpenTicketAsync("Де моя Картка", address: "bo@example.org");
        var solved = await desk.OpenTicketAsync("Old story", address: "cid@example.org");
        await desk.ChangeAsync(solved, (t, terms, now) => t.Resolve("done", null, Actor.System, terms, now));
        var reader = new Reading(desk);
        var viewer = Supervisor(desk);

        (await reader.NumbersAsync(viewer, DeskQueue.Everything, "card where")).ShouldBe([card]);
        (await reader.NumbersAsync(viewer, DeskQueue.Everything, "harbour")).ShouldBe([card]);
        (await reader.NumbersAsync(viewer, DeskQueue.Everything, "картка")).ShouldBe([ukrainian]);
        (await reader.NumbersAsync(viewer, DeskQueue.Everything, "story")).ShouldBeEmpty();
        (await reader.NumbersAsync(viewer, DeskQueue.Everything, $"#{solved}")).ShouldBe([solved]);
        (await reader.NumbersAsync(viewer, DeskQueue.Everything, "100% _ ' \"")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task The_counts_of_the_navigation_agree_with_the_lists(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var other = await OtherTeamAsync(desk);
        for (var i = 0; i < 20; i++)
        {
            var id = await desk.OpenTicketAsync(
                $"Ticket {i}",
                address: i % 7 == 0 ? "vip@example.org" : "c@example.org"
            );
            await desk.ChangeAsync(
                id,
                (t, terms, now) =>
                {
                    t.MoveTo(i % 2 == 0 ? desk.Team : other, Actor.System, now);
                    if (i % 5 == 0)
                        t.AssignTo(desk.Anna, Actor.System, reason: null, now);
                    if (i % 6 == 0)
                        t.WaitForCustomer(Actor.System, terms, now);
                }
            );
            desk.Time.Advance(TimeSpan.FromMinutes(5));
        }
        await using (var db = desk.OpenDatabase())
            await db
                .Customers.Where(c => c.NormalizedAddress == "vip@example.org")
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.TierId, desk.Vip.Id));
        var reader = new Reading(desk);
        foreach (var viewer in new[] { Member(desk, desk.Team.Id), Supervisor(desk) })
        {
            var numbers = await desk.Get<QueueCounts>().ForAsync(viewer);
            foreach (var queue in DeskQueues.Shown)
                numbers
                    .Total.GetValueOrDefault(queue)
                    .ShouldBe((await reader.NumbersAsync(viewer, queue)).Count, $"{queue} of {viewer.Name}");
            numbers.Total[DeskQueue.Breached].ShouldBeGreaterThan(0);
            numbers.Total[DeskQueue.Vip].ShouldBeGreaterThan(0);
            numbers.WaitForUs.GetValueOrDefault(DeskQueue.Waiting).ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("639100000000000000.48213")]
    [InlineData("x.7")]
    public void A_place_survives_the_address(string text) => QueueCursor.Parse(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("9999999999999999999.1")]
    [InlineData("-5.1")]
    [InlineData("x.-1")]
    public void A_place_nobody_wrote_is_none(string? text) => QueueCursor.Parse(text).ShouldBeNull();

    private static Viewer.Staff Member(Testing.Desk desk, params int[] teams) =>
        new(desk.Anna.Id, "Anna", SeesAll: false, IsAdministrator: false, teams);

    private static Viewer.Staff Supervisor(Testing.Desk desk) =>
        new(desk.Supervisor.Id, "Sofia", SeesAll: true, IsAdministrator: false, []);

    private static async Task<Team> OtherTeamAsync(Testing.Desk desk)
    {
        await using var db = desk.OpenDatabase();
        var team = new Team { Name = "Transfers" };
        db.Teams.Add(team);
        await db.SaveChangesAsync();
        return team;
    }

    private static async Task<IReadOnlyList<string>> PlanAsync(HelpdeskDbContext db, IQueryable<QueuePlace> query)
    {
        await using var command = query.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        await db.Database.OpenConnectionAsync();
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(3));
        return lines;
    }

    private sealed class Reading(Testing.Desk desk)
    {
        public async Task<List<QueueRow>> PageAsync(Viewer.Staff viewer, QueueRequest request)
        {
            await using var db = desk.OpenDatabase();
            var places = QueueQuery.Places(db, viewer, request, await desk.PictureAsync(), desk.Time.GetUtcNow());
            var rows = await QueueQuery.Rows(db, places).ToListAsync();
            rows.Sort((a, b) => a.Place.CompareTo(b.Place));
            if (rows.Count > QueueQuery.PageSize)
                rows.RemoveAt(request.Before is null ? rows.Count - 1 : 0);
            return rows;
        }

        public async Task<IReadOnlyList<long>> NumbersAsync(
            Viewer.Staff viewer,
            DeskQueue queue,
            string? words = null
        ) => (await PageAsync(viewer, new(queue, Words: words))).Select(r => r.Id).ToList();
    }
}
