using Helpdesk.Tickets.Access;
using Microsoft.AspNetCore.Authorization;

namespace Helpdesk.Web.Api;

/// <summary>What a token must be allowed for a call. A call that names none is open to no token.</summary>
internal sealed record NeededRight(ApiRights Right)
{
    public const string ClaimType = "api-right";

    /// <summary>As the description and refusals write it: <c>routing</c>.</summary>
    public string Name => NameOf(Right);

    public static string NameOf(ApiRights right) => right.ToString().ToLowerInvariant();

    /// <summary>The one decision about every call of the API.</summary>
    public static bool IsHeld(AuthorizationHandlerContext call) =>
        call.Resource is HttpContext http
        && http.GetEndpoint()?.Metadata.GetMetadata<NeededRight>() is { } needed
        && call.User.HasClaim(ClaimType, needed.Name);
}
