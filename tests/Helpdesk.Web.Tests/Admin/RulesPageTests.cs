using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Helpdesk.Routing.Rules;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class RulesPageTests
{
    private static Dictionary<string, string> Points(string name, string value) =>
        new() { [$"Points[{name}]"] = value };

    private const string FileText = "textarea:not(#rule-words)";

    [Fact]
    public async Task Rules_are_tried_first_then_saved_and_the_history_says_what_changed()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/rules");
        var tried = await desk.Admin.SendAsync(page, "main form", Points("Contract", "25"), "Try on");
        tried.MainText.ShouldContain("No requests came in these days");
        (await ChangesAsync(desk)).ShouldBeEmpty();

        var saved = await desk.Admin.SendAsync(page, "main form", Points("Contract", "25"), "Save");
        saved.Location.ShouldNotBeNull(saved.MainText);
        var again = await desk.Admin.FollowAsync(saved);
        again.Document.QuerySelector("[name='Form.Points[Contract]']")!.GetAttribute("value").ShouldBe("25");
        await desk.Admin.SendAsync(again, "main form", Points("Contract", "30"), "Save");
        (await desk.Admin.OpenAsync("/admin/rules")).MainText.ShouldContain("Contract 25 → 30");
        (await ChangesAsync(desk)).Select(c => c.ByName).ShouldBe(["Ada Admin", "Ada Admin"]);

        // the first page is older than what holds now
        var late = await desk.Admin.SendAsync(page, "main form", Points("Base", "1"), "Save");
        late.Location.ShouldBeNull();
        (await ChangesAsync(desk)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/rules");
        (await desk.Admin.SendAsync(page, "main form", Points("HighFrom", "90"), "Save")).MainText.ShouldContain(
            "high below urgent"
        );
        (await desk.Admin.SendAsync(page, "main form", Points("Base", "many"), "Save")).MainText.ShouldContain(
            "whole numbers"
        );
        (await ChangesAsync(desk)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Saving_what_stands_there_already_leaves_no_trace_in_the_history()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/rules");
        var saved = await desk.Admin.SendAsync(page, "main form", Points("Surprise", "4"), "Save");
        saved.Location.ShouldNotBeNull(saved.MainText);
        (await ChangesAsync(desk)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Words_of_its_own_are_kept_and_told_and_what_is_wrong_in_them_is_named_and_stays()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/rules");
        page.Document.QuerySelector<IHtmlTextAreaElement>("#rule-words")!.Value = "Chargeback = 20\r\ntoday = 0";
        var saved = await desk.Admin.SendAsync(page, "main form", new Dictionary<string, string>(), "Save");
        saved.Location.ShouldNotBeNull(saved.MainText);
        RoutingRules
            .Parse((await ChangesAsync(desk)).Single().RulesJson)
            .Priority.Words.ShouldBe("Chargeback = 20, today = 0");
        page = await desk.Admin.OpenAsync("/admin/rules");
        page.Document.QuerySelector<IHtmlTextAreaElement>("#rule-words")!.Value.ShouldBe("Chargeback = 20\ntoday = 0");
        page.Document.QuerySelector<IHtmlTextAreaElement>("#rule-words")!.Value = "chargeback = 25";
        await desk.Admin.SendAsync(page, "main form", new Dictionary<string, string>(), "Save");
        page = await desk.Admin.OpenAsync("/admin/rules");
        page.MainText.ShouldContain("Your own words Chargeback = 20, today = 0 → chargeback = 25");

        page.Document.QuerySelector<IHtmlTextAreaElement>("#rule-words")!.Value = "card = 5\r\nrefund";
        var refused = await desk.Admin.SendAsync(page, "main form", new Dictionary<string, string>(), "Save");
        refused.MainText.ShouldContain("“refund”: write an expression");
        refused.Document.QuerySelector<IHtmlTextAreaElement>("#rule-words")!.Value.ShouldContain("refund");
        (await ChangesAsync(desk)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_file_goes_out_and_comes_in_again()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/rules");
        page.Html.ShouldContain("/admin/rules/routing-rules.json");
        RoutingRules
            .Parse((await desk.Admin.OpenAsync("/admin/rules/routing-rules.json")).Html)
            .VipMargin.ShouldBe(0.25);
        var json = new RoutingRules { VipMargin = 0.4 }.ToJson();
        page.Document.QuerySelector<IHtmlTextAreaElement>(FileText)!.Value = json;
        var taken = await desk.Admin.SendAsync(page, $"form:has({FileText})", new Dictionary<string, string>());
        taken.Location.ShouldNotBeNull(taken.MainText);
        RoutingRules.Parse((await ChangesAsync(desk)).Single().RulesJson).VipMargin.ShouldBe(0.4);

        page.Document.QuerySelector<IHtmlTextAreaElement>(FileText)!.Value = "{\"surprise\": 1}";
        (
            await desk.Admin.SendAsync(page, $"form:has({FileText})", new Dictionary<string, string>())
        ).MainText.ShouldContain("not a file of routing rules: Line 1, surprise: nothing here is called 'surprise'.");
        page.Document.QuerySelector<IHtmlTextAreaElement>(FileText)!.Value = "{\"vipMargin\": 0.3}";
        (
            await desk.Admin.SendAsync(page, $"form:has({FileText})", new Dictionary<string, string>())
        ).MainText.ShouldContain("missing: priority.");
        (await ChangesAsync(desk)).Count.ShouldBe(1);
    }

    private static async Task<List<RuleChange>> ChangesAsync(AdminDesk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<RuleChange>().AsNoTracking().OrderBy(c => c.Id).ToListAsync();
    }
}
