using System.Security.Claims;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Security;

/// <summary>
/// A circuit outlives the request that checked the cookie. This looks every half minute whether the person may still be
/// signed in; a changed password or role, or a deactivation, turns the circuit's person into nobody and leads to the sign-in.
/// </summary>
public sealed class CircuitSessions(
    ILoggerFactory loggers,
    IServiceScopeFactory scopes,
    IOptions<IdentityOptions> identity,
    NavigationManager navigation
) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        if (await MayStayAsync(users, authenticationState.User, identity.Value.ClaimsIdentity.SecurityStampClaimType))
            return true;
        navigation.NavigateTo(Places.SignIn, forceLoad: true);
        return false;
    }

    /// <summary>Whether the person behind a cookie exists, is active, and has the stamp the cookie was made with.</summary>
    public static async Task<bool> MayStayAsync(UserManager<AppUser> users, ClaimsPrincipal person, string stampClaim)
    {
        if (person.Identity?.AuthenticationType != IdentityConstants.ApplicationScheme)
            return true; // not signed in by our cookie: there is no stamp to compare
        return await users.GetUserAsync(person) is { DeactivatedAt: null } user
            && person.FindFirstValue(stampClaim) == await users.GetSecurityStampAsync(user);
    }
}
