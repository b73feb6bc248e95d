using System.Net;
using System.Net.Http.Headers;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class TokenPagesTests
{
    [Fact]
    public async Task A_token_is_shown_once_works_and_stops_working_when_revoked()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/tokens");
        var typed = new Dictionary<string, string> { ["Name"] = "Web shop", ["Tickets"] = "true" };
        var made = await desk.Admin.SendAsync(page, "form:has([value=token])", typed);
        var secret = made.Document.QuerySelector(".secret")!.TextContent.Trim();
        secret.ShouldStartWith("hd_");

        var list = await desk.Admin.OpenAsync("/admin/tokens");
        list.MainText.ShouldContain("Web shop");
        list.MainText.ShouldContain("Ada Admin");
        list.Html.ShouldNotContain(secret);
        (await desk.Admin.SendAsync(page, "form:has([value=token])", typed)).MainText.ShouldContain(
            "one with this name already"
        );

        (await AskAsync(desk, secret)).ShouldBe(HttpStatusCode.NotFound); // there is no ticket 1, but one may ask
        list = await desk.Admin.OpenAsync("/admin/tokens");
        list.MainText.ShouldContain("just now");
        var revoked = await desk.Admin.SendAsync(list, ".dialog form", new Dictionary<string, string>());
        (await desk.Admin.FollowAsync(revoked)).MainText.ShouldContain("Revoked");
        (await AskAsync(desk, secret)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<HttpStatusCode> AskAsync(AdminDesk desk, string secret)
    {
        using var script = desk.Site.CreateClient();
        script.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var answer = await script.GetAsync(new Uri("/api/v1/tickets/1", UriKind.Relative));
        return answer.StatusCode;
    }
}
