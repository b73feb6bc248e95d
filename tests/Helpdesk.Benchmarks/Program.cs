using Helpdesk.Benchmarks;

// One JSON object a line on standard output, words on standard error. What the figures mean: docs/performance.md.
var benchmarks = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["start"] = StartBenchmark.RunAsync,
    ["mail"] = MailBenchmark.RunAsync,
    ["listener"] = ListenerBenchmark.RunAsync,
    ["parse"] = ParseBenchmark.RunAsync,
    ["imap"] = ImapBenchmark.RunAsync,
    ["pages"] = PagesBenchmark.RunAsync,
    ["outlook"] = OutlookBenchmark.RunAsync,
    ["search"] = SearchBenchmark.RunAsync,
    ["classify"] = ClassifyBenchmark.RunAsync,
    ["suggest"] = SuggestBenchmark.RunAsync,
    ["urgency"] = UrgencyBenchmark.RunAsync,
    ["month"] = MonthBenchmark.RunAsync,
};
var wanted = args is ["all"] ? [.. benchmarks.Keys] : args;
if (wanted.Length == 0 || !wanted.All(benchmarks.ContainsKey))
{
    await Console.Error.WriteLineAsync($"usage: Helpdesk.Benchmarks all | {string.Join(" | ", benchmarks.Keys)} …");
    return 2;
}
foreach (var name in wanted)
    await benchmarks[name]();
return 0;
