using System.Net;
using Helpdesk.Testing;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Helpdesk.Web.Tests.Security;

/// <summary>Who and what is turned away before a page is made.</summary>
public sealed class GuardTests(SiteFixture fixture) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task A_foreign_host_is_refused()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/design/help") { Headers = { Host = "evil.example" } };
        (await fixture.Site.Browser().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/account/sign-in/code?stay=xyz")]
    [InlineData("/account/sign-in/code?recovery=")]
    public async Task A_typed_parameter_that_means_nothing_is_an_address_that_is_not_there(string address) =>
        (await fixture.Site.Browser().GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("evil.example", false)]
    public void Who_sits_at_the_machine_is_not_locked_out_by_a_public_address_that_does_not_work_yet(
        string host,
        bool allowed
    )
    {
        var desk = new DeskSettings { PublicUrl = "https://help.example.com", SetUpAt = DateTimeOffset.UnixEpoch };
        HostGuard.IsAllowed(host, desk, new SiteOptions(), development: false, isHere: true).ShouldBe(allowed);
    }

    [Fact]
    public async Task Probes_ask_by_whatever_address_the_node_has()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "10.0.0.7" } };
        (await fixture.Site.Browser().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("help.example.com", false, true, true)]
    [InlineData("HELP.example.com", false, true, true)]
    [InlineData("desk.internal", false, true, true)]
    [InlineData("localhost", false, true, false)]
    [InlineData("localhost", true, true, true)]
    [InlineData("[::1]", true, true, true)]
    [InlineData("evil.example", true, true, false)]
    [InlineData("evil.example", true, false, false)]
    [InlineData("help.example.com.evil.example", false, true, false)]
    [InlineData("", false, true, false)]
    [InlineData("10.0.0.7", false, false, true)] // set-up outside development: nobody told us the name yet
    public void Hosts_are_those_of_the_settings(string host, bool development, bool isSetUp, bool allowed)
    {
        var desk = new DeskSettings
        {
            PublicUrl = "https://help.example.com",
            SetUpAt = isSetUp ? DateTimeOffset.UnixEpoch : null,
        };
        HostGuard
            .IsAllowed(
                host,
                desk,
                new SiteOptions { AllowedHosts = ["desk.internal"] },
                development,
                isHere: development
            )
            .ShouldBe(allowed);
    }

    [Theory]
    [InlineData("http://localhost", null, HttpStatusCode.NoContent)]
    [InlineData("https://localhost:443", null, HttpStatusCode.NoContent)] // a proxy ends TLS before us
    [InlineData(null, "same-origin", HttpStatusCode.NoContent)]
    [InlineData(null, null, HttpStatusCode.BadRequest)]
    [InlineData(null, "cross-site", HttpStatusCode.BadRequest)]
    [InlineData("http://evil.example", null, HttpStatusCode.BadRequest)]
    [InlineData("http://evil.example", "same-origin", HttpStatusCode.BadRequest)]
    [InlineData("http://localhost.evil.example", null, HttpStatusCode.BadRequest)]
    [InlineData("http://localhost:8080", null, HttpStatusCode.BadRequest)]
    [InlineData("null", null, HttpStatusCode.BadRequest)]
    public async Task A_change_without_a_form_token_must_come_from_our_own_origin(
        string? origin,
        string? site,
        HttpStatusCode expected
    )
    {
        foreach (var path in (string[])["/design/vote", "/design/forgotten"])
        {
            var browser = From(origin);
            if (site is not null)
                browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
            (await browser.PostAsync(path, null)).StatusCode.ShouldBe(expected, path);
        }
    }

    private HttpClient From(string? origin)
    {
        var browser = fixture.Site.Browser();
        browser.DefaultRequestHeaders.Remove("Origin");
        if (origin is not null)
            browser.DefaultRequestHeaders.Add("Origin", origin);
        return browser;
    }

    [Fact]
    public void A_web_socket_from_another_site_is_refused()
    {
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString("desk.example");
        context.Request.Headers.Origin = "https://evil.example";
        OriginGuard.IsOurs(context.Request, mustProve: false).ShouldBeFalse();
        context.Request.Headers.Origin = "https://desk.example";
        OriginGuard.IsOurs(context.Request, mustProve: true).ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://localhost", true)]
    [InlineData("https://evil.example", false)]
    [InlineData(null, false)]
    public async Task A_form_without_its_token_is_refused_and_only_our_own_readers_words_are_repeated(
        string? origin,
        bool repeated
    )
    {
        var answer = await From(origin)
            .PostAsync(
                "/design/busy",
                new FormUrlEncodedContent([new("text", "Call this number at once, it is urgent")])
            );
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("This request was not accepted");
        page.Contains("Call this number", StringComparison.Ordinal).ShouldBe(repeated);
    }

    [Theory]
    [InlineData("/design/desk")]
    [InlineData("/design/denied")]
    public async Task Nobody_sees_a_page_that_does_not_say_it_is_public(string path)
    {
        var answer = await fixture.Site.Browser().GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.PathAndQuery.ShouldBe("/account/sign-in?returnUrl=" + Uri.EscapeDataString(path));
    }

    [Fact]
    public async Task Forbidden_looks_like_absent()
    {
        var forbidden = await fixture.Site.Browser("customer").GetAsync("/design/denied");
        var absent = await fixture.Site.Browser("customer").GetAsync("/design/nothing");
        forbidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        absent.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Body(await forbidden.Content.ReadAsStringAsync()).ShouldBe(Body(await absent.Content.ReadAsStringAsync()));
        (await fixture.Site.Browser("administrator").GetAsync("/design/denied")).StatusCode.ShouldBe(HttpStatusCode.OK);

        static string Body(string page) => page[page.IndexOf("<h1", StringComparison.Ordinal)..];
    }

    [Fact]
    public async Task Nobody_opens_a_circuit_without_signing_in()
    {
        var answer = await fixture.Site.Browser().PostAsync("/_blazor/negotiate?negotiateVersion=1", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Programs_get_problem_details_and_people_a_page()
    {
        var program = fixture.Site.CreateClient();
        var problem = await program.GetAsync("/api/v1/nothing");
        problem.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var page = await fixture.Site.Browser().GetAsync("/nothing");
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
    }

    [Fact]
    public async Task A_defect_shows_a_number_and_nothing_of_its_inside()
    {
        var page = await (await fixture.Site.Browser().GetAsync("/design/throws")).Content.ReadAsStringAsync();
        page.ShouldContain("The fault is ours");
        page.ShouldMatch("this number helps: [0-9A-Za-z:]{8,}");
        page.ShouldNotContain("sample of a defect");
        page.ShouldNotContain("Exception");
    }

    [Fact]
    public async Task Pages_for_builders_are_unknown_in_production()
    {
        await using var site = new Site { Environment = Environments.Production };
        foreach (var path in (string[])["/design/parts", "/design/help", "/design/cached/x", "/design/throws"])
            (await site.Browser().GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
    }

    [Fact]
    public async Task Beyond_its_limit_a_client_is_asked_to_wait()
    {
        await using var site = new Site().With("RateLimits:LinksPerMinute", "2");
        var browser = site.Browser();
        (await browser.GetAsync("/design/limited")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.GetAsync("/design/limited")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var refused = await browser.GetAsync("/design/limited");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        (await refused.Content.ReadAsStringAsync()).ShouldContain("Too many at once");
        (await site.Browser("customer").GetAsync("/design/limited")).StatusCode.ShouldBe(
            HttpStatusCode.TooManyRequests
        );
    }

    [Theory]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [InlineData("2001:db8:1:2::1", "20010DB800010002")]
    public void One_subscriber_is_one_network(string address, string network) =>
        RateLimits.NetworkOf(IPAddress.Parse(address)).ShouldBe(network);

    [Theory]
    [InlineData("/", true)]
    [InlineData("/desk/tickets/48213?x=1", true)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("/\t/evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("desk", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void After_signing_in_people_land_on_our_own_pages(string? path, bool local)
    {
        ReturnUrl.IsLocal(path).ShouldBe(local);
        ReturnUrl.OrElse(path, "/desk").ShouldBe(local ? path! : "/desk");
    }
}
