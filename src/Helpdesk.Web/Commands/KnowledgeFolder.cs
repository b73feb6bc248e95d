using Helpdesk.Knowledge.Exchange;
using Helpdesk.Tickets;
using Helpdesk.Web.Startup;

namespace Helpdesk.Web.Commands;

/// <summary>The whole base to a folder of Markdown files, and a folder of Markdown or HTML files into the base.</summary>
internal static class KnowledgeFolder
{
    private const int Done = 0;
    private const int SomeRefused = 1;

    public static async Task<int> ExportAsync(
        IServiceProvider services,
        string folder,
        CancellationToken cancellationToken
    )
    {
        await DatabasePreparation.RunAsync(services, cancellationToken);
        var written = await services.GetRequiredService<ArticleFolder>().ExportAsync(folder, cancellationToken);
        await Console.Error.WriteLineAsync($"{written} articles written to {folder}.");
        return Done;
    }

    public static async Task<int> ImportAsync(
        IServiceProvider services,
        string folder,
        CancellationToken cancellationToken
    )
    {
        await DatabasePreparation.RunAsync(services, cancellationToken);
        var import = await services
            .GetRequiredService<ArticleFolder>()
            .ImportAsync(folder, Actor.System, cancellationToken);
        foreach (var problem in import.Problems)
            await Console.Error.WriteLineAsync(problem);
        await Console.Error.WriteLineAsync(
            $"{import.Added} articles added, {import.Changed} changed, {import.Unchanged} as they were."
        );
        return import.Problems.Count == 0 ? Done : SomeRefused;
    }
}
