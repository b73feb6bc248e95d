using System.Net;
using System.Text.RegularExpressions;
using Helpdesk.Web.Localisation;
using Shouldly;

namespace Helpdesk.Web.Tests.Security;

/// <summary>A static form from opening to sending, as a browser without script does it.</summary>
public sealed partial class FormTests(SiteFixture fixture) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task A_reader_chooses_theme_and_zone_and_pages_follow()
    {
        var browser = fixture.Site.Browser();
        var fields = FieldsOf(await browser.GetStringAsync("/display"));
        (fields["Input.Theme"], fields["Input.Zone"]) = ("dark", "Asia/Tokyo");
        var answer = await browser.PostAsync("/display?returnUrl=%2Fdesign%2Fhelp", new FormUrlEncodedContent(fields));
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldEndWith("/design/help");
        (await browser.GetStringAsync("/design/help")).ShouldContain("data-theme=\"dark\"");
        (await browser.GetStringAsync("/display")).ShouldMatch("<option value=\"Asia/Tokyo\"[^>]* selected");
    }

    [Fact]
    public async Task A_redirect_never_leaves_the_site()
    {
        var browser = fixture.Site.Browser();
        var fields = FieldsOf(await browser.GetStringAsync("/display"));
        var answer = await browser.PostAsync(
            "/display?returnUrl=%2F%2Fevil.example",
            new FormUrlEncodedContent(fields)
        );
        answer.Headers.Location!.ToString().ShouldNotContain("evil");
    }

    [Theory]
    [InlineData("/display")]
    public async Task A_form_without_its_token_is_refused(string path)
    {
        var browser = fixture.Site.Browser();
        var fields = FieldsOf(await browser.GetStringAsync(path));
        fields.Remove("__RequestVerificationToken");
        var answer = await browser.PostAsync(path, new FormUrlEncodedContent(fields));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("This request was not accepted");
    }

    [Fact]
    public async Task A_form_sent_from_another_site_is_refused()
    {
        var browser = fixture.Site.Browser();
        var fields = FieldsOf(await browser.GetStringAsync("/display"));
        browser.DefaultRequestHeaders.Remove("Origin");
        browser.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        (await browser.PostAsync("/display", new FormUrlEncodedContent(fields))).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest
        );
    }

    [Fact]
    public async Task When_the_database_is_busy_the_typed_text_comes_back()
    {
        var browser = fixture.Site.Browser();
        var token = FieldsOf(await browser.GetStringAsync("/display"))["__RequestVerificationToken"];
        const string typed = "Our second cardholder's <card> was kept by a machine.";
        var answer = await browser.PostAsync(
            "/design/busy",
            new FormUrlEncodedContent([
                new("text", typed),
                new("password", "a very long and secret one"),
                new("__RequestVerificationToken", token),
            ])
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var page = await answer.Content.ReadAsStringAsync();
        WebUtility.HtmlDecode(page).ShouldContain(typed);
        page.ShouldNotContain("<card>");
        page.ShouldNotContain("secret");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static Dictionary<string, string> FieldsOf(string page) =>
        Hidden()
            .Matches(page)
            .ToDictionary(
                match => match.Groups[1].Value,
                match => WebUtility.HtmlDecode(match.Groups[2].Value),
                StringComparer.Ordinal
            );

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
