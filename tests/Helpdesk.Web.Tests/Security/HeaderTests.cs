using System.Net;
using Helpdesk.Testing;
using Helpdesk.Web.Security;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Helpdesk.Web.Tests.Security;

/// <summary>Every answer, whoever wrote it, carries the same headers.</summary>
public sealed class HeaderTests(SiteFixture fixture) : IClassFixture<SiteFixture>
{
    [Theory]
    [InlineData("/design/help", HttpStatusCode.OK)]
    [InlineData("/design/desk", HttpStatusCode.Redirect)]
    [InlineData("/css/tokens.css", HttpStatusCode.OK)]
    [InlineData("/nothing/here", HttpStatusCode.NotFound)]
    [InlineData("/nothing/here.css", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("/_blazor/negotiate", HttpStatusCode.Unauthorized)]
    [InlineData("/design/throws", HttpStatusCode.InternalServerError)]
    public async Task Each_answer_carries_the_security_headers(string path, HttpStatusCode status)
    {
        var answer = await fixture.Site.Browser().GetAsync(path);
        answer.StatusCode.ShouldBe(status);
        Header(answer, "Content-Security-Policy").ShouldBe(SecurityHeaders.ContentPolicy);
        Header(answer, "X-Content-Type-Options").ShouldBe("nosniff");
        Header(answer, "Referrer-Policy").ShouldBe("same-origin");
        Header(answer, "X-Frame-Options").ShouldBe("DENY");
        Header(answer, "Permissions-Policy").ShouldContain("camera=()");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public void The_policy_allows_nothing_inline_and_nothing_from_elsewhere()
    {
        var policy = SecurityHeaders.ContentPolicy;
        policy.ShouldNotContain("unsafe");
        policy.ShouldNotContain("http");
        policy.ShouldNotContain("*");
        foreach (
            var rule in (string[])
                [
                    "default-src 'self'",
                    "script-src 'self';",
                    "style-src 'self';",
                    "frame-ancestors 'none'",
                    "form-action 'self'",
                    "base-uri 'self'",
                    "object-src 'none'",
                ]
        )
            policy.ShouldContain(rule);
    }

    [Theory]
    [InlineData("/design/parts")]
    [InlineData("/nothing/here")]
    [InlineData("/display")]
    public async Task Pages_are_not_kept_by_browsers(string path) =>
        Header(await fixture.Site.Browser().GetAsync(path), "Cache-Control").ShouldContain("no-store");

    [Fact]
    public async Task Files_with_a_fingerprint_are_kept_for_ever()
    {
        await using var site = new Site { Environment = Environments.Production }.With(
            "ReloadStaticAssetsAtRuntime",
            "false"
        );
        var page = await site.Browser().GetStringAsync("/display");
        var sheet = System.Text.RegularExpressions.Regex.Match(page, @"/css/tokens\.\w+\.css").Value;
        Header(await site.Browser().GetAsync(sheet), "Cache-Control").ShouldContain("immutable");
    }

    [Fact]
    public async Task Bytes_of_other_people_get_a_sandbox()
    {
        var answer = await fixture.Site.Browser().GetAsync("/design/foreign");
        Header(answer, "Content-Security-Policy").ShouldStartWith("sandbox;");
        answer.Headers.Contains("X-Frame-Options").ShouldBeFalse();
        Header(answer, "X-Content-Type-Options").ShouldBe("nosniff");
    }

    [Theory]
    [InlineData("/design/help")]
    [InlineData("/design/parts")]
    [InlineData("/nothing/here")]
    [InlineData("/display")]
    public async Task Customers_pages_ship_nothing_inline_and_no_more_script_than_their_one_file(string path)
    {
        var page = await (await fixture.Site.Browser().GetAsync(path)).Content.ReadAsStringAsync();
        System
            .Text.RegularExpressions.Regex.Replace(page, "<script src=\"/js/help\\.[^\"]+\" defer></script>", "")
            .ShouldNotContain("<script");
        page.ShouldNotContain("style=\"");
        page.ShouldNotContain("<style");
        page.ShouldNotContain("<base");
    }

    [Fact]
    public async Task A_page_with_a_circuit_brings_the_script_and_nothing_inline()
    {
        var page = await fixture.Site.Browser("specialist").GetStringAsync("/design/desk");
        page.ShouldContain("<script src=\"/_framework/blazor.web.");
        System
            .Text.RegularExpressions.Regex.Count(page, "<script")
            .ShouldBe(System.Text.RegularExpressions.Regex.Count(page, "<script[^>]* src=\"/[^>]*></script>"));
        page.ShouldNotContain("style=\"");
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        string.Join(
            ", ",
            answer.Headers.TryGetValues(name, out var values) ? values
                : answer.Content.Headers.TryGetValues(name, out values) ? values
                : []
        );
}

/// <summary>One running program for tests that only read.</summary>
public sealed class SiteFixture : IAsyncDisposable
{
    public Site Site { get; } = new();

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}
