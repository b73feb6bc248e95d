using System.Net;
using System.Text.RegularExpressions;
using Helpdesk.Testing;
using Helpdesk.Web.Components;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Layout;

/// <summary>Help-centre pages are made once for all visitors who are not signed in.</summary>
public sealed class HelpCacheTests : IAsyncDisposable
{
    private readonly Site site = new();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task The_second_visitor_gets_the_kept_page()
    {
        var first = await MadeAsync("/design/cached/card-arrival");
        (await MadeAsync("/design/cached/card-arrival")).ShouldBe(first);
        (await MadeAsync("/design/cached/pin")).ShouldNotBe(first);
        (await MadeAsync("/design/cached/card-arrival?q=x")).ShouldNotBe(first);
    }

    [Fact]
    public async Task Publishing_forgets_the_kept_pages()
    {
        var first = await MadeAsync("/design/cached/card-arrival");
        await site.Services.GetRequiredService<IOutputCacheStore>().ForgetHelpPagesAsync(default, "another");
        (await MadeAsync("/design/cached/card-arrival")).ShouldBe(first);
        await site.Services.GetRequiredService<IOutputCacheStore>().ForgetHelpPagesAsync(default, "sample");
        var second = await MadeAsync("/design/cached/card-arrival");
        second.ShouldNotBe(first);
        await site.Services.GetRequiredService<IOutputCacheStore>().ForgetHelpPagesAsync(default);
        (await MadeAsync("/design/cached/card-arrival")).ShouldNotBe(second);
    }

    [Fact]
    public async Task A_signed_in_customer_gets_a_page_of_their_own_that_nobody_keeps()
    {
        var kept = await MadeAsync("/design/cached/card-arrival");
        var answer = await site.Browser("customer").GetAsync("/design/cached/card-arrival");
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldNotContain(kept);
        page.ShouldContain("Sign out");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await site.Browser().GetStringAsync("/design/cached/card-arrival")).ShouldContain("Sign in");
    }

    [Fact]
    public async Task Readers_of_another_zone_or_theme_get_their_own_copy()
    {
        var first = await MadeAsync("/design/cached/card-arrival");
        (await MadeAsync("/design/cached/card-arrival", "helpdesk-reader=zone%3DAsia%2FTokyo")).ShouldNotBe(first);
        (await MadeAsync("/design/cached/card-arrival", "helpdesk-reader=theme%3Ddark")).ShouldNotBe(first);
    }

    [Fact]
    public async Task A_kept_page_holds_nothing_of_one_visitor()
    {
        var answer = await site.Browser().GetAsync("/design/cached/card-arrival");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldNotContain("__RequestVerificationToken");
        page.ShouldNotContain("Blazor-Server-Component-State");
        page.ShouldContain("<h1>card-arrival</h1>");
        page.ShouldContain("<title>card-arrival</title>");
        page.ShouldContain("/css/tokens.");
        Regex.IsMatch(page, @"/css/tokens\.\w{10}\.css").ShouldBeTrue("files carry their fingerprint here too");
    }

    [Fact]
    public async Task An_absent_article_is_not_found_and_not_kept()
    {
        var answer = await site.Browser().GetAsync("/design/cached/absent");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("There is nothing here");
    }

    [Fact]
    public async Task Only_public_pages_are_compressed()
    {
        var browser = site.Browser();
        browser.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, br");
        (await browser.GetAsync("/design/cached/card-arrival")).Content.Headers.ContentEncoding.ShouldBe(["br"]);
        (await browser.GetAsync("/design/cached/card-arrival")).Content.Headers.ContentEncoding.ShouldBe(["br"]);
        (await browser.GetAsync("/display")).Content.Headers.ContentEncoding.ShouldBeEmpty();
        var customer = site.Browser("customer");
        customer.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, br");
        (await customer.GetAsync("/design/cached/card-arrival")).Content.Headers.ContentEncoding.ShouldBeEmpty();
        (await site.Browser().GetAsync("/design/cached/card-arrival")).Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    private async Task<string> MadeAsync(string path, string? cookie = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        var page = await (await site.Browser().SendAsync(request)).Content.ReadAsStringAsync();
        return Regex.Match(page, "id=\"made\">(\\d+)<").Groups[1].Value.ShouldNotBeEmpty(page);
    }
}

internal static class NotEmpty
{
    public static string ShouldNotBeEmpty(this string text, string message)
    {
        text.Length.ShouldBePositive(message);
        return text;
    }
}
