using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class SpamPageTests
{
    [Fact]
    public async Task The_rules_are_saved_with_who_changed_them_and_another_header_needs_its_name()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/mail/spam");
        page.MainText.ShouldContain("Not in use yet: there are 0 mails called spam");
        Dictionary<string, string> other = new() { ["Filter"] = "Other", ["Most"] = "5" };
        (await desk.Admin.SendAsync(page, "main form", other)).MainText.ShouldContain("Name the header");

        other["HeaderName"] = "X-Wall";
        other["HeaderValue"] = "junk";
        var saved = await desk.Admin.SendAsync(page, "main form", other);
        saved.Location.ShouldNotBeNull(saved.MainText);
        (await desk.Admin.OpenAsync("/admin/mail/spam")).MainText.ShouldContain(
            "trusted: X-Wall: junk; 5 mails an hour"
        );
        await using var db = desk.OpenDatabase();
        var rules = await db.Set<SpamRules>().SingleAsync();
        (rules.ByName, rules.Filter, rules.MostMailsOfUnknown, rules.Learns).ShouldBe(
            ("Ada Admin", TrustedFilter.Other, 5, true)
        );
        // saved as it is, nothing is added
        (
            await desk.Admin.SendAsync(
                await desk.Admin.OpenAsync("/admin/mail/spam"),
                "main form",
                new Dictionary<string, string>()
            )
        ).Location.ShouldNotBeNull();
        (await db.Set<SpamRules>().CountAsync()).ShouldBe(1);
        var change = await db.Set<AdministrationChange>().SingleAsync();
        change.Area.ShouldBe("mail");
        change.Fields.ShouldContain(f => f.Name == "HeaderName" && f.Became == "X-Wall");
        (await desk.Admin.OpenAsync("/admin/changes")).MainText.ShouldContain("changed when mail is kept as spam");
        // the first page is older than what holds now
        (await desk.Admin.SendAsync(page, "main form", other)).Location.ShouldBeNull();
    }
}
