using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Helpdesk.Routing.SetUp;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Tests.Admin;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Api;

public sealed class RoutingApiTests : IAsyncLifetime
{
    private AdminDesk desk = null!;
    private HttpClient script = null!;

    public async ValueTask InitializeAsync()
    {
        desk = await AdminDesk.OpenAsync();
        script = await ScriptAsync("deploy", ApiRights.Routing);
    }

    public async ValueTask DisposeAsync() => await desk.DisposeAsync();

    [Theory]
    [InlineData(ApiRights.Routing, "GET", "/api/v1/tickets/1", "tickets")]
    [InlineData(ApiRights.Routing, "POST", "/api/v1/mail", "mail")]
    [InlineData(ApiRights.Tickets, "GET", "/api/v1/articles?q=card", "articles")]
    [InlineData(ApiRights.Tickets | ApiRights.Mail | ApiRights.Articles, "GET", "/api/v1/routing/set-up", "routing")]
    [InlineData(ApiRights.Tickets, "PUT", "/api/v1/routing/set-up", "routing")]
    [InlineData(ApiRights.Mail, "GET", "/api/v1/routing/topics", "routing")]
    [InlineData(ApiRights.Mail, "PATCH", "/api/v1/routing/skills", "routing")]
    [InlineData(ApiRights.None, "PUT", "/api/v1/routing/rules", "routing")]
    public async Task What_a_token_may_not_do_is_refused_by_the_right_it_lacks(
        ApiRights held,
        string method,
        string address,
        string needed
    )
    {
        using var other = await ScriptAsync("other", held);
        using var call = new HttpRequestMessage(new(method), address) { Content = Json("{}") };
        using var refused = await other.SendAsync(call);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await JsonAsync(refused);
        problem.GetProperty("neededRight").GetString().ShouldBe(needed);
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain($"\"{needed}\"");
    }

    [Fact]
    public async Task A_value_that_a_field_cannot_have_is_told_by_its_field()
    {
        using var refused = await PutAsync(
            "/api/v1/routing/topics/card_lost",
            """{ "name": "Lost", "area": "cards", "automaticAnswers": { "state": "Sometimes", "promise": 0.98 } }"""
        );
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var errors = (await JsonAsync(refused)).GetProperty("errors");
        errors.TryGetProperty("automaticAnswers.state", out _).ShouldBeTrue(errors.ToString());
    }

    [Fact]
    public async Task The_set_up_goes_out_is_tried_and_comes_in_with_the_tokens_name_in_the_history()
    {
        using var read = await script.GetAsync("/api/v1/routing/set-up");
        var before = RoutingSetUp.Parse(await read.Content.ReadAsStringAsync());
        var area = before.Areas.First(a => a.Topics.Count > 0);
        var file = before with
        {
            Areas = [area with { Topics = [area.Topics[0] with { Phrases = ["where on earth is it"] }] }],
        };

        var check = await JsonAsync(await PutAsync("/api/v1/routing/set-up?check=true", file.ToJson()));
        check.GetProperty("applied").GetBoolean().ShouldBeFalse();
        var field = check.GetProperty("differences").EnumerateArray().ShouldHaveSingleItem();
        field.GetProperty("name").GetString().ShouldBe($"topics/{area.Topics[0].Key}: phrases");
        (await ChangesAsync()).ShouldBeEmpty();

        var applied = await JsonAsync(
            await PutAsync("/api/v1/routing/set-up", file.ToJson(), read.Headers.ETag!.ToString())
        );
        applied.GetProperty("applied").GetBoolean().ShouldBeTrue();
        var row = (await ChangesAsync()).ShouldHaveSingleItem();
        (row.Area, row.ByName, row.ByUserId).ShouldBe(("set-up", "deploy", null));
        (await desk.Admin.OpenAsync("/admin/changes")).MainText.ShouldContain("deploy took over a routing set-up");

        // the same again changes nothing, and what was read before is not what stands there now
        (await JsonAsync(await PutAsync("/api/v1/routing/set-up", file.ToJson())))
            .GetProperty("applied")
            .GetBoolean()
            .ShouldBeFalse();
        (await ChangesAsync()).Count.ShouldBe(1);
        (await PutAsync("/api/v1/routing/set-up", before.ToJson(), read.Headers.ETag!.ToString())).StatusCode.ShouldBe(
            HttpStatusCode.PreconditionFailed
        );
    }

    [Theory]
    [InlineData("nothing of this", "Line 1")]
    [InlineData("""{ "teems": [] }""", "teems")]
    [InlineData("""{ "teams": [null] }""", "empty entry")]
    [InlineData("""{ "defaultTeam": "Nowhere" }""", "Nowhere")]
    public async Task A_wrong_set_up_changes_nothing_and_says_where_it_is_wrong(string file, string named)
    {
        using var refused = await PutAsync("/api/v1/routing/set-up", file);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(refused)).GetProperty("errors").ToString().ShouldContain(named);
        (await ChangesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_area_is_added_and_given_to_a_team_and_its_topics_stay()
    {
        var topics = (await JsonAsync(await script.GetAsync("/api/v1/routing/topics"))).EnumerateArray().ToList();
        var (key, team) = (
            topics[0].GetProperty("area").GetString()!,
            topics.Select(t => t.GetProperty("team").GetString()).First(t => t is not null)
        );
        var before = await AreaAsync(key);
        using var changed = await PutAsync(
            $"/api/v1/routing/areas/{key}",
            JsonSerializer.Serialize(new { name = "Renamed", team })
        );
        changed.StatusCode.ShouldBe(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        var after = await AreaAsync(key);
        (after.GetProperty("name").GetString(), after.GetProperty("team").GetString()).ShouldBe(("Renamed", team));
        after.GetProperty("topics").ToString().ShouldBe(before.GetProperty("topics").ToString());

        using var added = await script.PostAsJsonAsync("/api/v1/routing/areas", new { name = "Insurance" });
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await AreaAsync("insurance")).GetProperty("topics").GetArrayLength().ShouldBe(0);
        (await ChangesAsync()).Select(c => c.Kind).ShouldBe(["area saved", "area added"]);

        (await script.PostAsJsonAsync("/api/v1/routing/areas", new { name = "insurance" })).StatusCode.ShouldBe(
            HttpStatusCode.Conflict
        );
        (await PutAsync("/api/v1/routing/areas/nowhere", """{ "name": "X" }""")).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
        (
            await PutAsync("/api/v1/routing/areas/insurance", """{ "name": "Insurance", "team": "Nobody" }""")
        ).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_a_person_what_is_named_is_changed_and_the_rest_stays()
    {
        var people = (await JsonAsync(await script.GetAsync("/api/v1/routing/people"))).EnumerateArray().ToList();
        var anna = people.ShouldHaveSingleItem();
        var address = $"/api/v1/routing/people/{anna.GetProperty("address").GetString()}";
        using var changed = await PatchAsync(address, new { capacity = 12.5, languages = "en de" });
        changed.StatusCode.ShouldBe(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        var now = (await JsonAsync(await script.GetAsync("/api/v1/routing/people")))[0];
        now.GetProperty("capacity").GetDouble().ShouldBe(12.5);
        now.GetProperty("languages").GetString().ShouldBe("en de");
        foreach (var stays in new[] { "deputy", "teams", "skills", "hours" })
            now.GetProperty(stays).ToString().ShouldBe(anna.GetProperty(stays).ToString(), stays);

        (await PatchAsync(address, new { teams = Array.Empty<string>() })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await JsonAsync(await script.GetAsync("/api/v1/routing/people")))[0]
            .GetProperty("teams")
            .GetArrayLength()
            .ShouldBe(0);
        (await ChangesAsync()).Select(c => c.Kind).ShouldBe(["person saved", "person saved"]);

        foreach (
            var wrong in new object[]
            {
                new { capacity = 1000 },
                new { deputy = anna.GetProperty("address").GetString() },
                new { hours = "Nights on the moon" },
                new { teams = new[] { "Nobody" } },
                new { isAdministrator = true },
            }
        )
            (await PatchAsync(address, wrong)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{wrong}");
        (await PatchAsync("/api/v1/routing/people/no@body.example", new { capacity = 3 })).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
    }

    private Task<HttpResponseMessage> PatchAsync(string address, object body) =>
        script.PatchAsync(address, JsonContent.Create(body));

    private async Task<JsonElement> AreaAsync(string key) =>
        (await JsonAsync(await script.GetAsync("/api/v1/routing/areas")))
            .EnumerateArray()
            .Single(a => a.GetProperty("key").GetString() == key);

    [Fact]
    public async Task A_topic_is_added_changed_and_held_to_the_rules_of_its_page()
    {
        var topics = (await JsonAsync(await script.GetAsync("/api/v1/routing/topics"))).EnumerateArray().ToList();
        var area = topics[0].GetProperty("area").GetString();
        using var added = await script.PostAsJsonAsync(
            "/api/v1/routing/topics",
            new
            {
                name = "Chip is broken",
                area,
                phrases = new[] { "the chip does not work" },
            }
        );
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        added.Headers.Location!.ToString().ShouldBe("/api/v1/routing/topics/chip_is_broken");
        var topic = await JsonAsync(await script.GetAsync(added.Headers.Location));
        topic.GetProperty("phrases")[0].GetString().ShouldBe("the chip does not work");

        await using (var db = desk.OpenDatabase())
        {
            db.Tiers.Add(
                new Tier
                {
                    Name = "Gold",
                    Rank = 1,
                    PriorityPoints = 5,
                }
            );
            await db.SaveChangesAsync();
        }
        var team = topics.Select(t => t.GetProperty("team").GetString()).First(t => t is not null);
        using var changed = await PutAsync(
            "/api/v1/routing/topics/chip_is_broken",
            JsonSerializer.Serialize(
                new
                {
                    name = "Chip is broken",
                    area,
                    team,
                    phrases = Array.Empty<string>(),
                    automaticAnswers = new
                    {
                        state = "Observing",
                        promise = 0.98,
                        excludedTiers = new[] { "Gold" },
                    },
                }
            )
        );
        changed.StatusCode.ShouldBe(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        topic = await JsonAsync(await script.GetAsync(added.Headers.Location));
        topic.GetProperty("team").GetString().ShouldBe(team);
        topic.GetProperty("automaticAnswers").GetProperty("excludedTiers")[0].GetString().ShouldBe("Gold");
        (await ChangesAsync())
            .Select(c => (c.Kind, c.Subject, c.ByName))
            .ShouldBe([("topic added", "Chip is broken", "deploy"), ("topic saved", "Chip is broken", "deploy")]);

        foreach (var alike in new[] { "Chip is broken", "chip  ís Broken" })
            (await script.PostAsJsonAsync("/api/v1/routing/topics", new { name = alike, area })).StatusCode.ShouldBe(
                HttpStatusCode.Conflict
            );
        (
            await script.PostAsJsonAsync(
                "/api/v1/routing/topics",
                new
                {
                    name = "Other",
                    area,
                    team = "Nobody",
                }
            )
        ).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (
            await script.PostAsJsonAsync(
                "/api/v1/routing/topics",
                new
                {
                    name = "Other",
                    area,
                    owner = "x",
                }
            )
        ).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (
            await PutAsync("/api/v1/routing/topics/nothing", JsonSerializer.Serialize(new { name = "N", area }))
        ).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ChangesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Cells_of_the_skills_matrix_change_together_or_not_at_all()
    {
        await using (var db = desk.OpenDatabase())
        {
            db.Skills.Add(new Skill { Key = "chips", Name = "Chips" });
            await db.SaveChangesAsync();
        }
        var matrix = await JsonAsync(await script.GetAsync("/api/v1/routing/skills"));
        var skill = matrix.GetProperty("skills")[0].GetProperty("key").GetString()!;
        var row = matrix.GetProperty("people")[0];
        var person = row.GetProperty("person").GetString()!;
        var was = row.GetProperty("levels").TryGetProperty(skill, out var level) ? level.GetInt32() : 0;
        var wanted = was == 3 ? 2 : 3;

        using var refused = await PatchAsync(
            new
            {
                person,
                skill,
                level = wanted,
            },
            new
            {
                person = "nobody@example.org",
                skill,
                level = 1,
            }
        );
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (
            await PatchAsync(
                new
                {
                    person,
                    skill = "nothing",
                    level = 1,
                }
            )
        ).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (
            await PatchAsync(
                new
                {
                    person,
                    skill,
                    level = 7,
                }
            )
        ).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (
            await PatchAsync(
                new
                {
                    person,
                    skill,
                    level = wanted,
                    was = was + 1,
                }
            )
        ).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ChangesAsync()).ShouldBeEmpty();

        using var done = await PatchAsync(
            new
            {
                person,
                skill,
                level = wanted,
                was,
            }
        );
        done.StatusCode.ShouldBe(HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
        matrix = await JsonAsync(await script.GetAsync("/api/v1/routing/skills"));
        matrix.GetProperty("people")[0].GetProperty("levels").GetProperty(skill).GetInt32().ShouldBe(wanted);
        (await ChangesAsync()).ShouldHaveSingleItem().Kind.ShouldBe("skill levels saved");
    }

    [Fact]
    public async Task Rules_are_put_in_force()
    {
        (await PutAsync("/api/v1/routing/rules", """{ "vipMargin": 0.5 }""")).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest
        );
        var before = await (await script.GetAsync("/api/v1/routing/rules")).Content.ReadAsStringAsync();
        var wanted = before.Replace("\"vipMargin\":0.25", "\"vipMargin\":0.5", StringComparison.Ordinal);
        using var put = await PutAsync("/api/v1/routing/rules", wanted);
        put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync());
        var rules = await JsonAsync(await script.GetAsync("/api/v1/routing/rules"));
        rules.GetProperty("vipMargin").GetDouble().ShouldBe(0.5);
        (await ChangesAsync()).ShouldHaveSingleItem().ByName.ShouldBe("deploy");
    }

    [Theory]
    [InlineData(
        "/api/v1/routing/set-up",
        """{ "format": 1, "automaticAnswers": [{ "topic": "KEY", "state": 9, "promise": 0.95, "excludedTiers": [] }] }"""
    )]
    [InlineData("/api/v1/routing/set-up", """{ "format": 1, "format": 1, "teams": [null] }""")]
    [InlineData("/api/v1/routing/set-up", """{ "format": 1, "teams": [{ "name": "two\nlines" }] }""")]
    [InlineData("/api/v1/routing/set-up", """{ "format": 1, "rules": { "vipMargin": 0.3 } }""")]
    [InlineData("/api/v1/routing/set-up", """{ "format": 1, "teams": [{ "name": " CÄRDS" }] }""")]
    [InlineData(
        "/api/v1/routing/rules",
        """{ "priority": { "normalFrom": 15, "highFrom": 40, "urgentFrom": 60 }, "vipMargin": 0.25 }"""
    )]
    public async Task What_is_no_state_no_line_or_half_of_the_rules_is_refused_and_changes_nothing(
        string path,
        string body
    )
    {
        var topics = await JsonAsync(await script.GetAsync("/api/v1/routing/topics"));
        var key = topics[0].GetProperty("key").GetString()!;
        using var put = await PutAsync(path, body.Replace("KEY", key, StringComparison.Ordinal));
        put.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await put.Content.ReadAsStringAsync());
        (await ChangesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rules_about_spam_are_put_in_force_once()
    {
        const string address = "/api/v1/routing/spam";
        using var read = await script.GetAsync(address);
        var tag = read.Headers.ETag!.ToString();
        const string wanted =
            """{ "learns": false, "filter": "Other", "headerName": "X-Ours", "headerValue": "yes", "mostMailsOfUnknown": 25 }""";
        using var check = await PutAsync($"{address}?check=true", wanted, tag);
        (await JsonAsync(check)).GetProperty("differences").GetArrayLength().ShouldBe(5);
        using var put = await PutAsync(address, wanted, tag);
        put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync());
        (await JsonAsync(put)).GetProperty("applied").GetBoolean().ShouldBeTrue();
        var rules = await JsonAsync(await script.GetAsync(address));
        rules.GetProperty("headerName").GetString().ShouldBe("X-Ours");
        rules.GetProperty("mostMailsOfUnknown").GetInt32().ShouldBe(25);

        using var again = await PutAsync(address, wanted);
        (await JsonAsync(again)).GetProperty("applied").GetBoolean().ShouldBeFalse();
        (await PutAsync(address, wanted.Replace("25", "30", StringComparison.Ordinal), tag)).StatusCode.ShouldBe(
            HttpStatusCode.PreconditionFailed
        );
        var change = (await ChangesAsync()).ShouldHaveSingleItem();
        change.Area.ShouldBe("mail");
        change.ByName.ShouldBe("deploy");
        change.Fields.ShouldContain(f => f.Name == "Most" && f.Became == "25");
    }

    [Theory]
    [InlineData("""{ "filter": "None", "mostMailsOfUnknown": 5 }""", "Learns")]
    [InlineData("""{ "learns": true, "filter": "Other", "mostMailsOfUnknown": 5 }""", "HeaderName")]
    [InlineData("""{ "learns": true, "filter": "None", "mostMailsOfUnknown": 0 }""", "MostMailsOfUnknown")]
    [InlineData(
        """{ "learns": true, "filter": "Other", "headerName": "X: y", "headerValue": "a", "mostMailsOfUnknown": 5 }""",
        "HeaderName"
    )]
    [InlineData(
        """{ "learns": true, "filter": "Rspamd", "headerName": null, "headerValue": "a", "mostMailsOfUnknown": 5 }""",
        "HeaderName"
    )]
    [InlineData("""{ "learns": true, "filter": "Guess", "mostMailsOfUnknown": 5 }""", "filter")]
    public async Task Rules_about_spam_that_make_no_sense_name_the_field(string body, string field)
    {
        using var put = await PutAsync("/api/v1/routing/spam", body);
        put.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(put))
            .GetProperty("errors")
            .TryGetProperty(field, out _)
            .ShouldBeTrue(await put.Content.ReadAsStringAsync());
        (await ChangesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no json", "$")]
    [InlineData("[]", "$")]
    [InlineData("""{ "name": 5, "area": "a" }""", "name")]
    [InlineData("""{ "name": "a", "area": "a", "colour": "red" }""", "colour")]
    [InlineData("", null)]
    public async Task Json_that_cannot_be_taken_is_told_apart_by_field_and_without_our_own_names(
        string body,
        string? field
    )
    {
        using var answer = await script.PostAsync(
            "/api/v1/routing/topics",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("RoutingTopics");
        if (field is not null)
            (await JsonAsync(answer)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_cell_without_a_level_takes_no_skill_away()
    {
        using var patch = await script.PatchAsync(
            "/api/v1/routing/skills",
            new StringContent(
                """{ "changes": [{ "person": "anna@desk.example", "skill": "cards" }] }""",
                System.Text.Encoding.UTF8,
                "application/json"
            )
        );
        patch.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ChangesAsync()).ShouldBeEmpty();
    }

    private async Task<HttpClient> ScriptAsync(string name, ApiRights rights)
    {
        await using var db = desk.OpenDatabase();
        var (token, secret) = ApiToken.Create(name, rights, createdBy: null, TimeProvider.System.GetUtcNow());
        db.ApiTokens.Add(token);
        await db.SaveChangesAsync();
        var client = desk.Site.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    private async Task<List<AdministrationChange>> ChangesAsync()
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<AdministrationChange>().OrderBy(c => c.Id).ToListAsync();
    }

    private async Task<HttpResponseMessage> PutAsync(string address, string json, string? ifMatch = null)
    {
        using var call = new HttpRequestMessage(HttpMethod.Put, address) { Content = Json(json) };
        if (ifMatch is not null)
            call.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await script.SendAsync(call);
    }

    private Task<HttpResponseMessage> PatchAsync(params object[] changes) =>
        script.PatchAsJsonAsync("/api/v1/routing/skills", new { changes });

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
}
