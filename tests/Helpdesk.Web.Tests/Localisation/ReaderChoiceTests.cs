using System.Security.Claims;
using Helpdesk.Web.Localisation;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Helpdesk.Web.Tests.Localisation;

public sealed class ReaderChoiceTests
{
    [Fact]
    public void What_was_chosen_comes_back_from_the_cookie()
    {
        var choice = new ReaderChoice("Europe/Kyiv", "dark", "en");
        ReaderChoice.Parse(choice.ToString()).ShouldBe(choice);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("zone=Mars/Olympus&theme=pink&culture=tlh")]
    [InlineData("%%%&&&===")]
    [InlineData(
        "zone=Europe/Berlin&x=0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    )]
    public void An_unknown_value_counts_as_not_chosen(string? cookie) =>
        ReaderChoice.Parse(cookie).ShouldBe(ReaderChoice.None);

    [Fact]
    public void This_browsers_choice_beats_the_persons_settings_which_beat_the_desks()
    {
        ZoneFor("zone=Asia%2FTokyo", "Europe/Berlin", "America/Lima").ShouldBe("Asia/Tokyo");
        ZoneFor(null, "Europe/Berlin", "America/Lima").ShouldBe("Europe/Berlin");
        ZoneFor(null, null, "America/Lima").ShouldBe("America/Lima");
        ZoneFor(null, "Mars/Olympus", "Nowhere").ShouldBe("Etc/UTC");
    }

    [Theory]
    [InlineData("en", "en")]
    [InlineData("en-US", "en")]
    [InlineData("EN-gb", "en")]
    [InlineData("de", null)]
    [InlineData("english", null)]
    [InlineData(null, null)]
    public void A_wish_for_a_dialect_finds_its_language(string? wish, string? language) =>
        Languages.Find(wish)?.Name.ShouldBe(language);

    private static string ZoneFor(string? cookie, string? claim, string desk)
    {
        var context = new DefaultHttpContext();
        if (cookie is not null)
            context.Request.Headers.Cookie = $"{ReaderChoice.CookieName}={cookie}";
        if (claim is not null)
            context.User = new(new ClaimsIdentity([new(ReaderChoice.ZoneClaim, claim)], "test"));
        var reader = new Reader();
        ReaderChoice.Apply(context, reader, desk);
        return reader.ZoneId;
    }
}
