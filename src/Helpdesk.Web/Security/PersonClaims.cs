using System.Security.Claims;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Localisation;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Security;

/// <summary>What every page needs to know of a signed-in person without asking the database: name, zone, language.</summary>
public sealed class PersonClaims(
    UserManager<AppUser> users,
    RoleManager<IdentityRole<Guid>> roles,
    IOptions<IdentityOptions> options
) : UserClaimsPrincipalFactory<AppUser, IdentityRole<Guid>>(users, roles, options)
{
    public const string Name = "name";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(AppUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        Add(Name, user.DisplayName);
        Add(ReaderChoice.ZoneClaim, user.TimeZoneId);
        Add(ReaderChoice.CultureClaim, user.Culture);
        return identity;

        void Add(string type, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                identity.AddClaim(new(type, value));
        }
    }
}
