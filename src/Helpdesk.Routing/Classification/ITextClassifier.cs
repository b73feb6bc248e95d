namespace Helpdesk.Routing.Classification;

/// <summary>Learns to tell texts apart. One implementation is built in; others may be plugged in beside it.</summary>
public interface ITextClassifierTrainer
{
    /// <summary>Names the form of the model's bytes, so that a stored model finds its reader again.</summary>
    string Format { get; }

    /// <param name="examples">At least two topics; fewer examples mean flatter probabilities, not an error.</param>
    /// <exception cref="ArgumentException">There are fewer than two topics.</exception>
    TrainedClassifier Train(
        IReadOnlyList<TrainingExample> examples,
        TrainingOptions options,
        CancellationToken cancellationToken
    );

    /// <exception cref="InvalidDataException">The bytes are not a whole model of this format.</exception>
    ITextClassifier Load(ReadOnlyMemory<byte> bytes);
}

/// <summary>A trained model. Holds no state between calls: many threads may use one.</summary>
public interface ITextClassifier
{
    /// <summary>The topics it knows, in the order of every list of probabilities.</summary>
    IReadOnlyList<string> Topics { get; }

    /// <summary>What the model promised when it was trained.</summary>
    ModelPromises Promises { get; }

    /// <summary>Reads the whole text as one request.</summary>
    TextPrediction Predict(string text);

    /// <summary>Cuts the text where its topic changes.</summary>
    TextParts Parts(string text);

    /// <summary>The words that spoke most for this topic and against the others, strongest first.</summary>
    /// <param name="topic">A place in <see cref="Topics"/>.</param>
    IReadOnlyList<DecidingWord> Explain(string text, int topic, int most);

    /// <summary>The same model, moved by corrections made since it was trained, without training anew. Always from the model as it was trained:
    /// corrections given earlier are forgotten. <see cref="ToBytes"/> keeps none.</summary>
    /// <param name="corrections">The oldest first; some hundreds at most.</param>
    ITextClassifier With(IReadOnlyList<TrainingExample> corrections);

    ReadOnlyMemory<byte> ToBytes();
}

/// <param name="OfOlder">One that learned from the older examples only; null where it was not asked for, or there were too few.</param>
/// <param name="Newest">Those that it has not seen: their places among the examples given.</param>
public sealed record TrainedClassifier(ITextClassifier Classifier, ITextClassifier? OfOlder, IReadOnlyList<int> Newest);

/// <param name="Topic">Null for a request known to be outside all topics.</param>
/// <param name="Weight">How much it counts; 1 is an ordinary confirmed example.</param>
/// <param name="At">Since when it is known; null for what has no date.</param>
public record TrainingExample(string Text, string? Topic, float Weight = 1f, DateTimeOffset? At = null);

public sealed record TrainingOptions
{
    /// <summary>The same seed, examples and order give the same model.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many cores training may use; the model does not depend on it.</summary>
    public int Cores { get; init; } = 1;

    /// <summary>How many of the newest dated examples one trial does without and is asked about: it stands where the desk stood before them. 0 = as many
    /// of all examples, whatever their date.</summary>
    public int Newest { get; init; }

    /// <summary>No trials: a model within a second, which promises nothing.</summary>
    public bool SkipTrials { get; init; }

    /// <summary>The share of special requests in real traffic that promised precisions must bear when special
    /// examples are given. Without special examples the promise is about requests within the topics.</summary>
    public double ExpectedSpecialShare { get; init; } = 0.18;
}

/// <param name="Probabilities">Of each topic, given that the request is about one of them; calibrated; sum 1.</param>
/// <param name="Special">Probability, at even odds, that the request is outside all topics.</param>
/// <param name="Confidence">Probability that the best topic is right.</param>
public sealed record TextPrediction(float[] Probabilities, float Special, float Confidence)
{
    public int Best => VectorMath.IndexOfMax(Probabilities);

    /// <summary>Whether corrections made since the training made another topic the best, or moved it across the limit of special ones.</summary>
    public bool IsCorrected { get; init; }
}

/// <param name="List">In the order of the text; never empty. One means one matter.</param>
/// <param name="Combined">Probability, at even odds, that the topic changes somewhere in the text.</param>
public sealed record TextParts(IReadOnlyList<TextPart> List, float Combined);

/// <summary>A stretch of the text about one topic.</summary>
/// <param name="Start">First character, counted in the text as it was given.</param>
public sealed record TextPart(int Start, int Length, TextPrediction Prediction);

/// <param name="Weight">Its share of everything that spoke for the topic, 0..1.</param>
public sealed record DecidingWord(string Word, int Start, int Length, float Weight);

/// <summary>Limits fixed when the model was trained, on texts it had not seen.</summary>
/// <param name="SpecialAbove">A request with a higher special score counts as special; at most 5 % of those within the
/// topics do.</param>
/// <param name="Precision">For a promised share of right answers, the confidence from which the promise held with
/// 90 % certainty; above 1 where no confidence was enough.</param>
/// <param name="HeldOutExamples">How many unseen texts the limits rest on; 0 when there were too few to measure.</param>
public sealed record ModelPromises(
    float SpecialAbove,
    IReadOnlyDictionary<double, float> Precision,
    int HeldOutExamples,
    float HeldOutAccuracy
);
