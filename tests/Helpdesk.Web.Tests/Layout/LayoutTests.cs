using System.Text.RegularExpressions;
using Helpdesk.Web.Tests.Security;
using Shouldly;

namespace Helpdesk.Web.Tests.Layout;

public sealed class LayoutTests(SiteFixture fixture) : IClassFixture<SiteFixture>
{
    [Theory]
    [InlineData("/design/help", null)]
    [InlineData("/design/parts", null)]
    [InlineData("/display", null)]
    [InlineData("/nothing", null)]
    [InlineData("/design/desk", "specialist")]
    [InlineData("/design/rail", "administrator")]
    public async Task Each_page_has_a_language_a_title_one_heading_one_main_and_a_skip_link(string path, string? roles)
    {
        var page = await (await fixture.Site.Browser(roles).GetAsync(path)).Content.ReadAsStringAsync();
        page.ShouldContain("<html lang=\"en\" dir=\"ltr\"");
        Regex.IsMatch(page, "<title>.+</title>").ShouldBeTrue();
        Regex.Count(page, "<h1").ShouldBe(1);
        Regex.Count(page, "<main").ShouldBe(1);
        page.ShouldContain($"<a class=\"skip\" href=\"{path}#main\"");
        page.ShouldContain("id=\"main\"");
    }

    [Fact]
    public async Task Every_id_is_used_once()
    {
        var page = await fixture.Site.Browser("administrator").GetStringAsync("/design/desk");
        var ids = Regex.Matches(page, "\\sid=\"([^\"]+)\"").Select(match => match.Groups[1].Value).ToList();
        ids.ShouldBe(ids.Distinct());
    }

    [Fact]
    public async Task The_desk_offers_only_places_that_a_person_may_open()
    {
        var specialist = await fixture.Site.Browser("specialist").GetStringAsync("/design/desk");
        specialist.ShouldNotContain("href=\"/supervise\"");
        specialist.ShouldNotContain("href=\"/admin\"");
        var supervisor = await fixture.Site.Browser("supervisor").GetStringAsync("/design/desk");
        supervisor.ShouldContain("href=\"/supervise\"");
        supervisor.ShouldNotContain("href=\"/admin\"");
        (await fixture.Site.Browser("administrator").GetStringAsync("/design/desk")).ShouldContain("href=\"/admin\"");
    }

    [Fact]
    public async Task The_narrow_navigation_says_its_words_too()
    {
        var page = await fixture.Site.Browser("supervisor").GetStringAsync("/design/rail");
        page.ShouldContain("class=\"desk rail\"");
        foreach (var word in (string[])["Search", "Queue", "Articles", "Routing", "Wall", "Reports"])
            page.ShouldContain(word);
    }

    [Fact]
    public async Task The_help_centre_knows_who_is_signed_in()
    {
        (await fixture.Site.Browser().GetStringAsync("/design/help")).ShouldContain(">Sign in</a>");
        var customer = await fixture.Site.Browser("customer").GetStringAsync("/design/help");
        customer.ShouldContain("Sign out");
        customer.ShouldContain("My requests");
        (await fixture.Site.Browser("specialist").GetStringAsync("/design/help")).ShouldContain("href=\"/desk\"");
    }
}
