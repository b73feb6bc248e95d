using System.Globalization;
using System.Text;
using Helpdesk.Routing.SetUp;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Admin;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class HistoryAndSetUpTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task The_history_tells_what_became_of_a_topic_by_names_and_no_secret()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync($"/admin/topics/{desk.Lost.Id}");
        await desk.Admin.SendAsync(
            page,
            "main form",
            new Dictionary<string, string>
            {
                ["Name"] = "Lost card",
                ["TeamId"] = "",
                ["Phrases"] = "it is gone\nI lost it",
            }
        );
        var history = await desk.Admin.OpenAsync("/admin/changes");
        history.MainText.ShouldContain("Lost or stolen card → Lost card");
        history.MainText.ShouldContain("Cards → nothing");
        history.MainText.ShouldContain("+ it is gone");

        var token = await desk.Admin.OpenAsync("/admin/tokens");
        await desk.Admin.SendAsync(
            token,
            "form:has([value=token])",
            new Dictionary<string, string> { ["Name"] = "Shop", ["Mail"] = "true" }
        );
        await using var db = desk.OpenDatabase();
        var rows = await db.Set<AdministrationChange>().OrderBy(c => c.Id).ToListAsync();
        rows.Select(c => (c.Area, c.Kind, c.Subject, c.ByName))
            .ShouldBe([
                ("topics", "topic saved", "Lost card", "Ada Admin"),
                ("tokens", "API token made", "Shop", "Ada Admin"),
            ]);
        rows[1].FieldsJson.ShouldNotContain("hd_");
        // a refused change leaves no trace
        await desk.Admin.SendAsync(page, "main form", Nothing);
        (await db.Set<AdministrationChange>().CountAsync()).ShouldBe(2);
        (await desk.Visitor(Roles.Supervisor, desk.Sofia.Id).OpenAsync("/admin/changes")).MainText.ShouldNotContain(
            "Lost card"
        );
    }

    [Fact]
    public void Every_field_of_every_form_and_of_the_set_ups_file_has_words()
    {
        var texts = new System.Resources.ResourceManager(typeof(AdminTexts));
        var fields = typeof(SeenForm)
            .Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(SeenForm)))
            .SelectMany(t => t.GetProperties())
            .Where(p => p.CanWrite && !p.IsDefined(typeof(System.Text.Json.Serialization.JsonIgnoreAttribute), true))
            .Select(p => p.Name)
            .Concat(
                new[]
                {
                    typeof(SetUpTeam),
                    typeof(SetUpSkill),
                    typeof(SetUpHours),
                    typeof(SetUpTopic),
                    typeof(SetUpArea),
                    typeof(SetUpPerson),
                    typeof(SetUpAnswers),
                }
                    .SelectMany(t => t.GetProperties())
                    .Select(p => p.Name)
                    .Except(["Key", "Topic", "Topics"])
            )
            .Distinct()
            .ToList();
        fields.Count.ShouldBeGreaterThan(60);
        fields.Where(f => texts.GetString($"Field.{f}", CultureInfo.InvariantCulture) is null).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_of_very_many_fields_says_how_many_are_not_kept_and_names_the_others_in_words()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            db.Add(
                new AdministrationChange
                {
                    At = TimeProvider.System.GetUtcNow(),
                    Area = "set-up",
                    Kind = "routing set-up imported",
                    Fields =
                    [
                        new("topics/card_lost: team", "Cards", null),
                        new("rules: Contract", "10", "20"),
                        .. Enumerable
                            .Range(0, 248)
                            .Select(i => new ChangedField($"people/p{i}@x.example: capacity", "1", "2")),
                    ],
                }
            );
            await db.SaveChangesAsync();
        }
        var text = (await desk.Admin.OpenAsync("/admin/changes")).MainText;
        text.ShouldContain("Topic card_lost, Team Cards → nothing");
        text.ShouldContain("Routing rules, Contract 10 → 20");
        text.ShouldContain("Person p0@x.example, Capacity 1 → 2");
        text.ShouldContain("and 238 more");
        text.ShouldContain("50 further fields were changed too");
        text.ShouldNotContain("people/");
    }

    [Fact]
    public async Task Names_with_any_signs_in_them_and_lists_in_the_folded_rest_are_told_in_words()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            db.Add(
                new AdministrationChange
                {
                    At = TimeProvider.System.GetUtcNow(),
                    Area = "set-up",
                    Kind = "routing set-up imported",
                    Fields =
                    [
                        new("teams/Cards: EU/UK: description", "old", "new"),
                        new("people/p@x.example: skills/chips: new", "1", "2"),
                        new("people/p@x.example: skills/state", null, "3"),
                        new("people/p@x.example: visa", null, "2"),
                        new("Skills/Mortgages: fixed", "1", "3"),
                        new("Anna: State", "0", "1"),
                        new("desk: splitsCombined", "False", "True"),
                        .. Enumerable
                            .Range(0, 8)
                            .Select(i => new ChangedField($"people/p{i}@x.example: capacity", "1", "2")),
                        new("topics/pin: phrases", "one\ntwo", "two\nthree"),
                        new("automaticAnswers/pin: state", null, "Observing"),
                    ],
                }
            );
            await db.SaveChangesAsync();
        }
        var page = await desk.Admin.OpenAsync("/admin/changes");
        var text = page.MainText;
        text.ShouldContain("Team Cards: EU/UK, Description old → new");
        text.ShouldContain("Person p@x.example, chips: new 1 → 2");
        text.ShouldContain("Person p@x.example, state 3");
        text.ShouldContain("Person p@x.example, visa 2");
        text.ShouldContain("Skill, Mortgages: fixed 1 → 3");
        text.ShouldContain("Anna: State 0 → 1");
        text.ShouldContain("Splits by itself no → yes");
        var folded = page.Document.QuerySelector("details")!.TextContent;
        folded.ShouldContain("+ three");
        folded.ShouldContain("− one");
        folded.ShouldNotContain("two");
        folded.ShouldContain("observing");
    }

    [Fact]
    public async Task Old_changes_are_a_page_further()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            for (var i = 0; i < 45; i++)
                db.Add(
                    new AdministrationChange
                    {
                        At = desk.Time.GetUtcNow(),
                        Area = "topics",
                        Kind = "topic saved",
                        Subject = $"Topic number {i}.",
                    }
                );
            await db.SaveChangesAsync();
        }
        var first = await desk.Admin.OpenAsync("/admin/changes");
        first.MainText.ShouldContain("Topic number 44.");
        first.MainText.ShouldNotContain("Topic number 4.");
        var next = await desk.Admin.OpenAsync(first.Document.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        next.MainText.ShouldContain("Topic number 4.");
        next.MainText.ShouldNotContain("Topic number 44.");
    }

    [Fact]
    public async Task A_file_is_looked_at_before_it_is_taken_over_and_refused_when_the_desk_changed_meanwhile()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var exchange = desk.Get<SetUpExchange>();
        var before = await exchange.ReadAsync();
        var file = before with { Skills = [new SetUpSkill("visa", "Visa <b>")], SplitsCombined = true };
        var page = await desk.Admin.OpenAsync("/admin/set-up");
        var preview = await desk.Admin.SendAsync(
            page,
            "form:has([type=file])",
            Nothing,
            null,
            ("File", Encoding.UTF8.GetBytes(file.ToJson()))
        );
        preview.MainText.ShouldContain("2 differences");
        preview.MainText.ShouldContain("Visa <b>");
        (await exchange.ReadAsync()).ToJson().ShouldBe(before.ToJson());

        await exchange.ImportAsync(new RoutingSetUp { Skills = [new SetUpSkill("loans", "Loans")] });
        var late = await desk.Admin.SendAsync(preview, "form:has([name=Json])", Nothing);
        late.MainText.ShouldContain("changed the set-up while you were looking");
        var taken = await desk.Admin.SendAsync(late, "form:has([name=Json])", Nothing);
        taken.Location.ShouldNotBeNull(taken.MainText);
        (await exchange.ReadAsync()).Skills.Select(s => s.Key).ShouldBe(["loans", "visa"]);

        var wrong = await desk.Admin.SendAsync(
            page,
            "form:has([type=file])",
            Nothing,
            null,
            ("File", "{\n\"surprise\": 1}"u8.ToArray())
        );
        wrong.MainText.ShouldContain("Line 2");
        (await desk.Admin.OpenAsync("/admin/set-up/routing-set-up.json")).Html.ShouldContain("\"key\": \"visa\"");
        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        (await sofia.OpenAsync("/admin/set-up/routing-set-up.json")).Html.ShouldNotContain("\"skills\"");
    }
}
