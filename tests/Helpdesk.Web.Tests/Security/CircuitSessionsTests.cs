using System.Security.Claims;
using Helpdesk.Testing;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Security;

/// <summary>A page that stays open does not outlive the right to look at it.</summary>
public sealed class CircuitSessionsTests(SiteFixture fixture) : IClassFixture<SiteFixture>
{
    private const string StampClaim = "AspNet.Identity.SecurityStamp";

    [Fact]
    public async Task A_person_stays_until_the_stamp_changes_or_the_account_is_closed()
    {
        await using var scope = fixture.Site.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = new AppUser
        {
            UserName = "anna@desk.example",
            Email = "anna@desk.example",
            DisplayName = "Anna Alder",
            TimeZoneId = "Asia/Tokyo",
        };
        (await users.CreateAsync(user)).Succeeded.ShouldBeTrue();
        var person = await scope
            .ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<AppUser>>()
            .CreateAsync(user);

        person.FindFirstValue(PersonClaims.Name).ShouldBe("Anna Alder");
        person.FindFirstValue("zoneinfo").ShouldBe("Asia/Tokyo");
        (await CircuitSessions.MayStayAsync(users, person, StampClaim)).ShouldBeTrue();

        user.DeactivatedAt = DateTimeOffset.UnixEpoch;
        await users.UpdateAsync(user);
        (await CircuitSessions.MayStayAsync(users, person, StampClaim)).ShouldBeFalse();

        user.DeactivatedAt = null;
        await users.UpdateSecurityStampAsync(user);
        (await CircuitSessions.MayStayAsync(users, person, StampClaim)).ShouldBeFalse();
    }
}
