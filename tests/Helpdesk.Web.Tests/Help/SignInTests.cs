using System.Net;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Help;

public sealed class SignInTests(HelpDesk desk) : IClassFixture<HelpDesk>
{
    private readonly string address = $"maria.{Guid.NewGuid():N}@harbour.example";

    [Fact]
    public async Task The_mailed_link_signs_a_customer_in_once()
    {
        var ticket = await desk.RequestAsync(address);
        var maria = desk.Visitor();
        (await AskAsync(maria, address.ToUpperInvariant())).Heading.ShouldBe("Look into your mail");
        var link = await MailedLinkAsync();
        var page = await maria.OpenAsync(link);
        (await desk.ReadAsync(ticket.Id)).Customer.VerifiedAt.ShouldBeNull(); // scanners open links
        var signedIn = await maria.SendAsync(page, "main form", new Dictionary<string, string>());
        signedIn.Location.ShouldBe("/requests");
        signedIn
            .Headers.GetValues("Set-Cookie")
            .ShouldContain(cookie => cookie.StartsWith("helpdesk-session=", StringComparison.Ordinal));
        (await desk.ReadAsync(ticket.Id)).Customer.VerifiedAt.ShouldNotBeNull();
        await using var db = desk.OpenDatabase();
        var user = await db.Users.SingleAsync(u => u.CustomerId == ticket.CustomerId);
        (await RolesOfAsync(user.Id)).ShouldBe([Roles.Customer]);
        (await desk.Visitor().OpenAsync(link)).Heading.ShouldBe("This link no longer works");
        (await desk.Visitor().SendAsync(page, "main form", new Dictionary<string, string>())).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
    }

    [Fact]
    public async Task A_link_to_an_article_for_chosen_customers_leads_through_the_sign_in_to_it_and_nowhere_else()
    {
        await desk.RequestAsync(address);
        var maria = desk.Visitor();
        await AskAsync(maria, address, "/sign-in?returnUrl=%2Farticles%2Fconcierge");
        var page = await maria.OpenAsync(await MailedLinkAsync());
        (await maria.SendAsync(page, "main form", new Dictionary<string, string>())).Location.ShouldBe(
            "/articles/concierge"
        );
        await using var db = desk.OpenDatabase();
        var signedIn = desk.Visitor(Roles.Customer, (await db.Users.SingleAsync(u => u.Email == address)).Id);
        (await signedIn.OpenAsync("/sign-in?returnUrl=%2Farticles%2Fconcierge")).Location.ShouldBe(
            "/articles/concierge"
        );
        foreach (var place in new[] { "/account", "//evil.example/articles/x", "/articles/../account", "/articles/" })
            (await signedIn.OpenAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(place))).Status.ShouldBe(
                HttpStatusCode.OK,
                place
            );
    }

    [Fact]
    public async Task Two_at_once_with_one_link_sign_in_one_user()
    {
        await desk.RequestAsync(address);
        var maria = desk.Visitor();
        await AskAsync(maria, address);
        var page = await maria.OpenAsync(await MailedLinkAsync());
        var both = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => maria.SendAsync(page, "main form", new Dictionary<string, string>()))
        );
        both.Count(answer => answer.Status == HttpStatusCode.Found).ShouldBe(1);
        await using var db = desk.OpenDatabase();
        (await db.Users.CountAsync(u => u.Email == address)).ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_address_gets_the_same_answer_and_no_mail()
    {
        await desk.RequestAsync(address);
        var known = await AskAsync(desk.Visitor(), address);
        var unknown = await AskAsync(desk.Visitor(), "nobody." + address);
        unknown.MainText.ShouldBe(known.MainText);
        await using var db = desk.OpenDatabase();
        (await db.Notifications.AnyAsync(n => n.Address == "nobody." + address)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_member_of_staff_gets_no_link_around_the_second_factor()
    {
        await desk.RequestAsync(address);
        await using var db = desk.OpenDatabase();
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(),
            UserName = address,
            Email = address,
            NormalizedEmail = address.ToUpperInvariant(),
        };
        db.Users.Add(user);
        var role = await db.Roles.SingleAsync(r => r.Name == Roles.Specialist);
        db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = role.Id });
        await db.SaveChangesAsync();
        (await AskAsync(desk.Visitor(), address)).Heading.ShouldBe("Look into your mail");
        (await db.Notifications.AnyAsync(n => n.Address == address)).ShouldBeFalse();
    }

    [Fact]
    public async Task One_address_gets_three_links_an_hour()
    {
        await desk.RequestAsync(address);
        for (var i = 0; i < 5; i++)
            await AskAsync(desk.Visitor(), address);
        await using var db = desk.OpenDatabase();
        (await db.Notifications.CountAsync(n => n.Address == address)).ShouldBe(3);
    }

    [Fact]
    public async Task A_link_is_good_for_an_hour()
    {
        await using var own = await HelpDesk.OpenAsync();
        await own.RequestAsync(address);
        await AskAsync(own.Visitor(), address);
        await using var db = own.OpenDatabase();
        var link = LinkIn(await db.Notifications.SingleAsync(n => n.Kind == NotificationKind.SignInLink));
        own.Time.Advance(TimeSpan.FromMinutes(61));
        var page = await own.Visitor().OpenAsync(link);
        (page.Status, page.Heading).ShouldBe((HttpStatusCode.Gone, "This link no longer works"));
    }

    [Fact]
    public async Task Asking_again_and_again_is_slowed_down()
    {
        await using var strict = await HelpDesk.OpenAsync(site => site.With("RateLimits:SignInPerMinute", "2"));
        var visitor = strict.Visitor();
        var form = await visitor.OpenAsync("/sign-in");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
            answers.Add(
                (
                    await visitor.SendAsync(form, "main form", new Dictionary<string, string> { ["Address"] = address })
                ).Status
            );
        answers[2].ShouldBe(HttpStatusCode.TooManyRequests);
    }

    private static async Task<SeenPage> AskAsync(Visitor visitor, string address, string at = "/sign-in")
    {
        var form = await visitor.OpenAsync(at);
        return await visitor.FollowAsync(
            await visitor.SendAsync(form, "main form", new Dictionary<string, string> { ["Address"] = address })
        );
    }

    private async Task<string> MailedLinkAsync()
    {
        await using var db = desk.OpenDatabase();
        return LinkIn(
            await db.Notifications.SingleAsync(n => n.Kind == NotificationKind.SignInLink && n.Address == address)
        );
    }

    private static string LinkIn(Notification mail) => new Uri(NotificationFacts.Read(mail.Data)["link"]).PathAndQuery;

    private async Task<List<string?>> RolesOfAsync(Guid userId)
    {
        await using var db = desk.OpenDatabase();
        return await db
            .UserRoles.Where(r => r.UserId == userId)
            .Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name)
            .ToListAsync();
    }
}
