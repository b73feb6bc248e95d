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
