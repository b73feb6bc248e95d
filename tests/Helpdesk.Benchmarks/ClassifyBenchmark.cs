using System.Globalization;
using Helpdesk.Knowledge.Analysis;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Evaluation;
using Helpdesk.Routing.Spam;
using Helpdesk.Web.Sample;

namespace Helpdesk.Benchmarks;

/// <summary>
/// The product's classifier and spam filter beside a <see cref="PlainClassifier"/>, on the same texts in the same run. Always on the sample's requests;
/// on other public sets where <c>HELPDESK_BENCHMARK_REQUESTS</c> names their folder. Nothing that is asked has been learned from.
/// <c>HELPDESK_BENCHMARK_FOLDS</c>: how many tenths of Banking77 and of the mails are asked in turn, 10 unless told.
/// </summary>
internal static class ClassifyBenchmark
{
    private const int Tenths = 10;

    public static Task RunAsync()
    {
        Rows(
            "sample",
            1,
            _ => Split([.. SampleText.Requests().Select(r => new LabelledText(r.Text, [r.TopicKey]))], 0)
        );
        if (Environment.GetEnvironmentVariable("HELPDESK_BENCHMARK_REQUESTS") is not { } folder)
        {
            Figures.Say($"classify: HELPDESK_BENCHMARK_REQUESTS names no folder of public requests");
            return Task.CompletedTask;
        }
        var folds = int.TryParse(Environment.GetEnvironmentVariable("HELPDESK_BENCHMARK_FOLDS"), out var given)
            ? Math.Clamp(given, 1, Tenths)
            : Tenths;
        List<LabelledText> Read(string file, string label = "label", string text = "text") =>
            LabelledTexts.Read(Path.Combine(folder, file), text.Split(','), label);
        var banking = Read("banking77_train.csv");
        var (learned, asked) = (Read("clinc150_train.csv"), Read("clinc150_val.csv"));
        var languages = ByRequest(Read("xsid_valid.csv", "lang"));
        ReaderOfLanguages([.. languages.Select(r => r.Row)], "one sentence, 13 languages with a code");
        ReaderOfLanguages(
            [
                .. languages
                    .Select(r => r.Row)
                    .GroupBy(r => r.Labels[0])
                    .SelectMany(g => g.Chunk(3))
                    .Select(three => three[0] with { Text = string.Join(' ', three.Select(r => r.Text)) }),
            ],
            "three sentences"
        );
        ReaderOfLanguages(
            [.. banking.Concat(asked).Select(r => r with { Labels = ["en"] })],
            "English requests of Banking77 and CLINC150"
        );
        Rows("banking77", folds, fold => Split(banking, fold));
        NearDomain(banking, Read("banking77_oos_topics.csv", "scope", "label"), Math.Min(folds, 3));
        ColdStart(banking, Math.Min(folds, 3));
        Combined(banking, Read("banking77_combined_dev.csv", "labels"));
        Rows("clinc150", 1, _ => (learned, asked));
        Rows("clinc150 with 18 % special", 1, _ => (learned, Mixed(asked, Read("clinc150_oosplus_train_extra.csv"))));
        var home = Read("hwu64_kfold1_train.csv");
        Rows("hwu64", Math.Min(folds, 3), fold => Split(home, fold));
        Rows("mixsnips", 1, _ => (Read("snips_train.csv"), Read("mixsnips_dev.csv", "labels")), sets: true);
        Rows(
            "language",
            5,
            fold =>
                (
                    [.. languages.Where(r => r.Request % 5 != fold).Select(r => r.Row)],
                    [.. languages.Where(r => r.Request % 5 == fold).Select(r => r.Row)]
                )
        );
        Junk(Read("mail_spam_train.csv", "label", "subject,text"), folds);
        return Task.CompletedTask;
    }

    /// <summary>What the desk ships, which has learned nothing from these texts, beside counting stop words of five languages.</summary>
    private static void ReaderOfLanguages(List<LabelledText> rows, string set)
    {
        // dialects have no code of two letters
        rows = rows.FindAll(r => r.Labels[0].Length == 2);
        Figures.Print(
            "languages",
            new
            {
                set,
                rows = rows.Count,
                product = Of(RequestLanguage.Of),
                plain = Of(ByStopWords),
            }
        );

        object Of(Func<string, string?> read)
        {
            var said = rows.ConvertAll(r => (Said: read(r.Text), Is: r.Labels[0]));
            return new
            {
                right = Figures.Round((double)said.Count(s => s.Said == s.Is) / said.Count),
                wrong = Figures.Round((double)said.Count(s => s.Said is not null && s.Said != s.Is) / said.Count),
            };
        }

        static string? ByStopWords(string text)
        {
            var buffer = new TokenBuffer();
            Tokenizer.Split(text, buffer);
            return LanguageGuess.Of(text, buffer, Language.Unknown) switch
            {
                Language.English => "en",
                Language.Russian => "ru",
                Language.Ukrainian => "uk",
                Language.Polish => "pl",
                Language.German => "de",
                _ => null,
            };
        }
    }

    /// <summary>Means of the folds, the product's beside the plain one's.</summary>
    private static void Rows(
        string set,
        int folds,
        Func<int, (List<LabelledText> Learned, List<LabelledText> Asked)> split,
        bool sets = false
    )
    {
        var (product, plain) = (new Means(), new Means());
        var all = new List<LabelledText>();
        var (productRead, plainRead) = (new List<TextPrediction>(), new List<TextPrediction>());
        for (var fold = 0; fold < folds; fold++)
        {
            var (learned, asked) = split(fold);
            all.AddRange(asked);
            var examples = RoutingTrain.Examples(learned);
            var cpu = Environment.CpuUsage.TotalTime;
            ITextClassifier model = new TextModelTrainer()
                .Train(examples, new TrainingOptions(), CancellationToken.None)
                .Classifier;
            product.Add("trainCpuSeconds", (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            product.Add("modelMb", model.ToBytes().Length / 1e6);
            product.Add(RoutingEval.Measure(model, asked, sets, null));
            productRead.AddRange(asked.Select(r => model.Predict(r.Text)));
            cpu = Environment.CpuUsage.TotalTime;
            var baseline = PlainClassifier.Train(examples);
            plain.Add("trainCpuSeconds", (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            plain.Add("modelMb", baseline.Bytes / 1e6);
            plain.Add(RoutingEval.Measure(baseline, asked, sets, null));
            plainRead.AddRange(asked.Select(r => baseline.Predict(r.Text)));
            if (fold == folds - 1 && !sets)
            {
                // of a thousand answers chance alone makes one in a hundred
                product.Add("eceOfAll", ErrorOf(model, productRead));
                plain.Add("eceOfAll", ErrorOf(baseline, plainRead));
            }
        }
        Print(set, folds, product, plain);

        double ErrorOf(ITextClassifier model, List<TextPrediction> read) =>
            (double)ClassificationFigures.OfSingles(model, all, read)["ece"];
    }

    private static void NearDomain(List<LabelledText> rows, List<LabelledText> scopes, int folds)
    {
        var known = scopes.Where(s => s.Labels[0] == "in").Select(s => s.Text).ToHashSet(StringComparer.Ordinal);
        Rows(
            "banking77, 27 topics unknown",
            folds,
            fold =>
            {
                var (learned, asked) = Split(rows, fold);
                return (
                    [.. learned.Where(r => known.Contains(r.Labels[0]))],
                    asked.ConvertAll(r =>
                        known.Contains(r.Labels[0]) ? r : r with { Labels = [LabelledTexts.OutOfScope] }
                    )
                );
            }
        );
    }

    /// <summary>Topic names, and this many examples of each.</summary>
    private static void ColdStart(List<LabelledText> rows, int folds)
    {
        foreach (var examples in new[] { 1, 5, 10, 25 })
            Rows(
                $"banking77, names and {examples} each",
                folds,
                fold =>
                {
                    var (learned, asked) = Split(rows, fold);
                    return ([.. learned.GroupBy(r => r.Labels[0]).SelectMany(g => g.Take(examples))], asked);
                }
            );
    }

    /// <summary>Pairs of requests as one message, and as many single ones; what occurs in a pair is not learned.</summary>
    private static void Combined(List<LabelledText> rows, List<LabelledText> pairs)
    {
        var pieces = rows.ConvertAll(r => r.Text.TrimEnd('.', '?', '!'));
        var joined = Enumerable
            .Range(0, rows.Count)
            .AsParallel()
            .AsOrdered()
            .Where(i =>
                pairs.Exists(p =>
                    p.Text.StartsWith(pieces[i], StringComparison.OrdinalIgnoreCase)
                    || p.Text.EndsWith(rows[i].Text, StringComparison.OrdinalIgnoreCase)
                )
            )
            .ToHashSet();
        var singles = joined.Order().Select(i => rows[i]).Take(pairs.Count);
        Rows(
            "banking77, single and joined",
            1,
            _ => ([.. rows.Where((_, i) => !joined.Contains(i))], [.. singles, .. pairs]),
            sets: true
        );
    }

    private static void Junk(List<LabelledText> mails, int folds)
    {
        var (product, plain) = (new Means(), new Means());
        // copies of a mail begin alike, and stay on one side
        var groups = Shuffled(mails.GroupBy(m => new string([.. m.Text.Where(char.IsLetter).Take(60)])).ToList());
        var all = new List<LabelledText>();
        var (productScores, plainScores) = (new List<double>(), new List<double>());
        for (var fold = 0; fold < folds; fold++)
        {
            var learned = groups.Where((_, i) => i % Tenths != fold).SelectMany(g => g).ToList();
            var asked = groups.Where((_, i) => i % Tenths == fold).SelectMany(g => g).ToList();
            var cpu = Environment.CpuUsage.TotalTime;
            var model = SpamModel.Train(learned.ConvertAll(m => new SpamExample(m.Text, m.Labels[0] == "spam")))!;
            product.Add("trainCpuSeconds", (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            product.Add(JunkFigures.Measure(model, asked, null));
            all.AddRange(asked);
            productScores.AddRange(asked.Select(m => model.Read(m.Text).LogOdds));
            cpu = Environment.CpuUsage.TotalTime;
            var baseline = PlainClassifier.Train(learned.ConvertAll(m => new TrainingExample(m.Text, m.Labels[0])));
            plain.Add("trainCpuSeconds", (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            var spam = baseline.Topics.ToList().IndexOf("spam");
            var scores = asked.ConvertAll(m => (double)baseline.Scores(m.Text)[spam]);
            plain.Add(JunkFigures.Caught(asked, scores));
            plainScores.AddRange(scores);
        }
        // one limit for all tenths: of the good mails of one, 0.5 % is a single mail
        foreach (var (name, value) in JunkFigures.Caught(all, productScores))
            product.Add($"{name}OfAll", Convert.ToDouble(value, CultureInfo.InvariantCulture));
        foreach (var (name, value) in JunkFigures.Caught(all, plainScores))
            plain.Add($"{name}OfAll", Convert.ToDouble(value, CultureInfo.InvariantCulture));
        Print("junk mail", folds, product, plain);
    }

    /// <summary>Special requests repeated until they are 18 % of all.</summary>
    private static List<LabelledText> Mixed(List<LabelledText> asked, List<LabelledText> moreSpecial)
    {
        var special = asked.Where(r => r.Labels[0] == LabelledTexts.OutOfScope).Concat(moreSpecial).ToList();
        var known = asked.Where(r => r.Labels[0] != LabelledTexts.OutOfScope).ToList();
        var wanted = (int)(known.Count * 0.18 / 0.82);
        return [.. known, .. Enumerable.Range(0, wanted).Select(i => special[i % special.Count])];
    }

    /// <summary>The same request stands in each language at the same place.</summary>
    private static List<(LabelledText Row, int Request)> ByRequest(List<LabelledText> rows) =>
        [.. rows.GroupBy(r => r.Labels[0]).SelectMany(g => g.Select((row, i) => (row, i)))];

    private static (List<LabelledText> Learned, List<LabelledText> Asked) Split(List<LabelledText> rows, int fold)
    {
        var mixed = Shuffled(rows);
        return ([.. mixed.Where((_, i) => i % Tenths != fold)], [.. mixed.Where((_, i) => i % Tenths == fold)]);
    }

    private static List<T> Shuffled<T>(List<T> items)
    {
        var mixed = items.ToArray();
        new Random(20_261_123).Shuffle(mixed);
        return [.. mixed];
    }

    private static void Print(string set, int folds, Means product, Means plain) =>
        Figures.Print(
            "classify",
            new
            {
                set,
                folds,
                product = product.Rounded(),
                plain = plain.Rounded(),
            }
        );

    private sealed class Means
    {
        private readonly Dictionary<string, List<double>> _values = new(StringComparer.Ordinal);

        public void Add(string name, double value)
        {
            if (!_values.TryGetValue(name, out var values))
                _values[name] = values = [];
            values.Add(value);
        }

        public void Add(Dictionary<string, object> figures)
        {
            foreach (var (name, value) in figures)
                Add(name, Convert.ToDouble(value, CultureInfo.InvariantCulture));
        }

        public Dictionary<string, double> Rounded() =>
            _values.ToDictionary(v => v.Key, v => Figures.Round(v.Value.Average()), StringComparer.Ordinal);
    }
}
