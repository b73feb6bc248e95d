using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Components.Admin.Promises;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class PromisePagesTests
{
    [Fact]
    public async Task A_changed_policy_is_what_a_new_ticket_is_promised()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var (policy, hours) = await DefaultAsync(desk);
        var week = await desk.Admin.OpenAsync($"/admin/promises/hours/{hours}");
        var always = await desk.Admin.SendAsync(
            week,
            "main form",
            new Dictionary<string, string> { ["IsAlways"] = "True" }
        );
        always.Location.ShouldNotBeNull(always.MainText);
        var old = await desk.RequestAsync(address: "first@harbour.example");
        old.DueAt.ShouldBe(desk.Time.GetUtcNow().AddMinutes(240));

        var page = await desk.Admin.OpenAsync($"/admin/promises/{policy}");
        var first = $"Times[{PolicyForm.Cell(TicketPriority.Normal, SlaTarget.FirstResponse)}]";
        var saved = await desk.Admin.SendAsync(
            page,
            "main form",
            new Dictionary<string, string>
            {
                [first] = "0:25",
                ["Percents[3]"] = "200",
                [$"Acts[{PolicyForm.Box(3, EscalationActions.TellSupervisor)}]"] = "true",
            }
        );
        saved.Location.ShouldNotBeNull(saved.MainText);

        (await desk.RequestAsync(address: "second@harbour.example")).DueAt.ShouldBe(
            desk.Time.GetUtcNow().AddMinutes(25)
        );
        // what was promised stands until the ticket's next change
        (await desk.ReadAsync(old.Id)).DueAt.ShouldBe(old.DueAt);
        await desk.ChangeAsync(
            old.Id,
            (t, terms, now) => t.ChangePriority(TicketPriority.Low, Actor.System, null, terms, now)
        );
        await desk.ChangeAsync(
            old.Id,
            (t, terms, now) => t.ChangePriority(TicketPriority.Normal, Actor.System, null, terms, now)
        );
        (await desk.ReadAsync(old.Id)).DueAt.ShouldBe(desk.Time.GetUtcNow().AddMinutes(25));

        await using var db = desk.OpenDatabase();
        var rules = (await db.SlaPolicies.Include(p => p.Escalations).SingleAsync(p => p.Id == policy)).Escalations;
        rules.Select(r => r.Percent).Order().ShouldBe([75, 100, 150, 200]);
        rules.Single(r => r.Percent == 200).Actions.ShouldBe(EscalationActions.TellSupervisor);
    }

    [Theory]
    [InlineData("25")]
    [InlineData("0:75")]
    [InlineData("-1:00")]
    [InlineData("0:00")]
    [InlineData("soon")]
    public async Task A_time_that_cannot_be_read_is_refused_and_kept(string typed)
    {
        await using var desk = await AdminDesk.OpenAsync();
        var (policy, _) = await DefaultAsync(desk);
        var page = await desk.Admin.OpenAsync($"/admin/promises/{policy}");
        var first = $"Times[{PolicyForm.Cell(TicketPriority.Normal, SlaTarget.FirstResponse)}]";
        var answer = await desk.Admin.SendAsync(page, "main form", new Dictionary<string, string> { [first] = typed });
        answer.MainText.ShouldContain("Times are hours and minutes");
        answer.Document.QuerySelector($"[name='Form.{first}']")!.GetAttribute("value").ShouldBe(typed);
    }

    [Fact]
    public async Task Hours_that_never_open_are_refused()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var form = await desk.Admin.OpenAsync("/admin/promises/hours/new");
        var answer = await desk.Admin.SendAsync(
            form,
            "main form",
            new Dictionary<string, string> { ["Name"] = "Never", ["Days[0]"] = "18:00-08:00" }
        );
        answer.MainText.ShouldContain("cannot be understood, or never open");
        (
            await desk.Admin.SendAsync(form, "main form", new Dictionary<string, string> { ["Name"] = "Never" })
        ).MainText.ShouldContain("cannot be understood, or never open");
        answer = await desk.Admin.SendAsync(
            form,
            "main form",
            new Dictionary<string, string>
            {
                ["Name"] = "Mondays",
                ["Days[0]"] = "08:00 – 12:00, 13:00-18:00",
                ["Holidays"] = "2026-12-28\n2026-12-21",
            }
        );
        answer.Location.ShouldNotBeNull(answer.MainText);
        await using var db = desk.OpenDatabase();
        var hours = await db.BusinessHours.SingleAsync(h => h.Name == "Mondays");
        hours.Week.ShouldBe("Mon 08:00-12:00 13:00-18:00");
        hours.Holidays.ShouldBe([new(2026, 12, 21), new(2026, 12, 28)]);
    }

    [Fact]
    public async Task A_tier_has_its_own_promise()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var (policy, _) = await DefaultAsync(desk);
        var form = await desk.Admin.OpenAsync("/admin/promises/tiers/new");
        await desk.Admin.SendAsync(
            form,
            "main form",
            new Dictionary<string, string>
            {
                ["Name"] = "Gold",
                ["Rank"] = "1",
                ["Points"] = "15",
                ["PolicyId"] = $"{policy}",
            }
        );
        (await desk.Admin.OpenAsync("/admin/promises")).MainText.ShouldContain("Gold");
        await using var db = desk.OpenDatabase();
        var gold = await db.Tiers.SingleAsync(t => t.Name == "Gold");
        (gold.SlaPolicyId, gold.PriorityPoints).ShouldBe((policy, 15));
    }

    private static async Task<(int Policy, int Hours)> DefaultAsync(AdminDesk desk)
    {
        await using var db = desk.OpenDatabase();
        var policy = await db.SlaPolicies.SingleAsync();
        return (policy.Id, policy.BusinessHoursId);
    }
}
