using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Tests.Admin;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Api;

public sealed class PresenceApiTests : IAsyncLifetime
{
    private const string Own = "/api/v1/people/me/presence";
    private AdminDesk desk = null!;

    public async ValueTask InitializeAsync() => desk = await AdminDesk.OpenAsync();

    public async ValueTask DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task A_token_with_the_right_to_its_makers_presence_sets_theirs_and_nobody_elses()
    {
        using var annas = await ScriptAsync(ApiRights.Presence, desk.Anna.Id);
        var away = await JsonAsync(await PutAsync(annas, Own, new { presence = "Away" }));

        away.GetProperty("person").GetString().ShouldBe(desk.Anna.Email);
        away.GetProperty("presence").GetString().ShouldBe("Away");
        away.GetProperty("until").GetDateTimeOffset().ShouldBe(desk.Time.GetUtcNow().AddHours(12));
        (await JsonAsync(await annas.GetAsync(Own))).GetProperty("presence").GetString().ShouldBe("Away");
        var change = await ChangeAsync();
        (change.ByUserId, change.ByName, change.Subject).ShouldBe((null, "phone", "Anna Alder"));
        change.Fields.ShouldBe([new ChangedField("Presence", "Available", "Away")]);

        var others = await PutAsync(annas, $"/api/v1/people/{desk.Anna.Email}/presence", new { presence = "Busy" });
        others.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await JsonAsync(others)).GetProperty("neededRight").GetString().ShouldBe("people");
    }

    [Fact]
    public async Task With_the_right_everybodys_is_set_by_address()
    {
        using var roster = await ScriptAsync(ApiRights.People, desk.Ada.Id);
        var address = $"/api/v1/people/{Uri.EscapeDataString(desk.Anna.Email!.ToUpperInvariant())}/presence";

        (await PutAsync(roster, address, new { presence = "Busy" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PutAsync(roster, address, new { presence = "Busy" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await ChangeAsync()).Fields.ShouldBe([new ChangedField("Presence", "Available", "Busy")]);
        (await roster.GetAsync(Own)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("""{ "presence": "asleep" }""", "presence")]
    [InlineData("""{ "presence": 2 }""", "presence")]
    [InlineData("{}", "presence")]
    [InlineData("""{ "presence": "Away", "until": "2030-01-01" }""", "until")]
    public async Task What_is_no_presence_is_refused_by_its_field(string body, string field)
    {
        using var annas = await ScriptAsync(ApiRights.Presence, desk.Anna.Id);
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        var refused = await annas.PutAsync(Own, content);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(refused))
            .GetProperty("errors")
            .EnumerateObject()
            .ShouldContain(e => e.Name.Equals(field, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Who_answers_no_requests_or_left_has_no_presence()
    {
        using var roster = await ScriptAsync(ApiRights.People | ApiRights.Presence, desk.Ada.Id);
        foreach (
            var address in new[] { Own, $"/api/v1/people/{desk.Sofia.Email}/presence", "/api/v1/people/%20/presence" }
        )
            (await PutAsync(roster, address, new { presence = "Away" })).StatusCode.ShouldBe(
                HttpStatusCode.NotFound,
                address
            );

        using var annas = await ScriptAsync(ApiRights.Presence, desk.Anna.Id);
        await using (var db = desk.OpenDatabase())
            await db
                .Specialists.Where(s => s.Id == desk.Anna.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(p => p.IsActive, false));
        (await PutAsync(annas, Own, new { presence = "Away" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await annas.GetAsync(Own)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_absence_is_said_by_days_ended_and_held_to_the_rules_of_the_page()
    {
        using var roster = await ScriptAsync(ApiRights.People, desk.Ada.Id);
        var address = $"/api/v1/people/{desk.Anna.Email}/absence";
        var today = DateOnly.FromDateTime(desk.Time.GetUtcNow().UtcDateTime);
        (await JsonAsync(await roster.GetAsync(address))).GetProperty("isAbsent").GetBoolean().ShouldBeFalse();

        var (from, through) = (today.AddDays(3), today.AddDays(9));
        var view = await JsonAsync(
            await PutAsync(
                roster,
                address,
                new
                {
                    from,
                    through,
                    keepsWork = true,
                }
            )
        );
        view.GetProperty("from").GetString().ShouldBe($"{from:yyyy-MM-dd}");
        view.GetProperty("through").GetString().ShouldBe($"{through:yyyy-MM-dd}");
        view.GetProperty("isAbsent").GetBoolean().ShouldBeFalse();
        (await PutAsync(roster, address, new { from, through })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var change = await ChangeAsync();
        (change.ByName, change.Subject, change.Area).ShouldBe(("phone", "Anna Alder", "people"));
        change.Fields.Select(f => f.Name).ShouldBe(["AbsentFrom", "AbsentThrough", "KeepsWork"]);

        var ill = await JsonAsync(await PutAsync(roster, address, new { from = DateOnly.MinValue, through = today }));
        (ill.GetProperty("isAbsent").GetBoolean(), ill.GetProperty("keepsWork").GetBoolean()).ShouldBe((true, true));
        var back = await JsonAsync(await roster.DeleteAsync(address));
        back.GetProperty("through").ValueKind.ShouldBe(JsonValueKind.Null);
        back.GetProperty("isAbsent").GetBoolean().ShouldBeFalse();

        foreach (
            var wrong in new object[]
            {
                new { },
                new { through = "next week" },
                new { through = today.AddDays(-2) },
                new { through = DateOnly.MinValue },
                new { through = DateOnly.MaxValue },
                new { from = through, through = from },
                new { through, until = from },
            }
        )
            (await PutAsync(roster, address, wrong)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{wrong}");
        (await PutAsync(roster, "/api/v1/people/nobody@x.example/absence", new { through })).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
        using var annas = await ScriptAsync(ApiRights.Presence, desk.Anna.Id);
        (await annas.DeleteAsync(address)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<HttpClient> ScriptAsync(ApiRights rights, Guid maker)
    {
        await using var db = desk.OpenDatabase();
        var (token, secret) = ApiToken.Create("phone", rights, maker, TimeProvider.System.GetUtcNow());
        db.ApiTokens.Add(token);
        await db.SaveChangesAsync();
        var client = desk.Site.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    private async Task<AdministrationChange> ChangeAsync()
    {
        await using var db = desk.OpenDatabase();
        return (await db.Set<AdministrationChange>().ToListAsync()).ShouldHaveSingleItem();
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string address, object body) =>
        client.PutAsync(address, JsonContent.Create(body));

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
}
