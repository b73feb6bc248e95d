using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Account;
using Microsoft.AspNetCore.Identity;

namespace Helpdesk.Web.Startup;

/// <summary>Who can sign in, and how hard it is to guess.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddDeskIdentity(this IServiceCollection services)
    {
        services
            .AddIdentityCore<AppUser>(options =>
            {
                options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
                options.User.RequireUniqueEmail = true;
                // length beats composition (NIST SP 800-63B)
                options.Password.RequiredLength = 12;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                options.Password.RequiredUniqueChars = 5;
                options.Lockout.MaxFailedAccessAttempts = 5;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
                options.Lockout.AllowedForNewUsers = true;
            })
            .AddRoles<IdentityRole<Guid>>()
            .AddEntityFrameworkStores<HelpdeskDbContext>()
            .AddPasswordValidator<GuessablePassword>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        // a changed password or role, or a deactivation, ends sessions within a minute
        services.Configure<SecurityStampValidatorOptions>(options =>
            options.ValidationInterval = TimeSpan.FromSeconds(60)
        );
        services.AddCascadingAuthenticationState();
        return services;
    }
}
