using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class OrganizationPagesTests
{
    [Fact]
    public async Task A_contracts_promise_is_what_its_people_are_promised()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var first = await desk.RequestAsync(address: "maria@harbour.example");
        var policy = await desk.Admin.OpenAsync("/admin/promises/new");
        int hours;
        await using (var db = desk.OpenDatabase())
            hours = (await db.BusinessHours.SingleAsync()).Id;
        await desk.Admin.SendAsync(
            policy,
            "main form",
            new Dictionary<string, string> { ["Name"] = "Harbour's contract", ["HoursId"] = $"{hours}" }
        );
        int contract;
        await using (var db = desk.OpenDatabase())
            contract = (await db.SlaPolicies.SingleAsync(p => p.Name == "Harbour's contract")).Id;
        var form = await desk.Admin.OpenAsync("/admin/organizations/new");
        var added = await desk.Admin.SendAsync(
            form,
            "main form",
            new Dictionary<string, string>
            {
                ["Name"] = "Harbour Foods",
                ["PolicyId"] = $"{contract}",
                ["Since"] = "2024-02-29",
            }
        );
        var page = await desk.Admin.FollowAsync(added);
        page.MainText.ShouldContain("Added.");
        page.MainText.ShouldContain("Nobody yet.");
        page.Document.QuerySelector("#address")!.SetAttribute("value", "nobody@harbour.example");
        var refused = await desk.Admin.SendAsync(page, "form:has(#address)", new Dictionary<string, string>());
        refused.MainText.ShouldContain("Nobody with this address has written");
        page.Document.QuerySelector("#address")!.SetAttribute("value", "MARIA@harbour.example");
        var put = await desk.Admin.SendAsync(page, "form:has(#address)", new Dictionary<string, string>());
        put.Location.ShouldNotBeNull(put.MainText);
        (await desk.Admin.FollowAsync(put)).MainText.ShouldContain("maria@harbour.example");

        (await desk.RequestAsync(address: "maria@harbour.example")).SlaPolicyId.ShouldBe(contract);
        (await desk.ReadAsync(first.Id)).SlaPolicyId.ShouldNotBe(contract);
        (await desk.Admin.OpenAsync("/admin/organizations?q=harb")).MainText.ShouldContain("Harbour Foods");
    }
}
