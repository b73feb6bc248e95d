using Helpdesk.Testing;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Account;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Security;

/// <summary>A code of the authenticator app opens the door for one, also when two come at the same moment.</summary>
public sealed class CodeTests(SiteFixture fixture) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task Of_two_who_hold_the_same_code_at_once_one_uses_it()
    {
        await using var scope = fixture.Site.Services.CreateAsyncScope();
        var user = new AppUser
        {
            UserName = "two@desk.example",
            Email = "two@desk.example",
            DisplayName = "Two",
        };
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        (await users.CreateAsync(user)).Succeeded.ShouldBeTrue();
        (await scope.ServiceProvider.GetRequiredService<StaffSignIn>().NoteUsedAsync(user, "000000")).ShouldBeTrue();

        await using var first = fixture.Site.Services.CreateAsyncScope();
        await using var second = fixture.Site.Services.CreateAsyncScope();
        var (one, other) = (await ReadAsync(first), await ReadAsync(second));

        (await first.ServiceProvider.GetRequiredService<StaffSignIn>().NoteUsedAsync(one, "123456")).ShouldBeTrue();
        (await second.ServiceProvider.GetRequiredService<StaffSignIn>().NoteUsedAsync(other, "123456")).ShouldBeFalse();
    }

    private static async Task<AppUser> ReadAsync(AsyncServiceScope scope) =>
        (await scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>().FindByEmailAsync("two@desk.example"))!;
}
