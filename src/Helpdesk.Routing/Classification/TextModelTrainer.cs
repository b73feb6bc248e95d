namespace Helpdesk.Routing.Classification;

/// <summary>
/// Trains the built-in classifier, and finds on texts that were held out how far it can be trusted.
/// </summary>
/// <remarks>
/// Part of the examples is held out in turns: once with all topics known (powers of the members, confidence, promises, combined
/// requests), once with a third of the topics hidden from training, whose texts then stand for requests that nobody
/// foresaw (special detector). The model that is kept is trained on everything.
/// </remarks>
public sealed class TextModelTrainer : ITextClassifierTrainer
{
    private const int Folds = 5;

    /// <summary>The first trial's.</summary>
    private const int NewestFold = 0;
    private const int Hidden = 128;
    private const int WordWidth = 64;

    /// <summary>One topic in three is hidden from the trials that learn what special requests look like.</summary>
    private const int HiddenShare = 3;
    private const int SomeExamples = 1_000;
    private const int CellsAllowed = 13_000_000;

    public string Format => "helpdesk-ngram-5";

    public ITextClassifier Load(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return TextModelFile.Read(bytes);
        }
        catch (Exception e)
            when (e is EndOfStreamException or OverflowException or ArgumentException or FormatException)
        {
            throw new InvalidDataException("The model's bytes do not fit together.", e);
        }
    }

    public TrainedClassifier Train(
        IReadOnlyList<TrainingExample> examples,
        TrainingOptions options,
        CancellationToken cancellationToken
    )
    {
        var topics = examples.Select(e => e.Topic).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        if (topics.Count < 2)
            throw new ArgumentException("A classifier needs examples of at least two topics.", nameof(examples));
        var texts = ReadTexts(examples, topics, options.Newest);
        var spans = texts.ConvertAll(t => Ensemble.SpanOf(t.Text, t.Words).ToString());
        if (MeaningTraining.Encode(spans, (ulong)options.Seed, options.Cores, cancellationToken) is { } encoded)
            texts = [.. texts.Select((t, i) => t with { Encoded = encoded.Read[i], Reduced = encoded.Reduced?[i] })];
        var runs = Plan(texts, topics.Count, options);
        var heldOut = new HeldOut[runs.Count];
        var ensemble = (Ensemble?)null;
        // The whole and its trials do not depend on each other, so cores change the time and nothing else.
        Parallel.For(
            0,
            runs.Count + 1,
            new ParallelOptions { MaxDegreeOfParallelism = options.Cores, CancellationToken = cancellationToken },
            i =>
            {
                if (i == 0)
                    ensemble = TrainEnsemble(topics, texts, options.Seed, cancellationToken);
                else
                    heldOut[i - 1] = TryOut(topics, texts, runs[i - 1], options.Seed + i, cancellationToken);
            }
        );
        var calibration = new Calibrator(topics, ensemble!.MemberCount, options).Fit(heldOut, cancellationToken);
        var model = new TextModel(topics, ensemble, calibration);
        return options.Newest == 0 || runs.Count == 0
            ? new TrainedClassifier(model, null, [])
            : new TrainedClassifier(
                model,
                new TextModel(topics, heldOut[0].Ensemble, calibration),
                [.. heldOut[0].Texts.Where(t => t.Fold == NewestFold).Select(t => t.Example)]
            );
    }

    /// <summary>An example with its words read; class = number of topics for a special one.</summary>
    /// <param name="Example">Its place among the examples given.</param>
    /// <param name="Encoded">What the encoder made of it, and <paramref name="Reduced"/> what n-grams learn of that; null where it was
    /// not asked.</param>
    internal sealed record ReadText(
        List<TextFeatures.Word> Words,
        int Class,
        float Weight,
        int Fold,
        string Text,
        int Example,
        float[]? Encoded = null,
        float[]? Reduced = null
    );

    /// <param name="HeldFold">This fold is not trained on.</param>
    /// <param name="HidesTopic">Topics left out of training entirely.</param>
    internal sealed record Run(int HeldFold, bool[] HidesTopic)
    {
        public bool HidesAny => HidesTopic.Contains(true);
    }

    /// <summary>A trial model and the texts it did not see.</summary>
    internal sealed record HeldOut(
        Run Run,
        Ensemble Ensemble,
        int[] TopicOf,
        List<ReadText> Texts,
        List<Reading> Readings
    );

    private static List<ReadText> ReadTexts(IReadOnlyList<TrainingExample> examples, List<string> topics, int newest)
    {
        var numbers = topics.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i, StringComparer.Ordinal);
        var texts = new List<ReadText>(examples.Count);
        for (var i = 0; i < examples.Count; i++)
        {
            var (example, words) = (examples[i], RequestWords.Of(examples[i].Text));
            var number = example.Topic is null ? topics.Count : numbers[example.Topic];
            if (words.Count > 0)
                texts.Add(new ReadText(words, number, example.Weight, NewestFold, example.Text, i));
        }
        var next = new int[topics.Count + 1];
        var foldOf = new Dictionary<string, int>(StringComparer.Ordinal);
        // the oldest first: a copy of an older text is nothing new
        var order = Enumerable.Range(0, texts.Count).OrderBy(i => examples[texts[i].Example].At).ToList();
        newest = Math.Min(newest, texts.Count(t => examples[t.Example].At is not null));
        var firstOther = newest > 0 ? NewestFold + 1 : 0;
        for (var place = 0; place < order.Count; place++)
        {
            var text = texts[order[place]];
            // Copies of a text stay on one side, or the trial would be asked what it was told.
            var key = text.Class + " " + string.Join(' ', text.Words.Select(w => w.Folded));
            if (!foldOf.TryGetValue(key, out var fold))
                foldOf[key] = fold =
                    place >= order.Count - newest
                        ? NewestFold
                        : firstOther + (next[text.Class]++ % (Folds - firstOther));
            texts[order[place]] = text with { Fold = fold };
        }
        return texts;
    }

    private static List<Run> Plan(List<ReadText> texts, int topics, TrainingOptions options)
    {
        var known = texts.Count(t => t.Class < topics);
        if (options.SkipTrials || known < topics * 4)
            return [];
        var none = new bool[topics];
        // few examples: more trials, which then cost little and measure more
        var trials = texts.Count switch
        {
            < SomeExamples => 3,
            _ => 2,
        };
        // the newest may be few, and are no measure of everything
        trials += options.Newest > 0 ? 1 : 0;
        var runs = new List<Run>();
        for (var fold = 0; fold < trials; fold++)
            runs.Add(new Run(fold, none));
        var order = Enumerable.Range(0, topics).ToArray();
        var random = new SeededRandom((ulong)options.Seed);
        random.Shuffle(order);
        var hidden = topics > HiddenShare ? topics / HiddenShare : 0;
        for (var i = 0; hidden > 0 && i < Math.Min(trials, 2); i++)
        {
            var hides = new bool[topics];
            foreach (var topic in order.AsSpan(i * hidden, hidden))
                hides[topic] = true;
            runs.Add(new Run(Folds - 1 - i, hides));
        }
        return runs;
    }

    /// <summary>Half of the special examples are held out each time, by turns: there are few, and all must be measured.</summary>
    private static bool Holds(Run run, ReadText text, int topics) =>
        text.Class < topics
            ? text.Fold == run.HeldFold || run.HidesTopic[text.Class]
            : (text.Fold % 2 == 0) == (run.HeldFold % 2 == 0);

    private static HeldOut TryOut(
        List<string> topics,
        List<ReadText> texts,
        Run run,
        int seed,
        CancellationToken cancellationToken
    )
    {
        var topicOf = new int[topics.Count];
        var left = new List<string>();
        for (var t = 0; t < topics.Count; t++)
        {
            topicOf[t] = run.HidesTopic[t] ? -1 : left.Count;
            if (!run.HidesTopic[t])
                left.Add(topics[t]);
        }
        var seen = texts
            .Where(t => !Holds(run, t, topics.Count))
            .Select(t => t with { Class = t.Class < topics.Count ? topicOf[t.Class] : left.Count })
            .ToList();
        var ensemble = TrainEnsemble(left, seen, seed, cancellationToken);
        var held = texts.Where(t => Holds(run, t, topics.Count)).ToList();
        return new HeldOut(
            run,
            ensemble,
            topicOf,
            held,
            held.ConvertAll(t => ensemble.Read(t.Text, t.Words, t.Encoded))
        );
    }

    private static Ensemble TrainEnsemble(
        List<string> topics,
        List<ReadText> texts,
        int seed,
        CancellationToken cancellationToken
    )
    {
        var knowsSpecial = texts.Exists(t => t.Class == topics.Count);
        var classes = topics.Count + (knowsSpecial ? 1 : 0);
        var most = CellsAllowed / (MemberTraining.Padded(classes) + Hidden + WordWidth);
        var vocabulary = Vocabulary.Learn(texts.Select(t => t.Words), texts.Count < 2_000 ? 1 : 2, most);
        var data = new TrainingTexts(
            [.. texts.Select(t => vocabulary.Vector(t.Words))],
            [.. texts.Select(t => t.Class)],
            [.. texts.Select(t => t.Weight)],
            classes
        );
        var seeds = new SeededRandom((ulong)seed);
        var linear = MemberTraining.TrainLinear(data, vocabulary.Count, seeds.Next(), cancellationToken);
        var net = MemberTraining.TrainNet(data, vocabulary.Count, Hidden, seeds.Next(), cancellationToken);
        var words = MemberTraining.TrainWords(data, vocabulary.Count, WordWidth, seeds.Next(), cancellationToken);
        var encoded = new EncodedTexts(
            [.. texts.Select(t => t.Encoded)],
            texts.Exists(t => t.Reduced is not null) ? [.. texts.Select(t => t.Reduced)] : null
        );
        var meaning = Array.Exists(encoded.Read, e => e is not null)
            ? MeaningTraining.Train(data, encoded, vocabulary.Count, seeds.Next(), cancellationToken)
            : null;
        return new Ensemble(vocabulary, linear, net, words, meaning, topics.Count, knowsSpecial);
    }
}
