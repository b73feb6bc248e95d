using System.Security.Cryptography;
using System.Text;
using Helpdesk.Routing.SetUp;

namespace Helpdesk.Web.Components.Admin.SetUp;

/// <summary>Shows what a file would change of the routing set-up, and takes it over.</summary>
public sealed class SetUpChanges(AdminWork work, SetUpExchange exchange)
{
    /// <summary>Where the set-up can be had as a readable file.</summary>
    public const string FileAddress = "/admin/set-up/routing-set-up.json";

    /// <summary>A mark of the set-up as it stands, so that nothing else is changed than what was shown.</summary>
    public async Task<string> MarkAsync() => MarkOf(await exchange.ReadAsync());

    /// <exception cref="InvalidDataException">What is wrong with the file, with lines or entries.</exception>
    public Task<SetUpPlan> PlanAsync(string json) => exchange.PlanAsync(RoutingSetUp.Parse(json));

    /// <param name="seen">The mark of the set-up that the preview was made from.</param>
    /// <exception cref="InvalidDataException">What is wrong with the file; nothing is changed.</exception>
    public Task<string?> ApplyAsync(string json, string? seen)
    {
        var file = RoutingSetUp.Parse(json);
        SetUpPlan? plan = null;
        return work.DoAsync(
            SetUpExchange.ChangeKind,
            async (db, who) =>
            {
                if (MarkOf(await exchange.ReadAsync(db)) != seen)
                    return AdminWork.Refusals.Changed;
                plan = await exchange.ApplyAsync(db, file, who.Actor);
                return null;
            },
            record: () => new AdminRecord("", plan!.Differences)
        );
    }

    internal static string MarkOf(RoutingSetUp setUp) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(setUp.ToJson())))[..32];
}
