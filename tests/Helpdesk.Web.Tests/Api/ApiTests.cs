using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Helpdesk.Testing;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private readonly Site site = new();
    private HttpClient script = null!;

    public async ValueTask InitializeAsync()
    {
        script = site.CreateClient();
        await using var db = site.Services.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();
        var (token, secret) = ApiToken.Create(
            "test",
            ApiRights.Tickets | ApiRights.Mail | ApiRights.Articles,
            createdBy: null,
            TimeProvider.System.GetUtcNow()
        );
        db.ApiTokens.Add(token);
        await db.SaveChangesAsync();
        script.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
    }

    public async ValueTask DisposeAsync() => await site.DisposeAsync();

    [Fact]
    public async Task A_script_opens_reads_and_continues_a_ticket()
    {
        var opened = await PostAsync("/api/v1/tickets", Request("Card kept"));
        opened.StatusCode.ShouldBe(HttpStatusCode.Created);
        var ticket = await JsonAsync(opened);
        var number = ticket.GetProperty("number").GetInt64();
        ticket.GetProperty("customer").GetProperty("address").GetString().ShouldBe("carla@example.org");

        (await PostAsync($"/api/v1/tickets/{number}/messages", new { text = "In Lisbon." })).StatusCode.ShouldBe(
            HttpStatusCode.Created
        );
        (
            await PostAsync($"/api/v1/tickets/{number}/messages", new { text = "Called back.", from = "Note" })
        ).StatusCode.ShouldBe(HttpStatusCode.Created);
        // a member that is not known is no internal note by mistake
        (
            await PostAsync($"/api/v1/tickets/{number}/messages", new { text = "Secret.", kind = "Note" })
        ).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var read = await JsonAsync(await script.GetAsync($"/api/v1/tickets/{number}"));
        read.GetProperty("messages")
            .EnumerateArray()
            .Select(m => m.GetProperty("kind").GetString())
            .ShouldBe(["Customer", "Customer", "Note"]);
    }

    [Fact]
    public async Task Who_gets_the_answers_too_comes_with_the_ticket()
    {
        var opened = await PostAsync(
            "/api/v1/tickets",
            new
            {
                address = "carla@example.org",
                subject = "Card kept",
                text = "The machine kept it.",
                cc = new[] { "bob@example.org", "dan@example.org" },
            }
        );
        opened.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await JsonAsync(opened))
            .GetProperty("cc")
            .EnumerateArray()
            .Select(a => a.GetString())
            .ShouldBe(["bob@example.org", "dan@example.org"]);
        foreach (
            var (cc, expected) in new[]
            {
                ("nonsense", HttpStatusCode.BadRequest),
                ("a@b.org\r\nBcc: c@d.org", HttpStatusCode.BadRequest),
                ("carla@example.org", HttpStatusCode.Conflict),
            }
        )
            (
                await PostAsync(
                    "/api/v1/tickets",
                    new
                    {
                        address = "carla@example.org",
                        subject = "Card kept",
                        text = "The machine kept it.",
                        cc = new[] { cc },
                    }
                )
            ).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task The_same_key_adds_one_message_however_often_and_however_close()
    {
        var number = await OpenAsync("Repeated");
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(_ => PostAsync($"/api/v1/tickets/{number}/messages", new { text = "And again." }, "said-1"))
        );
        answers.Count(a => a.StatusCode is HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.StatusCode is HttpStatusCode.OK).ShouldBe(4);
        var view = await JsonAsync(answers[0]);
        view.GetProperty("messages").EnumerateArray().Count().ShouldBe(2);

        var other = await OpenAsync("Another");
        (
            await PostAsync($"/api/v1/tickets/{other}/messages", new { text = "Mixed up." }, "said-1")
        ).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        async Task<long> OpenAsync(string subject) =>
            (await JsonAsync(await PostAsync("/api/v1/tickets", Request(subject)))).GetProperty("number").GetInt64();
    }

    [Fact]
    public async Task The_same_key_opens_one_ticket_however_often_and_however_close()
    {
        var calls = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => PostAsync("/api/v1/tickets", Request("Once"), "key-1"))
        );
        calls.ShouldAllBe(c => c.IsSuccessStatusCode);
        var numbers = await Task.WhenAll(
            calls.Select(async c => (await JsonAsync(c)).GetProperty("number").GetInt64())
        );
        numbers.Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("not an address", "Subject", "Text", "Address")]
    [InlineData("a@example.org", "two\nlines", "Text", "Subject")]
    [InlineData("a@example.org", "", "Text", "Subject")]
    [InlineData("a@example.org", "Subject", null, "Text")]
    public async Task What_is_wrong_is_named(string address, string subject, string? text, string field)
    {
        var answer = await PostAsync(
            "/api/v1/tickets",
            new
            {
                address,
                subject,
                text,
            }
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await JsonAsync(answer))
            .GetProperty("errors")
            .EnumerateObject()
            .ShouldContain(e => e.Name.Equals(field, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/api/v1/tickets", null, "application/json")]
    [InlineData("/api/v1/tickets", "text/plain", "application/json")]
    [InlineData("/api/v1/tickets/1/messages", "application/x-www-form-urlencoded", "application/json")]
    [InlineData("/api/v1/mail", null, "message/rfc822, application/octet-stream, text/plain")]
    [InlineData("/api/v1/mail", "application/json", "message/rfc822, application/octet-stream, text/plain")]
    public async Task A_body_of_another_type_is_refused_with_the_types_that_are_taken(
        string address,
        string? type,
        string taken
    )
    {
        using var body = new ByteArrayContent("{}"u8.ToArray());
        body.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        var answer = await script.PostAsync(address, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await JsonAsync(answer)).GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(taken);

        using var stranger = site.CreateClient();
        using var again = new ByteArrayContent("{}"u8.ToArray());
        (await stranger.PostAsync(address, again)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("GET", "/api/v1/tickets", "POST")]
    [InlineData("DELETE", "/api/v1/tickets/1", "GET")]
    [InlineData("POST", "/API/v1/routing/set-up?check=true", "GET, PUT")]
    [InlineData("DELETE", "/api/v1/routing/topics/card_lost", "GET, PUT")]
    [InlineData("PUT", "/api/v1/routing/skills", "GET, PATCH")]
    public async Task Another_method_is_refused_with_those_that_are_taken(string method, string address, string taken)
    {
        using var stranger = site.CreateClient(new() { AllowAutoRedirect = false });
        foreach (var client in new[] { script, stranger })
        {
            using var call = new HttpRequestMessage(new(method), address) { Content = JsonContent.Create(new { }) };
            using var refused = await client.SendAsync(call);
            refused.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
            refused.Content.Headers.Allow.Order(StringComparer.Ordinal).ShouldBe(taken.Split(", "));
            refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            (await JsonAsync(refused)).GetProperty("status").GetInt32().ShouldBe(405);
        }
    }

    [Theory]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/API/v1/nothing")]
    [InlineData("POST", "/api/v1/nothing")]
    [InlineData("PUT", "/api/v2/tickets/1")]
    [InlineData("GET", "/api/v1/tickets/one")]
    public async Task Where_no_call_is_nothing_is_found_by_anybody(string method, string address)
    {
        using var stranger = site.CreateClient(new() { AllowAutoRedirect = false });
        foreach (var client in new[] { script, stranger })
        {
            using var call = new HttpRequestMessage(new(method), address);
            using var refused = await client.SendAsync(call);
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    [Fact]
    public async Task Every_call_of_the_description_asks_for_a_token()
    {
        using var stranger = site.CreateClient(new() { AllowAutoRedirect = false });
        var document = await stranger.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        foreach (var method in path.Value.EnumerateObject())
        {
            var address = path.Name.Replace("{number}", "1", StringComparison.Ordinal);
            using var call = new HttpRequestMessage(new(method.Name), address)
            {
                Content = JsonContent.Create(new { }),
            };
            using var refused = await stranger.SendAsync(call);
            // raw mail is no JSON: told by a call that asks for a token too
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method.Name} {address}");
        }
    }

    [Fact]
    public async Task Without_a_good_token_nothing_is_told()
    {
        using var stranger = site.CreateClient();
        (await stranger.GetAsync("/api/v1/tickets/1")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "hd_wrong");
        var refused = await stranger.GetAsync("/api/v1/tickets/1");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_ticket_that_is_not_there_is_a_problem_with_words()
    {
        var answer = await script.GetAsync("/api/v1/tickets/999999");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await JsonAsync(answer)).GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("999999");
    }

    [Fact]
    public async Task Raw_mail_is_taken_once()
    {
        const string Mail =
            "From: Carla <carla@example.org>\r\nSubject: Raw\r\nMessage-ID: <raw@example.org>\r\n\r\nWords.\r\n";
        var first = await JsonAsync(await MailAsync(Mail));
        var second = await JsonAsync(await MailAsync(Mail));
        first.GetProperty("alreadyThere").GetBoolean().ShouldBeFalse();
        second.GetProperty("alreadyThere").GetBoolean().ShouldBeTrue();
        second.GetProperty("number").GetInt64().ShouldBe(first.GetProperty("number").GetInt64());
        (await MailAsync("")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await MailAsync(Mail, "?to=stranger@example.net")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_description_names_every_call_and_the_token()
    {
        using var stranger = site.CreateClient();
        var document = await stranger.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        document
            .GetProperty("paths")
            .EnumerateObject()
            .Select(p => p.Name)
            .ShouldBe(
                [
                    "/api/v1/tickets",
                    "/api/v1/tickets/{number}",
                    "/api/v1/tickets/{number}/messages",
                    "/api/v1/mail",
                    "/api/v1/articles",
                    "/api/v1/people/me/presence",
                    "/api/v1/people/{address}/presence",
                    "/api/v1/people/{address}/absence",
                    "/api/v1/routing/set-up",
                    "/api/v1/routing/areas",
                    "/api/v1/routing/areas/{key}",
                    "/api/v1/routing/people",
                    "/api/v1/routing/people/{address}",
                    "/api/v1/routing/topics",
                    "/api/v1/routing/topics/{key}",
                    "/api/v1/routing/skills",
                    "/api/v1/routing/rules",
                    "/api/v1/routing/spam",
                ],
                ignoreOrder: true
            );
        document.GetProperty("components").GetProperty("securitySchemes").TryGetProperty("token", out _).ShouldBeTrue();
        document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject())
            .ShouldAllBe(call => call.Value.GetProperty("description").GetString()!.StartsWith("Needs the right `"));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_is_told_to_everybody(string path)
    {
        using var stranger = site.CreateClient();
        (await stranger.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static object Request(string subject) =>
        new
        {
            address = "carla@example.org",
            name = "Carla",
            subject,
            text = "The machine kept my card.",
            channel = "Phone",
        };

    private Task<HttpResponseMessage> PostAsync(string path, object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return script.SendAsync(request);
    }

    private Task<HttpResponseMessage> MailAsync(string raw, string query = "")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(raw));
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        return script.PostAsync(new Uri("/api/v1/mail" + query, UriKind.Relative), content);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
}
