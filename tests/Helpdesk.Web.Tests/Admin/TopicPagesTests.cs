using Helpdesk.Routing.Learning;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class TopicPagesTests
{
    [Fact]
    public async Task An_added_topic_is_known_to_the_desk_and_to_the_classifiers_training()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var form = await desk.Admin.OpenAsync($"/admin/topics/new?area={desk.Area.Id}");
        var answer = await desk.Admin.SendAsync(
            form,
            "main form",
            new Dictionary<string, string>
            {
                ["Name"] = "Café card: swallowed by a machine",
                ["TeamId"] = $"{desk.Cards.Id}",
                ["Phrases"] = "the machine kept my card\r\n\r\nATM ate it\nthe machine kept my card",
            }
        );
        answer.Location.ShouldNotBeNull(answer.MainText);
        (await desk.Admin.FollowAsync(answer)).MainText.ShouldContain("Added.");
        const string key = "cafe_card_swallowed_by_a_machine";
        await using var db = desk.OpenDatabase();
        var material = await TrainingMaterial.LoadAsync(
            db,
            1000,
            DateTimeOffset.UnixEpoch,
            TestContext.Current.CancellationToken
        );
        material.Topics.ShouldContain(key);
        material
            .Names.Where(n => n.Topic == key)
            .Select(n => n.Text)
            .ShouldBe(
                ["Café card: swallowed by a machine", "the machine kept my card", "ATM ate it"],
                ignoreOrder: true
            );
        var picture = await desk.Get<DeskDirectory>().GetAsync(TestContext.Current.CancellationToken);
        picture.TopicsByKey[key].TeamId.ShouldBe(desk.Cards.Id);
    }

    [Theory]
    [InlineData("TeamId", "Team: there is none such")]
    [InlineData("SkillId", "Skill: there is none such")]
    public async Task A_choice_that_no_list_offers_is_refused_at_its_field(string field, string words)
    {
        await using var desk = await AdminDesk.OpenAsync();
        var form = await desk.Admin.OpenAsync($"/admin/topics/new?area={desk.Area.Id}");
        var typed = new Dictionary<string, string> { ["Name"] = "Card limits", [field] = "9999" };
        var refused = await desk.Admin.SendAsync(form, "main form", typed);
        refused.MainText.ShouldContain(words);
        refused.Document.QuerySelector($"#{field.ToLowerInvariant()}")!.HasAttribute("aria-describedby").ShouldBeTrue();
        await using var db = desk.OpenDatabase();
        (await db.Topics.AnyAsync(t => t.Name == "Card limits")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("/admin/topics/new?area=AREA")]
    [InlineData("/admin/topics/areas/new")]
    [InlineData("/admin/topics/teams/new")]
    [InlineData("/admin/topics/skills/new")]
    public async Task A_name_that_nobody_can_see_is_none(string address)
    {
        await using var desk = await AdminDesk.OpenAsync();
        var form = await desk.Admin.OpenAsync(address.Replace("AREA", $"{desk.Area.Id}", StringComparison.Ordinal));
        var typed = new Dictionary<string, string> { ["Name"] = "\u200B\u202E" };
        (await desk.Admin.SendAsync(form, "main form", typed)).MainText.ShouldContain("Fill this in");
    }

    [Fact]
    public async Task A_form_sent_twice_adds_one_topic()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var form = await desk.Admin.OpenAsync($"/admin/topics/new?area={desk.Area.Id}");
        var typed = new Dictionary<string, string> { ["Name"] = "Card limits" };
        await desk.Admin.SendAsync(form, "main form", typed);
        (await desk.Admin.SendAsync(form, "main form", typed)).MainText.ShouldContain("one with this name already");
        await using var db = desk.OpenDatabase();
        (await db.Topics.CountAsync(t => t.Name == "Card limits")).ShouldBe(1);
    }

    [Theory]
    [InlineData("/admin/topics/new?area=AREA", " lost or  STOLEN cárd")]
    [InlineData("/admin/topics/areas/new", "CARDS  and pins")]
    [InlineData("/admin/topics/teams/new", "cards")]
    public async Task A_name_that_people_would_take_for_another_is_refused(string address, string name)
    {
        await using var desk = await AdminDesk.OpenAsync();
        var form = await desk.Admin.OpenAsync(address.Replace("AREA", $"{desk.Area.Id}", StringComparison.Ordinal));
        var typed = new Dictionary<string, string> { ["Name"] = name };
        (await desk.Admin.SendAsync(form, "main form", typed)).MainText.ShouldContain("one with this name already");
    }

    [Fact]
    public async Task An_archived_topic_leaves_the_lists_and_the_training_but_stays()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync($"/admin/topics/{desk.Lost.Id}");
        await desk.Admin.SendAsync(page, "main form", new Dictionary<string, string> { ["IsArchived"] = "True" });
        (await desk.Admin.OpenAsync("/admin/topics")).MainText.ShouldNotContain("Lost or stolen card");
        (await desk.Admin.OpenAsync("/admin/topics?archived=true")).MainText.ShouldContain("Lost or stolen card");
        await using var db = desk.OpenDatabase();
        var material = await TrainingMaterial.LoadAsync(
            db,
            1000,
            DateTimeOffset.UnixEpoch,
            TestContext.Current.CancellationToken
        );
        material.Topics.ShouldBe(["pin_change"]);
    }

    [Fact]
    public async Task A_stale_topic_form_is_refused()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var stale = await desk.Admin.OpenAsync($"/admin/topics/{desk.Lost.Id}");
        await desk.Admin.SendAsync(stale, "main form", new Dictionary<string, string> { ["Name"] = "Lost card" });
        var late = await desk.Admin.SendAsync(
            stale,
            "main form",
            new Dictionary<string, string> { ["Name"] = "Stolen card" }
        );
        late.MainText.ShouldContain("somebody else changed this");
        await using var db = desk.OpenDatabase();
        (await db.Topics.SingleAsync(t => t.Id == desk.Lost.Id)).Name.ShouldBe("Lost card");
    }

    [Fact]
    public async Task There_is_always_one_default_team()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync($"/admin/topics/teams/{desk.Cards.Id}");
        page.Document.QuerySelector("[name='Form.IsDefault']")!.RemoveAttribute("checked");
        (await desk.Admin.SendAsync(page, "main form", new Dictionary<string, string>())).MainText.ShouldContain(
            "Make another team the default first"
        );
        var form = await desk.Admin.OpenAsync("/admin/topics/teams/new");
        await desk.Admin.SendAsync(
            form,
            "main form",
            new Dictionary<string, string>
            {
                ["Name"] = "Fraud Desk",
                ["LeadId"] = desk.Anna.Id.ToString(),
                ["IsDefault"] = "True",
            }
        );
        await using var db = desk.OpenDatabase();
        var fraud = await db.Teams.SingleAsync(t => t.Name == "Fraud Desk");
        fraud.LeadId.ShouldBe(desk.Anna.Id);
        (await db.DeskSettings.SingleAsync()).DefaultTeamId.ShouldBe(fraud.Id);
    }
}
