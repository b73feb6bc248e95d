using System.Net;
using AngleSharp.Dom;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Admin.TopicTree;
using Helpdesk.Web.Components.Supervise.Replay;
using Helpdesk.Web.Tests.Admin;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class ReplayPageTests
{
    private const string Address = "/supervise/routing/replay";
    private const string Form = "form[data-sheet]";
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task A_supervisor_tries_other_people_and_rules_and_nothing_is_changed()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await AddTicketsAsync(desk);
        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        var page = await sofia.OpenAsync(Address);
        page.Html.ShouldNotContain("style=\"");
        page.Html.ShouldNotContain("/admin/people/");
        page.Document.QuerySelector("#outcome").ShouldBeNull();
        var same = await sofia.SendAsync(page, Form, Nothing, "Run the days again");
        same.MainText.ShouldContain("Nothing was different");
        same.MainText.ShouldContain("0 of 3 requests get another priority, 0 another person");

        Write(page, SheetCell.NameOf(desk.Anna.Id, null, false, "10"), "4.5");
        Write(page, ReplayPeople.AbsentName(desk.Anna.Id), "away");
        Write(page, ReplayPeople.MoreName(desk.Anna.Id), "1");
        var tried = await sofia.SendAsync(
            page,
            Form,
            new Dictionary<string, string> { ["Rules.Points[Base]"] = "70", ["Days"] = "7" },
            "Run the days again"
        );
        tried.MainText.ShouldContain("The last 7 days again");
        tried.MainText.ShouldContain("Anna Alder is not there");
        tried.MainText.ShouldContain("Anna Alder, Capacity: 10 → 4.5");
        tried.MainText.ShouldContain("1 more like Anna Alder");
        tried.MainText.ShouldContain("Every request: 20 → 70");
        tried.MainText.ShouldContain("3 of 3 requests get another priority, 3 another person");
        tried.MainText.ShouldContain("Anna Alder → New 1, like Anna Alder");
        // what was typed stays, to be changed and run again
        Held(tried, SheetCell.NameOf(desk.Anna.Id, null, false, "10")).ShouldBe("4.5");
        Held(tried, ReplayPeople.AbsentName(desk.Anna.Id)).ShouldBe("away");
        Held(tried, "Form.Rules.Points[Base]").ShouldBe("70");

        await using var db = desk.OpenDatabase();
        (await db.Specialists.SingleAsync()).Capacity.ShouldBe(10);
        (await db.Set<AdministrationChange>().CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Who_is_not_shown_any_more_stays_changed()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await AddTicketsAsync(desk);
        Team empty;
        await using (var db = desk.OpenDatabase())
        {
            db.Teams.Add(empty = new Team { Name = "Loans" });
            await db.SaveChangesAsync();
        }
        desk.Get<DeskDirectory>().Forget();
        var page = await desk.Admin.OpenAsync(Address);
        Write(page, ReplayPeople.AbsentName(desk.Anna.Id), "away");
        var other = await desk.Admin.SendAsync(
            page,
            Form,
            new Dictionary<string, string> { ["Team"] = $"{empty.Id}" },
            "Show"
        );
        other.MainText.ShouldContain("Nobody of this team answers requests");
        other.Document.QuerySelector("#outcome").ShouldBeNull();
        (await desk.Admin.SendAsync(other, Form, Nothing, "Run the days again")).MainText.ShouldContain(
            "Anna Alder is not there"
        );
    }

    [Fact]
    public async Task The_sheet_of_the_administration_is_tried_before_it_is_saved()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await AddTicketsAsync(desk);
        var sheet = await desk.Admin.OpenAsync("/admin/topics/skills/matrix");
        sheet.Document.QuerySelector($"{Form} button[formaction='{Address}']").ShouldNotBeNull();
        Write(sheet, SheetCell.NameOf(desk.Anna.Id, null, false, "10"), "0");
        sheet.Document.QuerySelector(Form)!.SetAttribute("action", Address);
        var tried = await desk.Admin.SendAsync(sheet, Form, Nothing);
        tried.MainText.ShouldContain("Anna Alder, Capacity: 10 → 0");
        tried.MainText.ShouldContain("3 another person");
        Held(tried, "Form.Rules.Points[Base]").ShouldBe("20");
        await using var db = desk.OpenDatabase();
        (await db.Specialists.SingleAsync()).Capacity.ShouldBe(10);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_by_name()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync(Address);
        async Task<string> SendAsync(string name, string value) =>
            (
                await desk.Admin.SendAsync(
                    page,
                    Form,
                    new Dictionary<string, string> { [name] = value },
                    "Run the days again"
                )
            ).MainText;
        foreach (var days in (string[])["0", "91", "many", "", "-3", "9999999999"])
            (await SendAsync("Days", days)).ShouldNotContain("requests get another priority");
        (await SendAsync("Days", "91")).ShouldContain("whole number from 1 to 90");
        (await SendAsync("Rules.Points[Base]", "x")).ShouldContain("Points are whole numbers");
        (await SendAsync("Rules.VipMargin", "-1")).ShouldContain("margin for VIPs is a whole number from 0 to 100");
        (await SendAsync("Model", "99999")).ShouldContain("no model 99999");
        (await SendAsync("Days", "3")).ShouldContain("No requests came in these days");
        Write(page, ReplayPeople.MoreName(desk.Anna.Id), "10");
        (await SendAsync("Days", "3")).ShouldContain("a whole number from 0 to 9");
        Write(page, ReplayPeople.MoreName(desk.Anna.Id), "0");
        Write(page, SheetCell.NameOf(desk.Anna.Id, null, false, "10"), "101");
        (await SendAsync("Days", "3")).ShouldContain("capacity is a number from 0 to 100");
        // a page from before somebody left
        Write(page, SheetCell.NameOf(desk.Anna.Id, null, false, "10"), "5");
        await using (var db = desk.OpenDatabase())
            await db.Specialists.ExecuteUpdateAsync(s => s.SetProperty(x => x.IsActive, false));
        (await SendAsync("Days", "3")).ShouldContain("not there any more");
    }

    [Fact]
    public async Task Two_who_are_called_alike_both_get_somebody_like_them_and_what_is_no_change_is_not_listed()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await AddTicketsAsync(desk);
        var twin = Guid.CreateVersion7();
        await using (var db = desk.OpenDatabase())
        {
            db.Users.Add(
                new AppUser
                {
                    Id = twin,
                    DisplayName = "Anna Alder",
                    UserName = "twin@desk.example",
                    Email = "twin@desk.example",
                }
            );
            db.Specialists.Add(
                new Specialist
                {
                    Id = twin,
                    Name = "Anna Alder",
                    Address = "twin@desk.example",
                }
            );
            await db.SaveChangesAsync();
        }
        var page = await desk.Admin.OpenAsync(Address);
        Write(page, ReplayPeople.MoreName(desk.Anna.Id), "1");
        Write(page, ReplayPeople.MoreName(twin), "1");
        Write(page, SheetCell.NameOf(twin, null, false, "10"), "10.0");
        var tried = await desk.Admin.SendAsync(page, Form, Nothing, "Run the days again");
        tried.MainText.ShouldContain("New 1, like Anna Alder");
        tried.MainText.ShouldContain("New 2, like Anna Alder");
        tried.MainText.ShouldNotContain("10 → 10");
    }

    [Fact]
    public async Task A_form_that_no_browser_sends_is_answered_in_words()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var (cards, _) = await SkillSheetTests.AddSkillsAsync(desk);
        var page = await desk.Admin.OpenAsync(Address);
        var form = page.Document.QuerySelector(Form)!;
        void Add(string name, string value)
        {
            var field = page.Document.CreateElement("input");
            field.SetAttribute("name", name);
            field.SetAttribute("value", value);
            form.AppendChild(field);
        }
        Add(SheetCell.NameOf(desk.Anna.Id, cards, false, "1"), "2");
        Add(SheetCell.NameOf(desk.Anna.Id, cards, false, "2"), "3");
        Add("cell.nobody.1.0", "2");
        Add("there.nobody", "away");
        var twice = await desk.Admin.SendAsync(page, Form, Nothing, "Run the days again");
        twice.Status.ShouldBe(HttpStatusCode.OK);
        twice.MainText.ShouldContain("Anna Alder, Card knowledge: 2 → 3");
        foreach (var capacity in (string[])["-Infinity", "NaN", "-1", "1e9"])
        {
            Write(page, SheetCell.NameOf(desk.Anna.Id, null, false, "10"), capacity);
            (await desk.Admin.SendAsync(page, Form, Nothing, "Run the days again")).MainText.ShouldContain(
                "capacity is a number from 0 to 100"
            );
        }
    }

    [Fact]
    public async Task It_is_for_those_who_see_everything()
    {
        await using var desk = await AdminDesk.OpenAsync();
        (await desk.Visitor(Roles.Specialist, desk.Anna.Id).OpenAsync(Address)).Status.ShouldNotBe(HttpStatusCode.OK);
        (await desk.Visitor(Roles.Supervisor, desk.Sofia.Id).OpenAsync("/supervise/routing")).Html.ShouldContain(
            Address
        );
        (await desk.Admin.OpenAsync("/admin/rules")).Html.ShouldContain(Address);
    }

    private static void Write(Help.SeenPage page, string name, string value)
    {
        switch (Field(page, name))
        {
            case AngleSharp.Html.Dom.IHtmlSelectElement select:
                select.Value = value;
                break;
            case AngleSharp.Html.Dom.IHtmlInputElement input:
                input.Value = value;
                break;
        }
    }

    private static string? Held(Help.SeenPage page, string name) =>
        Field(page, name) switch
        {
            AngleSharp.Html.Dom.IHtmlSelectElement select => select.Value,
            AngleSharp.Html.Dom.IHtmlInputElement input => input.Value,
            _ => null,
        };

    private static IElement Field(Help.SeenPage page, string name) =>
        page.Document.QuerySelectorAll($"{Form} input, {Form} select").Single(e => e.GetAttribute("name") == name);

    private static async Task AddTicketsAsync(AdminDesk desk)
    {
        await using var db = desk.OpenDatabase();
        for (var i = 0; i < 3; i++)
        {
            var ticket = await desk.Get<TicketIntake>()
                .OpenAsync(
                    db,
                    new NewRequest
                    {
                        Channel = Channel.Web,
                        CustomerAddress = $"c{i}@example.org",
                        Subject = $"Where is card {i}?",
                        Content = new MessageContent { Text = "It is not here." },
                    }
                );
            ticket.MoveTo(await db.Teams.SingleAsync(), Actor.System, ticket.CreatedAt);
        }
        await db.SaveChangesAsync();
        var came = desk.Get<TimeProvider>().GetUtcNow().AddDays(-5);
        await db.Tickets.ExecuteUpdateAsync(t => t.SetProperty(x => x.CreatedAt, came));
    }
}
