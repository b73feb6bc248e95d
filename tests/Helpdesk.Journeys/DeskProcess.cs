using System.Diagnostics;
using Helpdesk.Testing;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Startup;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Journeys;

/// <summary>The real program as a process of its own, on loopback ports of its own: it can be killed as power failures do.</summary>
public sealed class DeskProcess : IAsyncDisposable
{
    private readonly TestDatabase place = new(StorageProvider.Sqlite);
    private readonly List<string> output = [];
    private Process? process;

    public int HttpPort { get; } = FreePort.Next();
    public int SmtpPort { get; } = FreePort.Next();
    public Uri Address => new($"http://127.0.0.1:{HttpPort}/");
    public string DataDirectory => place.DataDirectory;
    public int ProcessId => process!.Id;
    public string MailFolder => Path.Combine(place.DataDirectory, "mail");

    /// <summary>Further arguments, e.g. <c>--Sample:Load=true</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = ["--Sample:Load=false"];
    public string Environment { get; init; } = "Development";

    /// <summary>What it wrote to the console so far.</summary>
    public string Console
    {
        get
        {
            lock (output)
                return string.Join('\n', output);
        }
    }

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync()
    {
        process = Process.Start(Command())!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient();
        var patience = Stopwatch.StartNew();
        while (patience.Elapsed < TimeSpan.FromMinutes(2))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The desk ended with code {process.ExitCode}:\n{Console}");
            try
            {
                if ((await http.GetAsync(new Uri(Address, "health/live"))).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
            await Task.Delay(100);
        }
        throw new TimeoutException($"The desk did not answer within two minutes:\n{Console}");
    }

    /// <summary>Ends it at once, without any chance to tidy up (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>The desk's data, read beside the running program.</summary>
    public HelpdeskDbContext OpenDatabase() =>
        new SqliteHelpdeskDbContext(
            new DbContextOptionsBuilder<SqliteHelpdeskDbContext>()
                .UseSqlite($"Data Source={Path.Combine(place.DataDirectory, "helpdesk.db")};Default Timeout=10")
                .UseDesk(ModelParts.All)
                .Options
        );

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await place.DisposeAsync();
    }

    private ProcessStartInfo Command()
    {
        var program = typeof(Program).Assembly.Location;
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = place.DataDirectory,
        };
        string[] arguments =
        [
            program,
            $"--urls=http://127.0.0.1:{HttpPort}",
            $"--environment={Environment}",
            $"--Storage:DataDirectory={place.DataDirectory}",
            $"--Mail:Smtp:Listen=127.0.0.1:{SmtpPort}",
            .. Settings,
        ];
        // a process that lives for seconds gains nothing from measuring its own code
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.Add(line);
    }
}
