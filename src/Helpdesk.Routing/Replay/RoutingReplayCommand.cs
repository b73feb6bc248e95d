using System.Globalization;
using System.Text.Json;
using Helpdesk.Routing.Evaluation;
using Helpdesk.Tickets;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Routing.Replay;

/// <summary>The verb <c>routing replay</c>: past days again, as the desk stands and changed.</summary>
public static class RoutingReplayCommand
{
    private const string Usage =
        "routing replay --from DAY --to DAY [--config F.json]   (days like 2026-03-31, both included)";

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    /// <param name="open">Makes the program's services on the desk's data; called with settings such as <c>--Storage:…</c>.</param>
    /// <returns>0 done, 1 failed, 2 bad arguments.</returns>
    public static async Task<int> RunAsync(
        string[] args,
        Func<string[], IServiceProvider> open,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        // settings of the program look like --Section:Name=value
        var settings = args.Where(a =>
                a.Contains(':', StringComparison.Ordinal) && a.Contains('=', StringComparison.Ordinal)
            )
            .ToArray();
        var given = Arguments.Parse(
            [.. args.Where(a => !settings.Contains(a))],
            ["from", "to"],
            ["config"],
            out var problem
        );
        if (given is null || !TryDay(given["from"], out var from) || !TryDay(given["to"], out var to) || to < from)
        {
            error.WriteLine(given is null ? problem : "The days are not two days in order.");
            error.WriteLine($"usage: {Usage}");
            return 2;
        }
        try
        {
            var config = given.Find("config") is { } path
                ? ReplayConfig.Parse(await File.ReadAllTextAsync(path, cancellationToken))
                : new ReplayConfig();
            var replay = open(settings).GetRequiredService<RoutingReplay>();
            var result = await replay.RunAsync(from, to.AddDays(1), config, cancellationToken);
            output.WriteLine(JsonSerializer.Serialize(result, Form));
            return 0;
        }
        catch (Exception e)
            when (e is IOException or InvalidDataException or UnauthorizedAccessException or RuleViolationException)
        {
            error.WriteLine(e.Message);
            return 1;
        }
    }

    private static bool TryDay(string text, out DateTimeOffset day) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out day
        );
}
