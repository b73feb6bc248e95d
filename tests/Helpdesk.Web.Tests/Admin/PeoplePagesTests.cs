using System.Net;
using System.Text.RegularExpressions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Tests.Help;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class PeoplePagesTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Theory]
    [InlineData("AbsentThrough", "9999-12-31", "A day such as")]
    [InlineData("AbsentThrough", "2020-01-01", "is over already")]
    [InlineData("Capacity", "1,5", "A number from 0 to 100")]
    [InlineData("Teams[9999]", "true", "Team: there is none such")]
    [InlineData("Skills[9999]", "2", "Skill: there is none such")]
    [InlineData("Skills[9999]", "7", "Skill: there is no such level")]
    public async Task What_would_be_read_as_something_else_is_refused(string field, string value, string words)
    {
        await using var desk = await AdminDesk.OpenAsync();
        var refused = await desk.Admin.SendAsync(
            await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}"),
            "form:has([value=person])",
            new Dictionary<string, string> { [field] = value }
        );
        refused.Location.ShouldBeNull();
        refused.MainText.ShouldContain(words);
    }

    [Fact]
    public async Task An_invited_person_gets_a_link_by_mail_and_chooses_their_own_password()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var form = await desk.Admin.OpenAsync("/admin/people/invite");
        var answer = await desk.Admin.SendAsync(
            form,
            "main form",
            new Dictionary<string, string>
            {
                ["Name"] = "Nora New",
                ["Address"] = "Nora@desk.example",
                ["Role"] = Roles.Specialist,
                [$"Teams[{desk.Cards.Id}]"] = "true",
            }
        );
        answer.MainText.ShouldContain("Nora New is invited");
        var link = answer.Document.QuerySelector(".secret")!.TextContent.Trim();
        await using (var db = desk.OpenDatabase())
        {
            var mail = await db.Notifications.SingleAsync(n => n.Kind == NotificationKind.Invitation);
            mail.Address.ShouldBe("Nora@desk.example");
            mail.Data!.ShouldContain(link[^20..]);
            var nora = await db.Users.SingleAsync(u => u.Email == "Nora@desk.example");
            nora.PasswordHash.ShouldBeNull();
            (await db.TeamMembers.AnyAsync(m => m.SpecialistId == nora.Id && m.TeamId == desk.Cards.Id)).ShouldBeTrue();
        }
        (await desk.Admin.OpenAsync("/admin/people?state=invited")).MainText.ShouldContain("Nora New");
        (await desk.Admin.OpenAsync("/admin")).MainText.ShouldContain("3 people, 1 invited");
        // shown once: asking again does not bring it back
        (await desk.Admin.OpenAsync("/admin/people/invite")).Html.ShouldNotContain(link[^20..]);

        var nobody = desk.Visitor();
        var choose = await nobody.OpenAsync(new Uri(link).PathAndQuery);
        await nobody.SendAsync(
            choose,
            "main form",
            new Dictionary<string, string> { ["Password"] = "a long enough one 7" }
        );
        (await desk.Admin.OpenAsync("/admin/people?state=invited")).MainText.ShouldNotContain("Nora New");
    }

    [Fact]
    public async Task An_address_is_invited_once()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var form = await desk.Admin.OpenAsync("/admin/people/invite");
        var answer = await desk.Admin.SendAsync(
            form,
            "main form",
            new Dictionary<string, string>
            {
                ["Name"] = "Anna again",
                ["Address"] = "ANNA.ALDER@desk.example",
                ["Role"] = Roles.Supervisor,
            }
        );
        answer.MainText.ShouldContain("Somebody has this address already.");
    }

    [Fact]
    public async Task Disabling_ends_sessions_and_gives_the_tickets_back_to_routing()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var ticket = await desk.RequestAsync();
        await using (var db = desk.OpenDatabase())
        {
            // as routing would have left it
            await db
                .Tickets.Where(t => t.Id == ticket.Id)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(t => t.SpecialistId, desk.Anna.Id)
                        .SetProperty(t => t.TeamId, desk.Cards.Id)
                        .SetProperty(t => t.RoutedAt, desk.Time.GetUtcNow())
                );
        }
        var anna = desk.Visitor(Roles.Specialist, desk.Anna.Id);
        (await anna.OpenAsync($"/desk/tickets/{ticket.Id}")).Status.ShouldBe(HttpStatusCode.OK);

        var page = await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}");
        var answer = await desk.Admin.SendAsync(page, "#disable form", Nothing);

        answer.MainText.ShouldContain("1 open ticket is decided anew");
        await using (var db = desk.OpenDatabase())
        {
            var anew = await db.Users.SingleAsync(u => u.Id == desk.Anna.Id);
            anew.DeactivatedAt.ShouldNotBeNull();
            anew.SecurityStamp.ShouldNotBe(desk.Anna.SecurityStamp);
            (await db.Specialists.SingleAsync(s => s.Id == desk.Anna.Id)).IsActive.ShouldBeFalse();
            (await db.Tickets.SingleAsync(t => t.Id == ticket.Id)).RoutedAt.ShouldBeNull();
        }
        (await anna.OpenAsync($"/desk/tickets/{ticket.Id}")).Status.ShouldBe(HttpStatusCode.NotFound);

        page = await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}");
        await desk.Admin.SendAsync(page, "form:has([value=enable])", Nothing);
        (await anna.OpenAsync($"/desk/tickets/{ticket.Id}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_absence_that_has_begun_hands_work_over_when_it_is_saved_a_later_one_or_one_with_kept_work_does_not()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var ticket = await desk.RequestAsync();
        await using (var db = desk.OpenDatabase())
            await db
                .Tickets.Where(t => t.Id == ticket.Id)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(t => t.SpecialistId, desk.Anna.Id)
                        .SetProperty(t => t.TeamId, desk.Cards.Id)
                        .SetProperty(t => t.RoutedAt, desk.Time.GetUtcNow())
                );
        var today = DateOnly.FromDateTime(desk.Time.GetUtcNow().UtcDateTime);
        async Task<(SeenPage Page, bool IsReleased)> SaveAsync(DateOnly? from, DateOnly through, bool keeps)
        {
            var page = await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}");
            if (!keeps)
                page.Document.QuerySelector("[name='Form.KeepsWork']")!.RemoveAttribute("checked");
            var fields = new Dictionary<string, string>
            {
                ["AbsentFrom"] = $"{from:yyyy-MM-dd}",
                ["AbsentThrough"] = $"{through:yyyy-MM-dd}",
            };
            if (keeps)
                fields["KeepsWork"] = "true";
            var answer = await desk.Admin.SendAsync(page, "form:has([value=person])", fields);
            await using var db = desk.OpenDatabase();
            return (answer, await db.Tickets.AnyAsync(t => t.Id == ticket.Id && t.RoutedAt == null));
        }

        (await SaveAsync(today.AddDays(9), today.AddDays(7), keeps: false)).Page.MainText.ShouldContain(
            "ends before it begins"
        );
        (await SaveAsync(today.AddDays(3), today.AddDays(7), keeps: false)).IsReleased.ShouldBeFalse();
        var later = await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}");
        Value(later, "AbsentFrom").ShouldBe($"{today.AddDays(3):yyyy-MM-dd}");
        later.Document.QuerySelector("header .pill").ShouldBeNull();
        (await SaveAsync(null, today.AddDays(7), keeps: true)).IsReleased.ShouldBeFalse();
        (await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}"))
            .Document.QuerySelector("header .pill")!
            .TextContent.ShouldBe("Absent");
        (await SaveAsync(null, today.AddDays(7), keeps: false)).IsReleased.ShouldBeTrue();
    }

    [Fact]
    public async Task The_last_administrator_can_be_neither_disabled_nor_demoted()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync($"/admin/people/{desk.Ada.Id}");
        (await desk.Admin.SendAsync(page, "#disable form", Nothing)).MainText.ShouldContain(
            "Nobody would be left to administer the desk"
        );
        page.Document.QuerySelector("[name='Form.IsAdministrator']")!.RemoveAttribute("checked");
        page.Document.QuerySelector("[name='Form.IsSupervisor']")!.SetAttribute("checked", "checked");
        (await desk.Admin.SendAsync(page, "form:has([value=person])", Nothing)).MainText.ShouldContain(
            "Nobody would be left to administer the desk"
        );
        (await desk.Admin.OpenAsync($"/admin/people/{desk.Ada.Id}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_saved_is_shown_again_and_a_stale_form_is_refused()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            db.Skills.Add(new() { Key = "fraud", Name = "Fraud" });
            await db.SaveChangesAsync();
        }
        var stale = await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}");
        var skill = stale.Document.QuerySelector("[name^='Form.Skills']")!.GetAttribute("name")!["Form.".Length..];
        var answer = await desk.Admin.SendAsync(
            stale,
            "form:has([value=person])",
            new Dictionary<string, string>
            {
                ["Name"] = "Anna Aspen",
                ["Capacity"] = "6.5",
                ["Languages"] = "EN uk",
                ["AbsentThrough"] = "2027-01-08",
                ["Zone"] = "Europe/Tallinn",
                [skill] = "3",
            }
        );
        answer.Location.ShouldNotBeNull(answer.MainText);
        var anew = await desk.Admin.FollowAsync(answer);
        anew.MainText.ShouldContain("Saved.");
        anew.Heading.ShouldBe("Anna Aspen");
        Value(anew, "Capacity").ShouldBe("6.5");
        Value(anew, "Languages").ShouldBe("en uk");
        Value(anew, "AbsentThrough").ShouldBe("2027-01-08");
        await using (var db = desk.OpenDatabase())
        {
            var anna = await db.Specialists.Include(s => s.Skills).SingleAsync(s => s.Id == desk.Anna.Id);
            anna.Name.ShouldBe("Anna Aspen");
            anna.Skills.Single().Level.ShouldBe(3);
            anna.AbsentUntil.ShouldBe(new DateTimeOffset(2027, 1, 8, 22, 0, 0, TimeSpan.Zero));
            (await db.TeamMembers.CountAsync(m => m.SpecialistId == desk.Anna.Id)).ShouldBe(1);
        }

        var late = await desk.Admin.SendAsync(
            stale,
            "form:has([value=person])",
            new Dictionary<string, string> { ["Name"] = "Anna Ash" }
        );
        late.MainText.ShouldContain("somebody else changed this");
        late.Html.ShouldContain("Anna Ash");
    }

    [Fact]
    public async Task A_person_leaves_a_team_and_unlearns_a_skill()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            var anna = await db.Specialists.SingleAsync(s => s.Id == desk.Anna.Id);
            anna.Skills.Add(
                new()
                {
                    Skill = new() { Key = "fraud", Name = "Fraud" },
                }
            );
            await db.SaveChangesAsync();
        }
        var page = await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}");
        page.Document.QuerySelector("[name^='Form.Teams'][checked]")!.RemoveAttribute("checked");
        var skill = page.Document.QuerySelector("[name^='Form.Skills']")!.GetAttribute("name")!["Form.".Length..];
        var saved = await desk.Admin.SendAsync(
            page,
            "form:has([value=person])",
            new Dictionary<string, string> { [skill] = "0" }
        );
        saved.Location.ShouldNotBeNull(saved.MainText);
        await using var after = desk.OpenDatabase();
        (await after.TeamMembers.AnyAsync(m => m.SpecialistId == desk.Anna.Id)).ShouldBeFalse();
        var left = await after.Specialists.Include(s => s.Skills).SingleAsync(s => s.Id == desk.Anna.Id);
        left.Skills.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_only_administers_does_not_become_somebody_who_gets_tickets()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync($"/admin/people/{desk.Ada.Id}");
        var saved = await desk.Admin.SendAsync(
            page,
            "form:has([value=person])",
            new Dictionary<string, string> { ["Name"] = "Ada Ash" }
        );
        saved.Location.ShouldNotBeNull(saved.MainText);
        await using var db = desk.OpenDatabase();
        (await db.Users.SingleAsync(u => u.Id == desk.Ada.Id)).DisplayName.ShouldBe("Ada Ash");
        (await db.Specialists.AnyAsync(s => s.Id == desk.Ada.Id)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_lost_phone_is_forgotten_and_sessions_end()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
            await db
                .Users.Where(u => u.Id == desk.Anna.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.TwoFactorEnabled, true));
        var page = await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}");
        await desk.Admin.SendAsync(page, "#reset-code form", Nothing);
        await using var after = desk.OpenDatabase();
        var anna = await after.Users.SingleAsync(u => u.Id == desk.Anna.Id);
        anna.TwoFactorEnabled.ShouldBeFalse();
        anna.SecurityStamp.ShouldNotBe(desk.Anna.SecurityStamp);
    }

    [Fact]
    public async Task Nobody_else_finds_the_administration()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var pages = typeof(Program)
            .Assembly.GetTypes()
            .Where(t => t.Namespace?.StartsWith("Helpdesk.Web.Components.Admin", StringComparison.Ordinal) is true)
            .SelectMany(t => t.GetCustomAttributes(typeof(Microsoft.AspNetCore.Components.RouteAttribute), false))
            .Cast<Microsoft.AspNetCore.Components.RouteAttribute>()
            .Select(route => Regex.Replace(route.Template, @"\{[^}]*:guid\}", desk.Anna.Id.ToString()))
            .Select(path => Regex.Replace(path, @"\{[^}]*\}", "1"))
            .ToList();
        pages.Count.ShouldBeGreaterThan(3);
        foreach (var role in new[] { Roles.Supervisor, Roles.Specialist, Roles.Customer })
        {
            var other = desk.Visitor(role, desk.Sofia.Id);
            foreach (var page in pages)
                (await other.OpenAsync(page)).Status.ShouldBe(HttpStatusCode.NotFound, page);
        }
    }

    [Fact]
    public async Task Whether_somebody_gets_new_requests_is_set_on_their_page_and_kept_in_the_history()
    {
        await using var desk = await AdminDesk.OpenAsync();
        const string Form = "form:has([name=Presence])";
        var page = await desk.Admin.OpenAsync($"/admin/people/{desk.Anna.Id}");
        page.Document.QuerySelector("[name=Presence][aria-pressed=true]")!.TextContent.ShouldBe("Available");

        var away = await desk.Admin.FollowAsync(await desk.Admin.SendAsync(page, Form, Nothing, "Away"));

        away.MainText.ShouldContain("Routing goes by it");
        away.Document.QuerySelector("[name=Presence][aria-pressed=true]")!.TextContent.ShouldBe("Away");
        await desk.Admin.SendAsync(away, Form, Nothing, "Away"); // as it is already
        await using (var db = desk.OpenDatabase())
        {
            (await db.Specialists.SingleAsync(s => s.Id == desk.Anna.Id)).Presence.ShouldBe(Presence.Away);
            var change = (await db.Set<AdministrationChange>().ToListAsync()).ShouldHaveSingleItem();
            (change.ByUserId, change.Subject, change.Area).ShouldBe((desk.Ada.Id, "Anna Alder", "people"));
            change.Fields.ShouldBe([new ChangedField("Presence", "Available", "Away")]);
        }
        (await desk.Admin.OpenAsync("/admin/changes?area=people"))
            .Document.QuerySelector(".changes")!
            .TextContent.ShouldContain("away");
        // who answers no requests has none to be spared
        (await desk.Admin.OpenAsync($"/admin/people/{desk.Sofia.Id}"))
            .Document.QuerySelector(Form)
            .ShouldBeNull();
        // their cookie still says administrator, the database does not
        var former = desk.Visitor(Roles.Administrator, desk.Sofia.Id);
        var seen = await former.OpenAsync($"/admin/people/{desk.Anna.Id}");
        (await former.SendAsync(seen, Form, Nothing, "Available")).MainText.ShouldContain("you are no administrator");
    }

    [Fact]
    public async Task Rights_are_read_anew_before_a_change()
    {
        await using var desk = await AdminDesk.OpenAsync();
        // the cookie still says administrator, the database does not
        var former = desk.Visitor(Roles.Administrator, desk.Sofia.Id);
        var page = await former.OpenAsync($"/admin/people/{desk.Anna.Id}");
        (await former.SendAsync(page, "#disable form", Nothing)).MainText.ShouldContain("you are no administrator");
        await using var db = desk.OpenDatabase();
        (await db.Users.SingleAsync(u => u.Id == desk.Anna.Id)).DeactivatedAt.ShouldBeNull();
    }

    private static string? Value(SeenPage page, string field) =>
        page.Document.QuerySelector($"[name='Form.{field}']")?.GetAttribute("value");
}
