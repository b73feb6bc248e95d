using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Evaluation;
using Helpdesk.Routing.Priority;

namespace Helpdesk.Benchmarks;

/// <summary>
/// What the words that press are worth: tickets whose people called them urgent against all others, by the points that the rules give for
/// the text, beside a plain classifier that has learned from the earlier four fifths. Needs the folder of labelled requests.
/// </summary>
internal static class UrgencyBenchmark
{
    private static readonly string[] Urgent = ["Blocker", "Critical"];

    public static Task RunAsync()
    {
        if (Environment.GetEnvironmentVariable("HELPDESK_BENCHMARK_REQUESTS") is not { Length: > 0 } folder)
        {
            Figures.Say($"urgency: HELPDESK_BENCHMARK_REQUESTS is not set; left out");
            return Task.CompletedTask;
        }
        var tickets = LabelledTexts
            .Read(Path.Combine(folder, "tickets_train.csv"), ["title", "text"], "priority")
            // those of the other project have no priority, or one that means the order of work
            .Where(t => t.Labels[0] is not "--" && !t.Labels[0].StartsWith('P'))
            .ToList();
        var (learned, asked) = (tickets[..(tickets.Count * 4 / 5)], tickets[(tickets.Count * 4 / 5)..]);
        var plain = PlainClassifier.Train([
            .. learned.Select(t => new TrainingExample(t.Text, IsUrgent(t) ? "urgent" : "other")),
        ]);
        var place = plain.Topics.Index().Single(t => t.Item == "urgent").Index;
        var weights = new PriorityWeights();
        double Points(LabelledText ticket) =>
            PriorityRules.Decide(new PriorityFacts { Text = ticket.Text }, weights).Score;
        Figures.Print(
            "urgency",
            new
            {
                tickets = tickets.Count,
                urgent = tickets.Count(IsUrgent),
                wordsOfAll = Area(tickets, Points),
                words = Area(asked, Points),
                plain = Area(asked, t => plain.Predict(t.Text).Probabilities[place]),
                pressedAmongUrgent = Share(tickets.Where(IsUrgent), Points),
                pressedAmongOthers = Share(tickets.Where(t => !IsUrgent(t)), Points),
            }
        );
        return Task.CompletedTask;
    }

    private static bool IsUrgent(LabelledText ticket) => Urgent.Contains(ticket.Labels[0]);

    private static double Share(IEnumerable<LabelledText> tickets, Func<LabelledText, double> points)
    {
        var calm = PriorityRules.Decide(new PriorityFacts(), new PriorityWeights()).Score;
        var all = tickets.ToList();
        return Math.Round(100.0 * all.Count(t => points(t) > calm) / all.Count, 1);
    }

    /// <summary>Area under the curve: how often an urgent one has more points than another; half where they have as many.</summary>
    private static double Area(List<LabelledText> tickets, Func<LabelledText, double> points)
    {
        var others = tickets.Where(t => !IsUrgent(t)).Select(points).ToList();
        var sum = 0.0;
        var urgent = tickets.Where(IsUrgent).Select(points).ToList();
        foreach (var mine in urgent)
            sum += others.Sum(o =>
                o < mine ? 1
                : o > mine ? 0
                : 0.5
            );
        return Math.Round(sum / ((double)urgent.Count * others.Count), 3);
    }
}
