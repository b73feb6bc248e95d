using Helpdesk.Mail.Intake;
using Helpdesk.Routing;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Supervise;
using Helpdesk.Web.Components.Supervise.Wall;
using Helpdesk.Web.Tests.Desk;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class WallFigureTests
{
    // a Monday; promises are an hour for the first answer, two for the next, eight for the resolution, round the clock
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Tiles_count_what_is_late_due_unassigned_and_unresolved_now_and_a_day_ago(StorageProvider provider)
    {
        await using var desk = await OpenAsync(provider);
        await using (var db = desk.OpenDatabase())
        {
            db.Customers.Add(new Customer("vera@example.org", "Vera Vip", Now) { TierId = desk.Vip.Id });
            await db.SaveChangesAsync();
        }
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        desk.Time.MoveTo(Now.AddHours(-48));
        var again = await desk.OpenTicketAsync("Opened again today");
        await ReplyAsync(desk, again, TicketStatus.Resolved);
        desk.Time.MoveTo(Now.AddHours(-25));
        var resolved = await desk.OpenTicketAsync("Resolved today");
        var given = await desk.OpenTicketAsync("Late, with Anna");
        await desk.OpenTicketAsync("Late, with nobody");
        await desk.ChangeAsync(given, (t, _, now) => t.AssignTo(desk.Anna, anna, reason: null, now));
        desk.Time.MoveTo(Now.AddHours(-2));
        await ReplyAsync(desk, resolved, TicketStatus.Resolved);
        desk.Time.MoveTo(Now.AddMinutes(-90));
        await desk.ChangeAsync(
            again,
            (t, terms, now) =>
                t.AddCustomerMessage(new MessageContent { Text = "No." }, Actor.Customer(t.Customer), terms, now)
        );
        desk.Time.MoveTo(Now.AddMinutes(-20));
        await desk.OpenTicketAsync("A VIP's", address: "vera@example.org");
        desk.Time.MoveTo(Now);

        var totals = (await ReadAsync(desk)).Totals;

        (totals.Unresolved, totals.Yesterday).ShouldBe((4, 3));
        (totals.Breached, totals.OldestLate).ShouldBe((2, TimeSpan.FromHours(24)));
        (totals.DueSoon, totals.DueSoonVip).ShouldBe((2, 1));
        (totals.Unassigned, totals.OldestUnassigned).ShouldBe((3, Now.AddHours(-48)));
        totals.UnassignedByAge.ShouldBe([0, 1, 2]);
        totals.ByAge.ShouldBe([1, 0, 0, 0, 3, 0]);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Today_is_added_up_by_the_hour_beside_what_is_usual_on_this_day(StorageProvider provider)
    {
        await using var desk = await OpenAsync(provider);
        foreach (var (weeks, hour, tickets) in new[] { (2, 12, 2), (1, 9, 1), (1, 12, 2) })
        {
            desk.Time.MoveTo(Now.AddDays(-7 * weeks).AddHours(hour - 10).AddMinutes(30));
            for (var i = 0; i < tickets; i++)
                await desk.OpenTicketAsync();
        }
        desk.Time.MoveTo(Now.AddMinutes(-110));
        await desk.OpenTicketAsync();
        desk.Time.MoveTo(Now.AddMinutes(-40));
        var second = await desk.OpenTicketAsync();
        desk.Time.MoveTo(Now.AddMinutes(-10));
        await ReplyAsync(desk, second, TicketStatus.Resolved);
        desk.Time.MoveTo(Now.AddMinutes(30));

        var day = (await ReadAsync(desk)).Day;

        (day.CameIn, day.Resolved, day.Weeks, day.Expected).ShouldBe((2, 1, 2, 4));
        day.Hours.Select(h => h.CameIn).Take(11).ShouldBe([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2]);
        day.Hours[11].CameIn.ShouldBeNull();
        day.Hours.Skip(10).Take(3).Select(h => h.Expected).ShouldBe([2, 2, 4]);
        (day.First, day.End).ShouldBe((7, 13));

        // hours that are over are kept, the present one is not
        desk.Time.Advance(TimeSpan.FromMinutes(1));
        await desk.OpenTicketAsync();
        (await ReadAsync(desk)).Day.CameIn.ShouldBe(3);
        (await ReadAsync(desk, desk.Team.Id)).Day.CameIn.ShouldBe(0);
        // and what was kept does not outlive its day
        desk.Time.MoveTo(Now.AddHours(15));
        var tomorrow = (await ReadAsync(desk)).Day;
        (tomorrow.CameIn, tomorrow.Resolved, tomorrow.Weeks, tomorrow.Expected).ShouldBe((0, 0, 0, null));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Answered_automatically_are_those_of_today_who_did_not_ask_for_a_person(StorageProvider provider)
    {
        await using var desk = await OpenAsync(provider);
        foreach (var (hours, declines) in new[] { (-26, false), (-3, false), (-2, true), (-1, false) })
        {
            desk.Time.MoveTo(Now.AddHours(hours));
            var id = await desk.OpenTicketAsync();
            await using var db = desk.OpenDatabase();
            var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
            ticket.AnswerByArticle(new MessageContent { Text = "Like this." }, 1, null, desk.Time.GetUtcNow());
            db.Add(
                new ObservedAnswer
                {
                    Ticket = ticket,
                    TopicId = 1,
                    ArticleId = 1,
                    Confidence = 0.9,
                    At = desk.Time.GetUtcNow(),
                    IsSent = true,
                }
            );
            if (declines)
                ticket.DeclineAutoAnswer(Actor.Customer(ticket.Customer), null, desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        desk.Time.MoveTo(Now);

        var wall = await ReadAsync(desk);

        (wall.Totals.AnsweredAutomatically, wall.Day.CameIn).ShouldBe((2, 3));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Mail_says_what_waits_to_be_read_and_to_be_sent_and_since_when(StorageProvider provider)
    {
        await using var desk = await OpenAsync(provider);
        (await ReadAsync(desk)).Mail.ShouldBe(new WallMail(0, null, null, 0, null));
        await using (var db = desk.OpenDatabase())
        {
            foreach (var minutes in new[] { 5, 1 })
                db.Add(
                    InboundMail.Of(
                        System.Text.Encoding.ASCII.GetBytes($"Subject: {minutes}\r\n\r\nHello"),
                        new MailEnvelope("a@example.org", ["support@desk.example"], "smtp"),
                        Now.AddMinutes(-minutes)
                    )
                );
            await db.SaveChangesAsync();
        }
        var id = await desk.OpenTicketAsync();
        await ReplyAsync(desk, id, TicketStatus.Waiting);
        desk.Time.Advance(TimeSpan.FromMinutes(2));

        var mail = (await ReadAsync(desk)).Mail;

        mail.ShouldBe(new WallMail(2, Now.AddMinutes(-5), Now.AddMinutes(-1), 1, Now));
        mail.IsFlowing(Now).ShouldBeFalse();
        (mail with { OldestToRead = null }).IsFlowing(Now.AddMinutes(14)).ShouldBeTrue();
        (mail with { OldestToRead = null }).IsFlowing(Now.AddMinutes(15)).ShouldBeFalse();
    }

    [Fact]
    public async Task Likely_to_breach_is_what_waited_long_or_is_with_nobody_not_what_is_usually_answered_in_time()
    {
        await using var desk = await OpenAsync(StorageProvider.Sqlite);
        for (var i = 0; i < 10; i++)
        {
            var id = await desk.OpenTicketAsync($"Answered after half of its time {i}");
            desk.Time.Advance(TimeSpan.FromMinutes(30));
            await ReplyAsync(desk, id, TicketStatus.Waiting);
        }
        var old = await desk.OpenTicketAsync("Waits long");
        desk.Time.Advance(TimeSpan.FromMinutes(48));
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        var given = await desk.OpenTicketAsync("With Anna");
        await desk.ChangeAsync(given, (t, _, now) => t.AssignTo(desk.Anna, anna, reason: null, now));
        var free = await desk.OpenTicketAsync("With nobody");
        desk.Time.Advance(TimeSpan.FromMinutes(6));

        var outlook = (await ReadAsync(desk)).Outlook;

        outlook.Due.ShouldBe(3);
        outlook.Likely.Select(l => l.Id).ShouldBe([old, free]);
        outlook.Likely[0].Used.ShouldBe(0.9, 0.001);
        outlook.Likely[0].Probability.ShouldBeGreaterThan(0.9);
        outlook.Likely[1].Probability.ShouldBeLessThan(0.15);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_colleague_of_another_team_counts_for_the_outlook_and_is_not_shown(StorageProvider provider)
    {
        await using var desk = await OpenAsync(provider);
        var id = await desk.OpenTicketAsync();
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        await desk.ChangeAsync(id, (t, _, now) => t.AssignTo(desk.Anna, anna, reason: null, now));
        await using (var db = desk.OpenDatabase())
        {
            await db.TeamMembers.Where(m => m.SpecialistId == desk.Anna.Id).ExecuteDeleteAsync();
            await db.Tickets.ExecuteUpdateAsync(t => t.SetProperty(p => p.TeamId, desk.Team.Id));
        }
        desk.Time.Advance(TimeSpan.FromMinutes(40));

        var (all, team) = (await ReadAsync(desk), await ReadAsync(desk, desk.Team.Id));

        team.People.Select(p => p.Id).Order().ShouldBe(new[] { desk.Boris.Id, desk.Lead.Id }.Order());
        all.People.Count.ShouldBe(3);
        team.Outlook.Likely.ShouldHaveSingleItem().ShouldBe(all.Outlook.Likely.Single());
    }

    [Fact]
    public async Task More_promises_than_are_looked_at_are_counted_all_the_same()
    {
        await using var desk = await OpenAsync(StorageProvider.Sqlite);
        await using (var db = desk.OpenDatabase())
        {
            for (var i = 0; i < 203; i++)
                await desk.Get<TicketIntake>()
                    .OpenAsync(
                        db,
                        new NewRequest
                        {
                            Channel = Channel.Web,
                            CustomerAddress = $"customer{i}@example.org",
                            Subject = "Where is my card",
                            Content = new MessageContent { Text = "It is not here." },
                        }
                    );
            await db.SaveChangesAsync();
        }

        var outlook = (await ReadAsync(desk)).Outlook;

        (outlook.Due, outlook.HasMore, outlook.LookedAt).ShouldBe((203, false, 200));
    }

    [Fact]
    public async Task Hours_that_were_counted_in_another_time_zone_are_counted_again()
    {
        await using var desk = await OpenAsync(StorageProvider.Sqlite);
        desk.Time.MoveTo(Now.AddMinutes(-30));
        await desk.OpenTicketAsync();
        desk.Time.MoveTo(Now.AddMinutes(30));
        (await ReadAsync(desk)).Day.Hours.First(h => h.CameIn > 0).Hour.ShouldBe(9);
        await using (var db = desk.OpenDatabase())
            await db.DeskSettings.ExecuteUpdateAsync(s => s.SetProperty(d => d.TimeZoneId, "Asia/Tokyo"));
        desk.Get<Helpdesk.Tickets.Settings.DeskDirectory>().Forget();

        (await ReadAsync(desk)).Day.Hours.First(h => h.CameIn > 0).Hour.ShouldBe(18);
    }

    [Fact]
    public async Task People_are_there_since_their_hours_began_absent_with_a_deputy_or_back_in_the_morning()
    {
        await using var desk = await OpenAsync(StorageProvider.Sqlite);
        await using (var db = desk.OpenDatabase())
        {
            var day = new Tickets.Sla.BusinessHours
            {
                Name = "Days",
                TimeZoneId = "Europe/Tallinn",
                Week = "Mon 08:00-18:00; Tue 08:00-18:00",
            };
            foreach (var person in await db.Specialists.ToListAsync())
            {
                person.BusinessHours = day;
                if (person.Id == desk.Anna.Id)
                    (person.AbsentUntil, person.DeputyId) = (Now.AddDays(2), desk.Boris.Id);
                if (person.Id == desk.Lead.Id)
                    person.Presence = Presence.Busy;
            }
            await db.SaveChangesAsync();
        }

        var people = (await ReadAsync(desk)).People;

        people.Select(p => p.Name).ShouldBe([desk.Boris.Name, desk.Lead.Name, desk.Anna.Name]);
        people[0].IsHere.ShouldBeTrue();
        people[0].Opening!.Value.From.ShouldBe(Now.AddHours(-4));
        people[1].IsOnBreak.ShouldBeTrue();
        (people[2].IsAbsent, people[2].Deputy).ShouldBe((true, desk.Boris.Name));
        desk.Time.MoveTo(Now.AddHours(10));
        var evening = (await ReadAsync(desk)).People.Single(p => p.Id == desk.Boris.Id);
        (evening.IsAtWork, evening.Opening!.Value.From).ShouldBe((false, Now.AddHours(20)));
    }

    private static Task<Testing.Desk> OpenAsync(StorageProvider provider) =>
        Testing.Desk.CreateAsync(
            provider,
            configure: (services, configuration) =>
            {
                services.AddQueues();
                services.AddRoutingRooms(configuration);
                services.AddSupervise();
            }
        );

    private static Task<WallPicture> ReadAsync(Testing.Desk desk, int? teamId = null) =>
        desk.Get<WallReader>().ReadAsync(WallList.Unassigned, teamId, CancellationToken.None);

    private static Task ReplyAsync(Testing.Desk desk, long id, TicketStatus next) =>
        desk.ChangeAsync(
            id,
            (t, terms, now) =>
                t.Reply(
                    new MessageContent { Text = "Done." },
                    Actor.Staff(desk.Anna.Id, desk.Anna.Name),
                    next,
                    terms,
                    now
                )
        );
}
