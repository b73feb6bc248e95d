using System.Security.Claims;
using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Live;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Web.Tests.Desk;

internal static class QueueServices
{
    /// <summary>What the desk's pages ask, without the pages; in a scope the person of <see cref="SignedIn"/> looks.</summary>
    public static void AddQueues(this IServiceCollection services)
    {
        services.AddLive().AddDesk();
        services.AddScoped<SignedIn>();
        services.AddScoped<AuthenticationStateProvider>(p => p.GetRequiredService<SignedIn>());
    }
}

/// <summary>Says who sits at the page.</summary>
internal sealed class SignedIn : AuthenticationStateProvider
{
    public Guid UserId { get; set; }

    public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
        Task.FromResult(
            new AuthenticationState(
                new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, UserId.ToString())], "Test"))
            )
        );
}
