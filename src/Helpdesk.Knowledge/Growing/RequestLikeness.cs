using Helpdesk.Knowledge.Analysis;

namespace Helpdesk.Knowledge.Growing;

/// <summary>A resolved request: what was asked, and the last word of the desk.</summary>
internal sealed record Answered(
    long Id,
    string Subject,
    long CustomerId,
    string CustomerName,
    int? TopicId,
    string Question,
    string Answer
);

/// <summary>How alike requests are, by what was asked and by what was answered.</summary>
internal sealed class RequestLikeness
{
    /// <summary>From these cosines on two questions, and two answers, are alike.</summary>
    private const double AlikeQuestions = 0.3;
    private const double AlikeAnswers = 0.5;

    private readonly Dictionary<long, (Dictionary<string, double> Question, Dictionary<string, double> Answer)> _of;

    public RequestLikeness(IEnumerable<Answered> tickets)
    {
        var distinct = tickets.DistinctBy(ticket => ticket.Id).ToList();
        var questions = TellingStems.Vectors([.. distinct.Select(t => t.Subject + "\n" + t.Question)]);
        var answers = TellingStems.Vectors([.. distinct.Select(t => t.Answer)]);
        _of = distinct.Index().ToDictionary(t => t.Item.Id, t => (questions[t.Index], answers[t.Index]));
    }

    public bool AreAlike(Answered a, Answered b) =>
        TellingStems.Cosine(_of[a.Id].Question, _of[b.Id].Question) >= AlikeQuestions
        && TellingStems.Cosine(_of[a.Id].Answer, _of[b.Id].Answer) >= AlikeAnswers;
}

/// <summary>The stems of a text that say something: without stop words, in no order, each once.</summary>
internal static class TellingStems
{
    public static SortedSet<string> Of(string text) =>
        new(StemmedWords.Of(text).Select(word => word.Stem), StringComparer.Ordinal);

    /// <summary>For each text its stems as a vector of length 1; the rarer a stem among the texts, the weightier.</summary>
    public static List<Dictionary<string, double>> Vectors(IReadOnlyList<string> texts)
    {
        var stems = texts.Select(Of).ToList();
        var rarities = stems
            .SelectMany(of => of)
            .GroupBy(stem => stem, StringComparer.Ordinal)
            .ToDictionary(
                stem => stem.Key,
                stem => Math.Log(1 + ((double)texts.Count / stem.Count())),
                StringComparer.Ordinal
            );
        return stems.ConvertAll(of =>
        {
            var length = Math.Sqrt(of.Sum(stem => rarities[stem] * rarities[stem]));
            return of.ToDictionary(stem => stem, stem => rarities[stem] / length, StringComparer.Ordinal);
        });
    }

    public static double Cosine(Dictionary<string, double> a, Dictionary<string, double> b)
    {
        var (fewer, more) = a.Count <= b.Count ? (a, b) : (b, a);
        return fewer.Sum(pair => pair.Value * more.GetValueOrDefault(pair.Key));
    }
}
