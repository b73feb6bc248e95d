using System.Text.Json;
using Helpdesk.Knowledge.Evaluation;
using Helpdesk.Testing;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Evaluation;

public sealed class EvaluationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("helpdesk-eval").FullName;

    [Fact]
    public void The_figures_are_those_of_the_textbook()
    {
        var relevant = new Dictionary<long, int> { [1] = 1, [2] = 1 };
        var figures = SearchFigures.Of([([3, 1, 4, 2], relevant), ([1, 2], relevant), ([], relevant)]);
        figures.Success1.ShouldBe(1 / 3.0, 1e-9);
        figures.Success3.ShouldBe(2 / 3.0, 1e-9);
        figures.Mrr10.ShouldBe((0.5 + 1 + 0) / 3, 1e-9);
        figures.Recall10.ShouldBe(2 / 3.0, 1e-9);
        var half = ((1 / Math.Log2(3)) + (1 / Math.Log2(5))) / (1 + (1 / Math.Log2(3)));
        figures.Ndcg10.ShouldBe((half + 1) / 3, 1e-9);
    }

    [Fact]
    public void Separation_is_the_chance_that_an_answerable_query_scores_higher()
    {
        SearchFigures.Separation([3, 4], [1, 2]).ShouldBe(1);
        SearchFigures.Separation([1, 2], [1, 2]).ShouldBe(0.5);
        SearchFigures.Separation([1], []).ShouldBeNull();
    }

    [Fact]
    public void Eval_prints_one_object_and_writes_the_run()
    {
        var (code, output, _) = Eval(
            "--expand",
            Write("v.json", """{"a": ["my plastic is gone"]}"""),
            "--oos",
            Write("o.tsv", "x\tweather\n"),
            "--run",
            File("run.tsv")
        );
        code.ShouldBe(0);
        var figures = JsonDocument.Parse(output).RootElement;
        figures.GetProperty("success1").GetDouble().ShouldBe(1);
        figures.GetProperty("oosAuroc").GetDouble().ShouldBe(1);
        System.IO.File.ReadAllLines(File("run.tsv"))[0].ShouldStartWith("q1\ta\t");
    }

    [Fact]
    public void Eval_says_what_is_wrong_with_its_arguments_and_files()
    {
        Run(KnowledgeEvalCommand.Run, "--corpus").Code.ShouldBe(2);
        Run(KnowledgeEvalCommand.Run, "--nonsense", "1").Error.ShouldContain("usage");
        Eval("--expand", File("absent.json")).Code.ShouldBe(1);
        Eval("--expand", Write("broken.json", "{")).Code.ShouldBe(1);
    }

    [Fact]
    public void Bench_prints_one_object()
    {
        var corpus = Write(
            "c.tsv",
            string.Concat(Enumerable.Range(0, 200).Select(i => $"d{i}\ttitle{i % 7}\tbody{i % 13} more words\n"))
        );
        var (code, output, _) = Run(
            KnowledgeBenchCommand.Run,
            "--corpus",
            corpus,
            "--queries",
            Write("bq.tsv", "1\ttitle3 body5\n"),
            "--times",
            "2"
        );
        code.ShouldBe(0);
        JsonDocument.Parse(output).RootElement.GetProperty("documents").GetInt32().ShouldBe(400);
        Run(KnowledgeBenchCommand.Run).Code.ShouldBe(2);
    }

    [Fact]
    public void On_public_questions_the_first_answer_is_right_as_often_as_promised()
    {
        var folder = SharedData.Path("knowledge/webfaq");
        Assert.SkipWhen(folder is null, "the public measuring data is not on this machine");
        var (code, output, _) = Run(
            KnowledgeEvalCommand.Run,
            [
                "--corpus",
                $"{folder}/corpus.jsonl",
                "--queries",
                $"{folder}/queries.dev.tsv",
                "--qrels",
                $"{folder}/qrels.dev.tsv",
            ]
        );
        code.ShouldBe(0);
        JsonDocument.Parse(output).RootElement.GetProperty("success1").GetDouble().ShouldBeGreaterThan(0.79);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (int Code, string Output, string Error) Eval(params string[] more) =>
        Run(
            KnowledgeEvalCommand.Run,
            [
                "--corpus",
                Write(
                    "c.jsonl",
                    """
                    {"_id": "a", "title": "Lost card", "text": "Block it in the app."}
                    {"_id": "b", "title": "Exchange rates", "text": "We use the market rate."}
                    """
                ),
                "--queries",
                Write("q.tsv", "q1\tI lost my card\nq2\twhat is the exchange rate\n"),
                "--qrels",
                Write("r.tsv", "query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t1\n"),
                .. more,
            ]
        );

    private string File(string name) => Path.Combine(_folder, name);

    private string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    private static (int Code, string Output, string Error) Run(
        Func<string[], TextWriter, TextWriter, int> command,
        params string[] args
    )
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (command(args, output, error), output.ToString(), error.ToString());
    }
}
