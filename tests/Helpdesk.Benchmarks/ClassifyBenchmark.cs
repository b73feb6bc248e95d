using System.Diagnostics;
using Helpdesk.Routing.Classification;
using Helpdesk.Web.Sample;

namespace Helpdesk.Benchmarks;

/// <summary>Training on nine tenths of the sample's requests, and reading the last tenth: time, and how many were right.</summary>
internal static class ClassifyBenchmark
{
    public static async Task RunAsync()
    {
        var requests = SampleText.Requests();
        var (learned, held) = (
            requests.Where((_, i) => i % 10 != 0).ToList(),
            requests.Where((_, i) => i % 10 == 0).ToList()
        );
        using var me = Process.GetCurrentProcess();
        var cpu = me.TotalProcessorTime;
        var time = Stopwatch.StartNew();
        var model = new TextModelTrainer()
            .Train(
                learned.ConvertAll(r => new TrainingExample(r.Text, r.TopicKey)),
                new TrainingOptions(),
                CancellationToken.None
            )
            .Classifier;
        var trained = time.Elapsed;
        me.Refresh();
        var trainCpu = me.TotalProcessorTime - cpu;
        var right = held.Count(r => RequestClassifier.Read(model, r.Text).Likely[0].Topic == r.TopicKey);
        var cost = await Cost.OfAsync(
            i =>
            {
                RequestClassifier.Read(model, held[i % held.Count].Text);
                return Task.CompletedTask;
            },
            warmUp: 500,
            times: 5000
        );
        Figures.Print(
            "classify",
            new
            {
                examples = learned.Count,
                topics = model.Topics.Count,
                trainSeconds = Figures.Round(trained.TotalSeconds),
                trainCpuSeconds = Figures.Round(trainCpu.TotalSeconds),
                modelMb = Figures.Round(model.ToBytes().Length / 1048576.0),
                accuracy = Figures.Round((double)right / held.Count),
                readMsP50 = cost.MillisecondsP50,
                readMsP95 = cost.MillisecondsP95,
                readCpuMs = cost.CpuMilliseconds,
            }
        );
    }
}
