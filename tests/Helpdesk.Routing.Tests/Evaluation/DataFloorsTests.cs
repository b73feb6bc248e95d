using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Evaluation;
using Helpdesk.Routing.Spam;
using Helpdesk.Testing;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Evaluation;

/// <summary>Real requests: every fifth row is asked, the rest is learned.</summary>
public class DataFloorsTests
{
    private static List<LabelledText> Read(string file, string label, params string[] text)
    {
        var path = SharedData.Path("requests/" + file);
        Assert.SkipWhen(path is null, "The measuring data is not beside this checkout.");
        return LabelledTexts.Read(path, text, label);
    }

    private static (List<LabelledText> Learned, List<LabelledText> Asked) Banking()
    {
        var rows = Read("banking77_train.csv", "label", "text");
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
        ((double)sets["combinedEce"]).ShouldBeLessThan(0.05);
    }

    [Fact]
    public void What_is_about_no_topic_is_told_apart()
    {
        var (learned, asked) = (Read("clinc150_train.csv", "label", "text"), Read("clinc150_val.csv", "label", "text"));
        var topics = learned.Select(r => r.Labels[0]).Distinct().Where((_, i) => i % 5 == 0).ToHashSet();
        topics.Add(LabelledTexts.OutOfScope);
        var model = new TextModelTrainer()
            .Train(
                learned
                    .FindAll(r => topics.Contains(r.Labels[0]))
                    .ConvertAll(r => new TrainingExample(
                        r.Text,
                        r.Labels[0] == LabelledTexts.OutOfScope ? null : r.Labels[0]
                    )),
                new TrainingOptions { Cores = 2 },
                CancellationToken.None
            )
            .Classifier;
        var chosen = asked.FindAll(r => topics.Contains(r.Labels[0]));
        var figures = ClassificationFigures.OfSingles(model, chosen, chosen.ConvertAll(r => model.Predict(r.Text)));
        ((double)figures["accuracy"]).ShouldBeGreaterThan(0.95);
        ((double)figures["oosAuroc"]).ShouldBeGreaterThan(0.96);
        ((double)figures["inScopeAtOos90"]).ShouldBeGreaterThan(0.87);
    }

    [Fact]
    public void Junk_is_caught_and_good_mail_is_not()
    {
        var mails = Read("mail_spam_train.csv", "label", "subject", "text");
        // copies of a mail begin alike, and stay on one side
        var groups = mails.GroupBy(m => new string([.. m.Text.Where(char.IsLetter).Take(60)])).ToList();
        var model = SpamModel.Train([
            .. groups
                .Where((_, i) => i % 5 != 0)
                .SelectMany(g => g)
                .Select(m => new SpamExample(m.Text, m.Labels[0] == "spam")),
        ])!;
        var figures = JunkFigures.Measure(model, [.. groups.Where((_, i) => i % 5 == 0).SelectMany(g => g)], null);
        ((double)figures["caughtHalfPercentLost"]).ShouldBeGreaterThan(0.9);
        ((double)figures["caughtNoneLost"]).ShouldBeGreaterThan(0.6);
    }

    [Fact]
    public void Languages_are_told_apart_and_English_passes_for_nothing_else()
    {
        // dialects have no code of two letters
        var sentences = Read("xsid_valid.csv", "lang", "text").FindAll(r => r.Labels[0].Length == 2);
        sentences.Average(r => RequestLanguage.Of(r.Text) == r.Labels[0] ? 1.0 : 0).ShouldBeGreaterThan(0.84);
        Read("banking77_train.csv", "label", "text")
            .Average(r => RequestLanguage.Of(r.Text) is null or "en" ? 1.0 : 0)
            .ShouldBeGreaterThan(0.998);
    }
}
