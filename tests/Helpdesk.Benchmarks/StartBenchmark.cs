using Microsoft.Data.Sqlite;

namespace Helpdesk.Benchmarks;

/// <summary>From nothing to the first page of the sample desk, from a stop to the first page, and the memory of a desk at rest.</summary>
internal static class StartBenchmark
{
    public static async Task RunAsync()
    {
        var directory = Figures.NewDirectory();
        await using var desk = new DeskProgram(directory);
        Figures.Say($"start: first start, with the sample desk");
        var first = await desk.StartAsync();
        await desk.UntilIdleAsync();
        var (afterTraining, _) = desk.Memory;
        await desk.StopAsync();
        var again = new List<double>();
        var cpu = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            again.Add(await desk.StartAsync());
            cpu.Add(desk.Cpu.TotalMilliseconds);
            if (i < 4)
                await desk.StopAsync();
        }
        await desk.UntilIdleAsync();
        var (resident, own) = desk.Memory;
        using (var http = new HttpClient())
            for (var i = 0; i < 200; i++)
                await http.GetStringAsync(new Uri(desk.Address, i % 2 == 0 ? "/" : "/search?q=my+card+" + i));
        await desk.UntilIdleAsync();
        var (used, _) = desk.Memory;
        await desk.StopAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
        Figures.Print(
            "start",
            new
            {
                firstStartMs = Figures.Round(first),
                startToFirstPageMs = Figures.Round(Figures.Percentile(again, 0.5)),
                cpuMs = Figures.Round(Figures.Percentile(cpu, 0.5)),
                worstMs = Figures.Round(again.Max()),
                residentAfterTrainingMb = Figures.Round(afterTraining),
                residentIdleMb = Figures.Round(resident),
                ownIdleMb = Figures.Round(own),
                residentAfter200PagesMb = Figures.Round(used),
            }
        );
    }
}
