using Bunit;
using Helpdesk.Routing;
using Helpdesk.Routing.Assignment;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;
using Helpdesk.Web.Components.Account;
using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Components.Supervise;
using Helpdesk.Web.Components.Supervise.Wall;
using Helpdesk.Web.Live;
using Helpdesk.Web.Tests.Desk;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class WallPageTests
{
    [Fact]
    public async Task The_wall_follows_what_happens_and_forgets_what_it_showed_when_the_right_is_gone()
    {
        await using var desk = await Testing.Desk.CreateAsync(
            configure: (services, configuration) =>
            {
                services.AddQueues();
                services.AddRoutingRooms(configuration);
                services.AddSupervise();
            }
        );
        await using var page = new WallOf(desk);
        var feed = desk.Get<LiveFeed>();
        await feed.ReadAsync(CancellationToken.None);
        var wall = page.Render<WallPage>();
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("<h1>"));
        wall.Markup.ShouldNotContain("Where is my card");

        await desk.OpenTicketAsync();
        await feed.ReadAsync(CancellationToken.None);
        wall.Markup.ShouldNotContain("Where is my card");
        page.Clock.Advance(TimeSpan.FromSeconds(1)); // a burst is read once
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("Where is my card"));

        await using (var db = desk.OpenDatabase())
            await db.UserRoles.Where(r => r.UserId == desk.Supervisor.Id).ExecuteDeleteAsync();
        page.Clock.Advance(DeskPerson.TrustedFor + TimeSpan.FromSeconds(1));
        wall.WaitForAssertion(() => wall.Markup.ShouldNotContain("Where is my card"));
    }

    [Fact]
    public async Task Whoever_has_the_skill_for_a_request_is_offered_first()
    {
        await using var desk = await OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            var skill = new Skill { Key = "cards", Name = "Cards" };
            var area = new Topic { Key = "all_cards", Name = "All cards" };
            var topic = new Topic
            {
                Key = "card_gone",
                Name = "Card gone",
                Parent = area,
                Skill = skill,
            };
            db.AddRange(area, topic);
            var boris = await db.Specialists.SingleAsync(s => s.Id == desk.Boris.Id);
            db.Add(
                new SpecialistSkill
                {
                    Specialist = boris,
                    Skill = skill,
                    Level = 3,
                }
            );
            var ticket = (await TicketIntake.ForChangeAsync(db, await desk.OpenTicketAsync()))!;
            await db.SaveChangesAsync();
            ticket.ChangeTopic(topic, Actor.System, desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        desk.Get<DeskDirectory>().Forget();
        await using var page = new WallOf(desk);
        var wall = page.Render<WallPage>();
        wall.WaitForAssertion(() => wall.FindAll("#list select option").Count.ShouldBeGreaterThan(2));
        var offered = wall.FindAll("#list select option").Select(o => o.TextContent).ToList();
        offered[1].ShouldStartWith($"{desk.Boris.Name}, expert, load ");
        offered[2].ShouldContain(", not trained for it, load ");
    }

    [Fact]
    public async Task The_wall_says_when_anything_last_changed_and_shows_every_figure()
    {
        await using var desk = await OpenAsync();
        await using var page = new WallOf(desk);
        var feed = desk.Get<LiveFeed>();
        await feed.ReadAsync(CancellationToken.None);
        var wall = page.Render<WallPage>();
        wall.WaitForAssertion(() => wall.Find(".when-live").TextContent.ShouldBe("Live, nothing has happened yet"));

        await desk.OpenTicketAsync();
        await feed.ReadAsync(CancellationToken.None);
        page.Clock.Advance(TimeSpan.FromSeconds(12));
        wall.WaitForAssertion(() => wall.Find(".when-live").TextContent.ShouldContain("last change"));
        wall.Find(".when-lost").TextContent.ShouldContain("the connection is lost");
        wall.FindAll(".figure span")
            .Select(f => f.TextContent)
            .ShouldBe(["Breached", "Due within the hour", "Unassigned", "Unresolved", "Answered automatically"]);
        wall.FindAll("section h2")
            .Select(h => h.TextContent)
            .ShouldBe(["Today", "Unresolved by age", "People", "Likely to breach", "Mail", "What nobody is handling"]);
        wall.Find("svg.chart").GetAttribute("aria-label").ShouldStartWith("1 came in and 0 were resolved today");
        wall.FindAll("details table tbody tr").Count.ShouldBeGreaterThan(3);
        wall.Find("[data-full]").GetAttribute("data-key").ShouldBe("f");
    }

    [Fact]
    public async Task A_supervisor_unticks_what_stays_and_moves_the_rest()
    {
        await using var desk = await OpenAsync();
        var ids = await OverloadAsync(desk);
        await using var page = new WallOf(desk);
        await desk.Get<LiveFeed>().ReadAsync(CancellationToken.None);
        var wall = page.Render<WallPage>();
        wall.WaitForAssertion(() => wall.Find("button[popovertarget=rebalance]").Click());
        wall.WaitForAssertion(() => wall.FindAll("#rebalance input").Count.ShouldBe(2));
        wall.Find("#rebalance").TextContent.ShouldContain("Anna Alder: 5 → 3 of 3");

        wall.FindAll("#rebalance input")[0].Change(false);
        wall.WaitForAssertion(() => wall.Find("#rebalance .primary").TextContent.ShouldBe("Move 1 request"));
        wall.Find("#rebalance .primary").Click();

        wall.WaitForAssertion(() => wall.Markup.ShouldContain("1 request moved."));
        (await desk.ReadAsync(ids[0])).SpecialistId.ShouldBe(desk.Anna.Id);
        var moved = await desk.ReadAsync(ids[1]);
        moved.SpecialistId.ShouldNotBe(desk.Anna.Id);
        moved.Events[^1].ActorName.ShouldBe(desk.Supervisor.DisplayName);
    }

    [Fact]
    public async Task Whose_right_to_supervise_is_gone_is_told_so_and_moves_nothing()
    {
        await using var desk = await OpenAsync();
        var ids = await OverloadAsync(desk);
        await using var page = new WallOf(desk);
        await desk.Get<LiveFeed>().ReadAsync(CancellationToken.None);
        var wall = page.Render<WallPage>();
        wall.WaitForAssertion(() => wall.Find("button[popovertarget=rebalance]").Click());
        wall.WaitForAssertion(() => wall.FindAll("#rebalance input").Count.ShouldBe(2));
        await using (var db = desk.OpenDatabase())
            await db.UserRoles.Where(r => r.UserId == desk.Supervisor.Id).ExecuteDeleteAsync();

        wall.Find("#rebalance .primary").Click();
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("You do not supervise this desk any more"));
        foreach (var id in ids)
            (await desk.ReadAsync(id)).SpecialistId.ShouldBe(desk.Anna.Id);
    }

    /// <summary>Five requests for somebody with room for three.</summary>
    private static async Task<List<long>> OverloadAsync(Testing.Desk desk)
    {
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await desk.OpenTicketAsync($"Request {i}"));
            await desk.ChangeAsync(
                ids[^1],
                (t, terms, now) =>
                    t.Route(
                        new RoutingResult
                        {
                            Type = TicketType.Typical,
                            Complexity = Complexity.Simple,
                            TeamId = desk.Team.Id,
                            Specialist = desk.Anna,
                            Priority = TicketPriority.Normal,
                            PriorityScore = 20,
                        },
                        terms,
                        now
                    )
            );
        }
        await using (var db = desk.OpenDatabase())
            await db
                .Specialists.Where(s => s.Id == desk.Anna.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(p => p.Capacity, 3));
        return ids;
    }

    [Fact]
    public async Task A_supervisor_says_that_somebody_went_home_and_is_back()
    {
        await using var desk = await OpenAsync();
        await using var page = new WallOf(desk);
        var wall = page.Render<WallPage>();
        const string Choice = "select[aria-label='New requests for Anna Alder']";
        wall.WaitForAssertion(() => wall.Find(Choice).Change("Away"));

        wall.WaitForAssertion(() => wall.Markup.ShouldContain("Anna Alder: Away."));
        wall.WaitForAssertion(() => wall.Find($"{Choice} [selected]").TextContent.ShouldBe("Away"));
        await using (var db = desk.OpenDatabase())
        {
            (await db.Specialists.SingleAsync(s => s.Id == desk.Anna.Id)).Presence.ShouldBe(Presence.Away);
            var change = (await db.Set<AdministrationChange>().ToListAsync()).ShouldHaveSingleItem();
            (change.ByUserId, change.Subject).ShouldBe((desk.Supervisor.Id, "Anna Alder"));
        }

        wall.Find(Choice).Change("Available");
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("Anna Alder: Available."));

        await using (var db = desk.OpenDatabase())
            await db.UserRoles.Where(r => r.UserId == desk.Supervisor.Id).ExecuteDeleteAsync();
        wall.Find(Choice).Change("Away");
        await using (var db = desk.OpenDatabase())
            (await db.Specialists.SingleAsync(s => s.Id == desk.Anna.Id)).Presence.ShouldBe(Presence.Available);
    }

    [Fact]
    public async Task A_wall_that_cannot_be_read_says_so_and_goes_on_when_it_can()
    {
        await using var desk = await OpenAsync();
        var databases = new HeldDatabases(desk.Get<IDbContextFactory<HelpdeskDbContext>>());
        await using var page = new WallOf(desk, databases);
        await desk.Get<LiveFeed>().ReadAsync(CancellationToken.None);
        var wall = page.Render<WallPage>();
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("Likely to breach"));
        Exception[] troubles =
        [
            // as PostgreSQL's provider says it
            new InvalidOperationException("This may be transient.", new SqliteException("away", 14)),
            new TimeoutException(),
            new SqliteException("away", 14),
        ];
        foreach (var trouble in troubles)
        {
            databases.Before = () => throw trouble;
            page.Clock.Advance(TimeSpan.FromSeconds(21));
            wall.WaitForAssertion(() => wall.Markup.ShouldContain("the desk cannot be read"));
            wall.Markup.ShouldContain("Likely to breach");
            databases.Before = () => Task.CompletedTask;
            page.Clock.Advance(TimeSpan.FromSeconds(21));
            wall.WaitForAssertion(() => wall.Markup.ShouldNotContain("the desk cannot be read"));
        }

        databases.Before = () => throw troubles[0];
        wall.Find("header select").Change(desk.Team.Id.ToStringInvariant());
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("the desk cannot be read"));
        wall.Markup.ShouldNotContain("Likely to breach"); // these were all teams' figures
        databases.Before = () => Task.CompletedTask;
        page.Clock.Advance(TimeSpan.FromSeconds(21));
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("Likely to breach"));
    }

    [Fact]
    public async Task What_was_begun_to_be_read_for_another_choice_is_not_shown()
    {
        await using var desk = await OpenAsync();
        await desk.OpenTicketAsync(); // has no team yet
        var databases = new HeldDatabases(desk.Get<IDbContextFactory<HelpdeskDbContext>>());
        await using var page = new WallOf(desk, databases);
        await desk.Get<LiveFeed>().ReadAsync(CancellationToken.None);
        var wall = page.Render<WallPage>();
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("Where is my card"));
        var (isHeld, gate) = (false, new TaskCompletionSource());
        databases.Before = () =>
        {
            isHeld = true;
            return gate.Task;
        };
        page.Clock.Advance(TimeSpan.FromSeconds(21));
        wall.WaitForAssertion(() => isHeld.ShouldBeTrue());

        databases.Before = () => Task.CompletedTask;
        wall.Find("header select").Change(desk.Team.Id.ToStringInvariant());
        wall.WaitForAssertion(() => wall.Markup.ShouldNotContain("Where is my card"));
        var renders = wall.RenderCount;
        gate.SetResult();

        wall.WaitForAssertion(() => wall.RenderCount.ShouldBeGreaterThan(renders));
        wall.Markup.ShouldNotContain("Where is my card");
        wall.Markup.ShouldContain("Likely to breach");
    }

    private static Task<Testing.Desk> OpenAsync() =>
        Testing.Desk.CreateAsync(
            configure: (services, configuration) =>
            {
                services.AddQueues();
                services.AddRoutingRooms(configuration);
                services.AddSupervise();
            }
        );

    /// <summary>Something may happen before the wall's figures are read.</summary>
    private sealed class HeldDatabases(IDbContextFactory<HelpdeskDbContext> real) : IDbContextFactory<HelpdeskDbContext>
    {
        public Func<Task> Before { get; set; } = () => Task.CompletedTask;

        public HelpdeskDbContext CreateDbContext() => real.CreateDbContext();

        public async Task<HelpdeskDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            await Before();
            return CreateDbContext();
        }
    }

    private sealed class WallOf(Testing.Desk desk, HeldDatabases? databases = null)
        : PartTest(services =>
        {
            services.AddSingleton(
                databases is null
                    ? desk.Get<WallReader>()
                    : ActivatorUtilities.CreateInstance<WallReader>(desk.Services, databases)
            );
            services.AddSingleton(desk.Get<Rebalancing>());
            services.AddSingleton(desk.Get<WaitingTickets>());
            services.AddSingleton(desk.Get<LiveFeed>());
            services.AddSingleton(desk.Get<DeskDirectory>());
            services.AddSingleton(desk.Get<IDbContextFactory<HelpdeskDbContext>>());
            services.AddSingleton<AuthenticationStateProvider>(new SignedIn { UserId = desk.Supervisor.Id });
            services.AddSingleton(desk.Get<SqliteWriteGate>());
            services.AddSingleton(desk.Get<Bells>());
            services.AddSingleton<StaffPresence>();
            services.AddScoped<DeskPerson>();
            services.AddScoped<MailReview>();
            services.AddSingleton(new ProblemReader(desk.Get<IDbContextFactory<HelpdeskDbContext>>()));
            services.AddSingleton<Helpdesk.Routing.Learning.LabelShiftBook>();
        })
    {
        public ManualTime Clock => Time;
    }
}
