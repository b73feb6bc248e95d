using Helpdesk.Web.Components.Account;
using Helpdesk.Web.Startup;

namespace Helpdesk.Web.Commands;

/// <summary>Creates a member of staff and prints the link with which they choose their password.</summary>
internal static class UserAdd
{
    public static async Task<int> RunAsync(
        string[] args,
        Func<string[], IServiceProvider> open,
        CancellationToken cancellationToken
    )
    {
        if (
            CommandLine.Read(args, "name", "address", "role") is not var (options, settings)
            || !options.TryGetValue("name", out var name)
            || !options.TryGetValue("address", out var address)
            || !options.TryGetValue("role", out var role)
        )
            return CommandLine.Explain(["user", "add", .. args]);
        var services = open(settings);
        await DatabasePreparation.RunAsync(services, cancellationToken);
        await using var scope = services.CreateAsyncScope();
        var link = await scope
            .ServiceProvider.GetRequiredService<StaffLinks>()
            .InviteAsync(name, address, role, byMail: false, cancellationToken);
        Console.WriteLine(link);
        return 0;
    }
}
