using Helpdesk.Tickets.Access;
using Microsoft.AspNetCore.Authorization;

namespace Helpdesk.Web.Security;

/// <summary>Who may open an area at all. What they may see inside is decided per object, in the queries.</summary>
public static class Policies
{
    public const string Customer = "customer";
    public const string Desk = "desk";
    public const string Supervise = "supervise";
    public const string Admin = "admin";

    public static void Add(AuthorizationOptions options)
    {
        options.FallbackPolicy = options.DefaultPolicy;
        options.AddPolicy(Customer, policy => policy.RequireRole(Roles.Customer));
        options.AddPolicy(Desk, policy => policy.RequireRole(Roles.Specialist, Roles.Supervisor, Roles.Administrator));
        options.AddPolicy(Supervise, policy => policy.RequireRole(Roles.Supervisor, Roles.Administrator));
        options.AddPolicy(Admin, policy => policy.RequireRole(Roles.Administrator));
    }
}
