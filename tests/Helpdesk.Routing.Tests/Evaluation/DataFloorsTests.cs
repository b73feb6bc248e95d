using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Evaluation;
using Helpdesk.Testing;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Evaluation;

/// <summary>Real requests: every fifth row is asked, the rest is learned.</summary>
public class DataFloorsTests
{
    private static (List<LabelledText> Learned, List<LabelledText> Asked) Banking()
    {
        var path = SharedData.Path("requests/banking77_train.csv");
        Assert.SkipWhen(path is null, "The measuring data is not beside this checkout.");
        var rows = LabelledTexts.Read(path, ["text"], "label");
        // a fifth of the topics keeps the test quick; they are near each other as all of them are
        var topics = rows.Select(r => r.Labels[0]).Distinct().Where((_, i) => i % 5 == 0).ToHashSet();
        var chosen = rows.Where(r => topics.Contains(r.Labels[0])).ToList();
        return ([.. chosen.Where((_, i) => i % 5 != 0)], [.. chosen.Where((_, i) => i % 5 == 0)]);
    }

    [Fact]
    public void Bank_customers_are_understood_and_promises_to_them_are_kept()
    {
        var (learned, asked) = Banking();
        var model = new TextModelTrainer()
            .Train(
                learned.ConvertAll(r => new TrainingExample(r.Text, r.Labels[0])),
                new TrainingOptions { Cores = 2 },
                CancellationToken.None
            )
            .Classifier;
        var figures = ClassificationFigures.OfSingles(model, asked, asked.ConvertAll(r => model.Predict(r.Text)));
        ((double)figures["accuracy"]).ShouldBeGreaterThan(0.93);
        ((double)figures["top3"]).ShouldBeGreaterThan(0.98);
        ((double)figures["ece"]).ShouldBeLessThan(0.03);
        ((double)figures["precisionAt95"]).ShouldBeGreaterThan(0.93);
        ((double)figures["coverageAt95"]).ShouldBeGreaterThan(0.9);
        model.ToBytes().Length.ShouldBeLessThan(15_000_000);

        var pairs = asked
            .Zip(asked.AsEnumerable().Reverse())
            .Where(p => p.First.Labels[0] != p.Second.Labels[0])
            .Select(p => new LabelledText(
                p.First.Text.TrimEnd('.', '?', '!') + ". " + p.Second.Text,
                [p.First.Labels[0], p.Second.Labels[0]]
            ));
        List<LabelledText> messages = [.. asked, .. pairs];
        var sets = ClassificationFigures.OfSets(model.Topics, messages, messages.ConvertAll(r => model.Parts(r.Text)));
        ((double)sets["combinedF1"]).ShouldBeGreaterThan(0.88);
        ((double)sets["exactSet"]).ShouldBeGreaterThan(0.83);
    }
}
