namespace Helpdesk.Knowledge.Search;

/// <summary>
/// The constants of the ranking formula. BM25 in three fields, each saturated and normalised by itself:
/// <c>score = Σ idf · Σ weight · n·(k+1) / (n + k·(1 − b + b·length/average))</c>, to which the answered questions most like the query add.
/// </summary>
public sealed record Ranking
{
    /// <summary>Articles, searched by questions.</summary>
    public static Ranking Articles { get; } = new();

    /// <summary>Tickets, searched by tickets: the subject line decides.</summary>
    public static Ranking Tickets { get; } =
        new()
        {
            TitleWeight = 4,
            HalfWeightAfterWords = 30,
            BodyK = 1.2,
            BodyB = 0.75,
            AskedWeight = 0,
            AskedWeightOfMany = 0,
            NearestWeight = 0,
        };

    public double TitleWeight { get; init; } = 1.5;
    public double TitleK { get; init; } = 1.2;
    public double TitleB { get; init; } = 0.6;
    public double BodyWeight { get; init; } = 1;
    public double BodyK { get; init; } = 0.8;
    public double BodyB { get; init; } = 0.6;

    /// <summary>Weight of the share of answered questions that hold a word, while looking for candidates.</summary>
    public double QuestionWeight { get; init; } = 2;

    /// <summary>Weight of the same share when candidates are judged, against 1 for the words of title and body.</summary>
    public double AskedWeight { get; init; } = 0.8;

    /// <summary>What <see cref="AskedWeight"/> gains where documents have very many questions; half of it at 50 a document.</summary>
    public double AskedWeightOfMany { get; init; } = 4;

    /// <summary>The weight of the share where documents have this many answered questions on average.</summary>
    public double AskedWeightAt(double questions) =>
        AskedWeight + (AskedWeightOfMany * questions * questions / ((questions * questions) + (50 * 50)));

    /// <summary>The share of questions at which a word has half its weight.</summary>
    public double QuestionK { get; init; } = 0.07;

    /// <summary>Questions that are added to every document's count, so that one question alone does not speak for an article.</summary>
    public double QuestionPrior { get; init; } = 2;

    /// <summary>Weight of the most similar answered questions against the words' score.</summary>
    public double NearestWeight { get; init; } = 1.3;

    /// <summary>What each next similar question counts against the one before.</summary>
    public double NearestDecay { get; init; } = 0.7;

    /// <summary>The weight in a document at which a word counts as fully answered.</summary>
    public double PerfectValue { get; init; } = 4;

    /// <summary>How many of the most similar answered questions are averaged.</summary>
    public int NearestCount { get; init; } = 3;

    /// <summary>How many candidates of the words' score are compared question by question.</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>How fast words later in a ticket's text lose weight: half at this many words; 0 for never.</summary>
    public double HalfWeightAfterWords { get; init; }

    /// <summary>How much a word weighs that the query repeats n times: n·(k+1)/(n+k).</summary>
    public double QueryK { get; init; } = 1;

    /// <summary>Weight of the words that a question is wrapped in.</summary>
    public double WeakWordWeight { get; init; } = 0.5;

    /// <summary>What a corrected word counts against a known one.</summary>
    public double CorrectionShare { get; init; } = 0.95;

    /// <summary>What a synonym counts against the word itself.</summary>
    public double SynonymShare { get; init; } = 0.45;

    /// <summary>Weight of the subject's words against the text's.</summary>
    public double SubjectWeight { get; init; } = 2;
}
