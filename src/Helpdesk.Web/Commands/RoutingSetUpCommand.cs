using Helpdesk.Routing.SetUp;
using Helpdesk.Web.Startup;

namespace Helpdesk.Web.Commands;

/// <summary>The routing set-up as a readable file, and back.</summary>
internal static class RoutingSetUpCommand
{
    public static async Task<int> ExportAsync(
        IServiceProvider services,
        string file,
        CancellationToken cancellationToken
    )
    {
        await DatabasePreparation.RunAsync(services, cancellationToken);
        var setUp = await services.GetRequiredService<SetUpExchange>().ReadAsync(cancellationToken);
        await File.WriteAllTextAsync(file, setUp.ToJson(), cancellationToken);
        await Console.Error.WriteLineAsync($"{file}: {setUp.Topics.Count()} topics, {setUp.People.Count} people");
        return 0;
    }

    /// <summary>Prints each difference on a line; with <c>--check</c> nothing is changed.</summary>
    public static async Task<int> ImportAsync(
        string file,
        string[] args,
        Func<string[], IServiceProvider> open,
        CancellationToken cancellationToken
    )
    {
        var read = RoutingSetUp.Parse(await File.ReadAllTextAsync(file, cancellationToken));
        var services = open([.. args.Where(a => a != "--check")]);
        await DatabasePreparation.RunAsync(services, cancellationToken);
        var exchange = services.GetRequiredService<SetUpExchange>();
        var isCheck = args.Contains("--check", StringComparer.Ordinal);
        var plan = isCheck
            ? await exchange.PlanAsync(read, cancellationToken)
            : await exchange.ImportAsync(read, cancellationToken);
        foreach (var field in plan.Differences)
            Console.WriteLine($"{field.Name}: {Shown(field.Was)} -> {Shown(field.Became)}");
        foreach (var note in plan.Notes)
            await Console.Error.WriteLineAsync($"{note.Entry}: {Words(note.Kind)}");
        await Console.Error.WriteLineAsync(
            isCheck ? $"{plan.Differences.Count} differences, nothing changed." : $"{plan.Differences.Count} changes."
        );
        return 0;
    }

    private static string Shown(string? value) =>
        value is null ? "(nothing)" : value.Replace("\n", " | ", StringComparison.Ordinal);

    private static string Words(SetUpNoteKind kind) =>
        kind switch
        {
            SetUpNoteKind.PersonNotKnown => "nobody here has this address; left out",
            SetUpNoteKind.NotReadyToAnswer => "may not answer by itself yet on this desk; not switched on",
            _ => "not in the file; stays",
        };
}
