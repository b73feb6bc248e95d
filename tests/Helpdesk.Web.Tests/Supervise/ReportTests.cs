using System.Net;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Supervise;
using Helpdesk.Web.Tests.Desk;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class ReportTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task The_report_counts_complete_days_and_measures_what_came_in_on_them(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: AddReports);
        var today = desk.Time.GetUtcNow().Date;
        // three days ago: answered after 10, 20, 30 and 90 minutes (promised within 60), resolved an hour later
        foreach (var minutes in new[] { 10, 20, 30, 90 })
            await HandleAsync(desk, today.AddDays(-3).AddHours(9), minutes);
        await HandleAsync(desk, today.AddDays(-40).AddHours(9), 5, resolveAfter: TimeSpan.FromDays(38));
        desk.Time.MoveTo(new DateTimeOffset(today, TimeSpan.Zero).AddHours(12));
        await desk.OpenTicketAsync("Today");

        var report = await desk.Get<ReportReader>().ReadAsync(7);

        report.Days.Count.ShouldBe(7);
        report.Days[^1].Day.ShouldBe(LocalDate.FromDateTime(today).PlusDays(-1));
        report.Days.Sum(d => d.CameIn).ShouldBe(4);
        report
            .Days.Single(d => d.Day == LocalDate.FromDateTime(today).PlusDays(-3))
            .ShouldBe(new DayCount(LocalDate.FromDateTime(today).PlusDays(-3), 4, 4));
        report.Days.Single(d => d.Day == LocalDate.FromDateTime(today).PlusDays(-2)).Resolved.ShouldBe(1);
        report.All.Tickets.ShouldBe(4);
        report.All.FirstAnswer.ShouldBe(new Spread(4, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(90)));
        report.All.Resolution!.Median.ShouldBe(TimeSpan.FromMinutes(80));
        report.All.FirstPromises.ShouldBe(new PromisesKept(3, 1));
        report.All.ResolutionPromises.ShouldBe(new PromisesKept(4, 0));
        report.Policies.ShouldHaveSingleItem().Id.ShouldBe(desk.PolicyId);
        report.CameInBefore.ShouldBe(0);
        (await desk.Get<ReportReader>().ReadAsync(90)).All.Tickets.ShouldBe(5);
    }

    [Fact]
    public async Task Closed_tickets_count_on_the_day_they_were_resolved()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: AddReports);
        var today = desk.Time.GetUtcNow().Date;
        var id = await HandleAsync(desk, today.AddDays(-20).AddHours(9), 5, resolveAfter: TimeSpan.FromDays(15));
        desk.Time.MoveTo(new DateTimeOffset(today, TimeSpan.Zero).AddHours(12));
        await desk.ChangeAsync(id, (t, _, now) => t.Close(Actor.System, now));

        (await desk.Get<ReportReader>().ReadAsync(7)).Days.Sum(d => d.Resolved).ShouldBe(1);
    }

    [Fact]
    public async Task A_ticket_that_was_emptied_is_no_request()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: AddReports);
        var today = desk.Time.GetUtcNow().Date;
        desk.Time.MoveTo(new DateTimeOffset(today, TimeSpan.Zero).AddDays(-3).AddHours(9));
        var (empty, full) = (await desk.OpenTicketAsync("By mistake"), await desk.OpenTicketAsync("The right one"));
        await MoveAllAsync(desk, empty, full);
        desk.Time.MoveTo(new DateTimeOffset(today, TimeSpan.Zero).AddHours(12));

        var report = await desk.Get<ReportReader>().ReadAsync(7);
        (report.All.Tickets, report.Days.Sum(d => d.CameIn), report.Days.Sum(d => d.Resolved)).ShouldBe((1, 1, 0));
        desk.Time.Advance(TimeSpan.FromDays(7));
        (await desk.Get<ReportReader>().ReadAsync(7)).CameInBefore.ShouldBe(1);
        // it lives again, and counts
        await MoveAllAsync(desk, full, empty);
        (await desk.ReadAsync(empty)).IsEmptied.ShouldBeFalse();
        (await desk.ReadAsync(full)).IsEmptied.ShouldBeTrue();
    }

    private static async Task MoveAllAsync(Testing.Desk desk, long from, long to)
    {
        var (now, terms) = (desk.Time.GetUtcNow(), default(Tickets.Sla.SlaTerms));
        await using var db = desk.OpenDatabase();
        var (source, target) = (
            (await TicketIntake.ForChangeAsync(db, from))!,
            (await TicketIntake.ForChangeAsync(db, to))!
        );
        foreach (var message in await db.Messages.Where(m => m.TicketId == from).ToListAsync())
        {
            target.TakeOver(
                message,
                (source, await Tickets.Moving.ConversationRecord.LoadAsync(db, from), terms),
                await Tickets.Moving.ConversationRecord.LoadAsync(db, to),
                isReleased: false,
                Actor.System,
                terms,
                now
            );
            await db.SaveChangesAsync(); // the next record is read anew
        }
    }

    [Fact]
    public async Task The_report_is_kept_for_some_minutes_and_read_anew_on_the_next_day()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: AddReports);
        var reader = desk.Get<ReportReader>();
        var first = await reader.ReadAsync(7);

        (await reader.ReadAsync(7)).ShouldBeSameAs(first);
        (await reader.ReadAsync(28)).ShouldNotBeSameAs(first);
        desk.Time.Advance(ReportReader.KeptFor);
        (await reader.ReadAsync(7)).ShouldNotBeSameAs(first);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(13, 20)]
    [InlineData(21, 40)]
    [InlineData(470, 800)]
    public void The_axis_ends_above_the_most_in_four_even_steps(int most, int top) =>
        DayChart.Ceiling(most).ShouldBe(top);

    [Fact]
    public async Task The_page_draws_shows_its_numbers_and_is_for_supervisors()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var today = desk.Time.GetUtcNow().Date;
        await HandleAsync(desk, today.AddDays(-3).AddHours(9), 10);
        desk.Time.MoveTo(new DateTimeOffset(today, TimeSpan.Zero).AddHours(12));
        await using var site = new DeskSite(desk);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var pretender = site.ClientFor(desk.Anna.Id, Roles.Supervisor);

        var page = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/reports"));
        page.ShouldContain("class=\"s1\" d=\"M44 ");
        page.ShouldContain("1 requests came in and 1 were resolved");
        page.ShouldContain("10 min");
        page.ShouldContain("100 %");
        page.ShouldNotContain("style=\"");
        (await sofia.GetStringAsync("/supervise/reports?days=4711")).ShouldContain("aria-current=\"true\">28 days");
        (await anna.GetAsync("/supervise/reports")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await pretender.GetAsync("/supervise/reports")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_desk_without_complete_days_says_so()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await using var site = new DeskSite(desk);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);

        (await sofia.GetStringAsync("/supervise/reports")).ShouldContain("Nothing in these days");
    }

    private static void AddReports(
        IServiceCollection services,
        Microsoft.Extensions.Configuration.IConfiguration configuration
    )
    {
        services.AddSupervise();
        services.AddSingleton<Helpdesk.Knowledge.Deflection.DeflectionLog>();
        services.AddOptions<Helpdesk.Knowledge.KnowledgeOptions>();
    }

    private static async Task<long> HandleAsync(
        Testing.Desk desk,
        DateTime opened,
        int answeredAfterMinutes,
        TimeSpan? resolveAfter = null
    )
    {
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        var at = new DateTimeOffset(opened, TimeSpan.Zero);
        desk.Time.MoveTo(at);
        var id = await desk.OpenTicketAsync();
        desk.Time.MoveTo(at.AddMinutes(answeredAfterMinutes));
        await desk.ChangeAsync(
            id,
            (t, terms, now) => t.Reply(new MessageContent { Text = "Here." }, anna, TicketStatus.Open, terms, now)
        );
        desk.Time.MoveTo(at.AddMinutes(answeredAfterMinutes) + (resolveAfter ?? TimeSpan.FromHours(1)));
        await desk.ChangeAsync(id, (t, terms, now) => t.Resolve(null, null, anna, terms, now));
        return id;
    }
}
