using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Admin.Company;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class DeskPageTests
{
    [Fact]
    public async Task The_company_is_renamed_at_once_and_everywhere()
    {
        await using var desk = await AdminDesk.OpenAsync();
        (await desk.Visitor().OpenAsync("/")).Html.ShouldContain("Larch Bank");
        var page = await desk.Admin.OpenAsync("/admin/desk");
        var saved = await desk.Admin.SendAsync(
            page,
            "form:has([value=desk])",
            new Dictionary<string, string>
            {
                ["Company"] = "Elm Bank",
                ["Zone"] = "Europe/Riga",
                ["PublicUrl"] = "https://help.elm.example/",
            }
        );
        saved.Location.ShouldNotBeNull(saved.MainText);
        var settings = (await desk.Get<DeskDirectory>().GetAsync(TestContext.Current.CancellationToken)).Settings;
        (settings.TimeZoneId, settings.PublicUrl).ShouldBe(("Europe/Riga", "https://help.elm.example"));
        var home = await desk.Visitor().OpenAsync("/");
        home.Html.ShouldContain("Elm Bank");
        home.Html.ShouldNotContain("Larch Bank");
    }

    [Theory]
    [InlineData("https://help.elm.example", true)]
    [InlineData("http://localhost:5080", true)]
    [InlineData("help.elm.example", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("https://ada:secret@help.elm.example", false)]
    [InlineData("https://help.elm.example/?a=1", false)]
    public void A_public_address_is_one_that_links_can_begin_with(string address, bool isGood) =>
        new SiteAddressAttribute().IsValid(address).ShouldBe(isGood);
}
