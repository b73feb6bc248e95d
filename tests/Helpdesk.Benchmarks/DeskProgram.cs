using System.Diagnostics;
using Helpdesk.Testing;

namespace Helpdesk.Benchmarks;

/// <summary>The program as a user starts it: a process of its own, in Production, with the sample desk.</summary>
internal sealed class DeskProgram(string directory) : IAsyncDisposable
{
    /// <summary>The published program, when its path is given (<c>./dev publish</c>); else what was built beside this one.</summary>
    private static readonly string Program = Environment.GetEnvironmentVariable("HELPDESK_PROGRAM")
        is { Length: > 0 } published
        ? Path.GetFullPath(published)
        : typeof(Helpdesk.Web.Components.App).Assembly.Location;

    private Process? process;

    public int HttpPort { get; } = FreePort.Next();
    public int SmtpPort { get; } = FreePort.Next();
    public Uri Address => new($"http://127.0.0.1:{HttpPort}/");
    public string DataFile => Path.Combine(directory, "helpdesk.db");

    /// <returns>Milliseconds from the start of the process to the whole first page.</returns>
    public async Task<double> StartAsync()
    {
        var needsRuntime = Program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(needsRuntime ? "dotnet" : Program)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (needsRuntime)
            start.ArgumentList.Add(Program);
        foreach (
            var argument in (string[])
                [
                    $"--urls={Address}",
                    "--environment=Production",
                    "--Sample:Load=true",
                    $"--Storage:DataDirectory={directory}",
                    $"--Mail:Smtp:Listen=127.0.0.1:{SmtpPort}",
                    "--Mail:Intake:MaxMailsPerHour=1000000",
                    "--Mail:Intake:MaxMailsOfUnknownPerHour=1000000",
                ]
        )
            start.ArgumentList.Add(argument);
        var time = Stopwatch.GetTimestamp();
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Console.Error.WriteLine("  | " + line.Data);
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine("  | " + line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient();
        while (Stopwatch.GetElapsedTime(time) < TimeSpan.FromMinutes(5))
        {
            if (process.HasExited)
                throw new InvalidOperationException("The desk ended; its words are above.");
            try
            {
                if ((await http.GetAsync(Address)).IsSuccessStatusCode)
                    return Stopwatch.GetElapsedTime(time).TotalMilliseconds;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
            await Task.Delay(5);
        }
        throw new TimeoutException("The desk did not answer.");
    }

    public TimeSpan Cpu
    {
        get
        {
            process!.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory in MB, and how much of that is its own (no mapped file).</summary>
    public (double Resident, double Own) Memory
    {
        get
        {
            var status = File.ReadLines($"/proc/{process!.Id}/status").ToList();
            return (Megabytes("VmRSS:"), Megabytes("RssAnon:"));

            double Megabytes(string name) =>
                double.Parse(
                    status
                        .First(l => l.StartsWith(name, StringComparison.Ordinal))
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]
                        .Split('\t')[^1],
                    System.Globalization.CultureInfo.InvariantCulture
                ) / 1024;
        }
    }

    /// <summary>Waits until it has nothing to do any more: less than a twentieth of a core for three seconds.</summary>
    public async Task UntilIdleAsync()
    {
        for (var quiet = 0; quiet < 3; )
        {
            var before = Cpu;
            await Task.Delay(1000);
            quiet = Cpu - before < TimeSpan.FromMilliseconds(50) ? quiet + 1 : 0;
        }
    }

    public async Task StopAsync()
    {
        if (process is null)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
