using System.Text.Json;
using Helpdesk.Routing.Evaluation;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Evaluation;

public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("helpdesk-routing").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string name, string content = "")
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    private static (int Code, string Output, string Error) Train(params string[] args) => Run(RoutingTrain.Run, args);

    private static (int Code, string Output, string Error) Eval(params string[] args) => Run(RoutingEval.Run, args);

    private static (int, string, string) Run(Func<string[], TextWriter, TextWriter, int> verb, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (verb(args, output, error), output.ToString(), error.ToString());
    }

    private string SmallSet() =>
        File(
            "train.csv",
            "text,label\n"
                + string.Concat(
                    Enumerable
                        .Range(0, 12)
                        .Select(i =>
                            $"\"where is card {i}, please\",card_late\nhow much is fee {i},fee\nsing song {i},oos\n"
                        )
                )
        );

    [Fact]
    public void A_model_trained_from_a_file_is_measured_on_another()
    {
        var (data, model, predictions) = (SmallSet(), File("m"), File("p.jsonl"));
        var trained = Train("--data", data, "--model", model);
        trained.Code.ShouldBe(0, trained.Error);
        JsonDocument.Parse(trained.Output).RootElement.GetProperty("topics").GetInt32().ShouldBe(2);

        var measured = Eval("--model", model, "--data", data, "--predictions", predictions);
        measured.Code.ShouldBe(0, measured.Error);
        var figures = JsonDocument.Parse(measured.Output).RootElement;
        figures.GetProperty("accuracy").GetDouble().ShouldBe(1);
        figures.GetProperty("oosAuroc").GetDouble().ShouldBeGreaterThan(0.9);
        string[] names =
        [
            "top3",
            "macroF1",
            "ece",
            "coverageAt95",
            "precisionAt95",
            "coverageAt98",
            "precisionAt98",
            "coverageAt99",
            "precisionAt99",
            "oosRecall",
            "inScopeAccuracy",
            "inScopeAtOos90",
            "predictionsPerSecond",
            "modelBytes",
        ];
        names.Except(figures.EnumerateObject().Select(p => p.Name)).ShouldBeEmpty();
        System.IO.File.ReadAllLines(predictions).Length.ShouldBe(36);
    }

    [Fact]
    public void A_file_of_label_sets_is_measured_by_sets()
    {
        var model = File("m");
        Train("--data", SmallSet(), "--model", model);
        var sets = File(
            "sets.csv",
            "text,labels\nwhere is card 3. how much is fee 4,card_late|fee\nwhere is card 5,card_late\n"
        );
        var figures = JsonDocument.Parse(Eval("--model", model, "--data", sets).Output).RootElement;
        string[] names = ["combinedF1", "combinedPrecision", "combinedRecall", "exactSet"];
        names.Except(figures.EnumerateObject().Select(p => p.Name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData]
    [InlineData("--data")]
    [InlineData("--data", "x.csv")]
    [InlineData("--nonsense", "1")]
    public void Bad_arguments_are_answered_with_the_usage(params string[] args)
    {
        var answer = Train(args);
        answer.Code.ShouldBe(2);
        answer.Error.ShouldContain("usage:");
        answer.Output.ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_or_foreign_file_fails_with_a_sentence()
    {
        Train("--data", Path.Combine(_folder, "none.csv"), "--model", File("m")).Code.ShouldBe(1);
        Train("--data", File("d.csv", "a,b\n1,2\n"), "--model", File("m")).Error.ShouldContain("no column");
        Eval("--model", File("m", "not a model at all, but long enough to look"), "--data", SmallSet())
            .Code.ShouldBe(1);
    }
}
