using System.Globalization;
using System.Text.Json;
using Helpdesk.Web.Sample;
using Helpdesk.Web.Startup;

namespace Helpdesk.Web.Commands;

/// <summary>Fills the desk with tickets of the past, to see how it behaves when it is large.</summary>
internal static class DemoLoadCommand
{
    public static async Task<int> RunAsync(
        string[] args,
        Func<string[], IServiceProvider> open,
        CancellationToken cancellationToken
    )
    {
        if (
            CommandLine.Read(args, "tickets", "seed") is not var (options, settings)
            || !TryRead(options, "tickets", out var tickets)
            || !TryRead(options, "seed", out var seed)
            || tickets is < 1 or > DemoLoad.MaxTickets
        )
            return CommandLine.Explain(["demo", "load", .. args]);
        var services = open(settings);
        await DatabasePreparation.RunAsync(services, cancellationToken);
        var loaded = await services
            .GetRequiredService<DemoLoad>()
            .LoadAsync(tickets, seed, new OnConsole(tickets), cancellationToken);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    tickets = loaded.Tickets,
                    customers = loaded.Customers,
                    unresolved = loaded.Unresolved,
                    seconds = Math.Round(loaded.Elapsed.TotalSeconds, 2),
                    ticketsPerSecond = Math.Round(loaded.TicketsPerSecond),
                }
            )
        );
        return 0;
    }

    private static bool TryRead(Dictionary<string, string> options, string name, out int value)
    {
        value = 0;
        return options.TryGetValue(name, out var text)
            && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A line for each tenth of the way.</summary>
    private sealed class OnConsole(int all) : IProgress<int>
    {
        private int tenths;

        public void Report(int value)
        {
            var reached = (int)(10L * value / all);
            if (reached > tenths)
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value} of {all} tickets"));
            tenths = reached;
        }
    }
}
