using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Search;

namespace Helpdesk.Knowledge.Matching;

/// <summary>Why something was found; pages put it into words.</summary>
public abstract record FitReason
{
    /// <summary>It has answered questions like this one.</summary>
    /// <param name="Questions">How many; at least 1.</param>
    public sealed record AnsweredBefore(int Questions) : FitReason;

    /// <summary>Its title speaks of the same.</summary>
    /// <param name="Words">As the title writes them, the weightiest first; at most three.</param>
    public sealed record TitleSays(IReadOnlyList<string> Words) : FitReason;

    /// <summary>Its text speaks of the same.</summary>
    /// <param name="Words">As the text writes them, the weightiest first; at most three.</param>
    public sealed record TextSays(IReadOnlyList<string> Words) : FitReason;

    /// <summary>The strongest of the reasons that a hit has.</summary>
    public static FitReason Of(SearchHit hit, string title, string text, Analysis.Language language)
    {
        if (hit.AnsweredQuestions > 0)
            return new AnsweredBefore(hit.AnsweredQuestions);
        var inTitle = WordsOf(hit, title, language, MatchedFields.Title);
        return inTitle.Count > 0
            ? new TitleSays(inTitle)
            : new TextSays(WordsOf(hit, text, language, MatchedFields.Body));
    }

    private static List<string> WordsOf(SearchHit hit, string text, Analysis.Language language, MatchedFields field)
    {
        var stems = hit
            .Words.Where(word => word.Fields.HasFlag(field))
            .Take(3)
            .ToDictionary(word => word.Stem, word => word.Share, StringComparer.Ordinal);
        return
        [
            .. Highlighter
                .Mark(text, language, stems)
                .Where(part => part.IsHit)
                .Select(part => part.Text)
                // part of a phrase that fits, and no reason by itself
                .Where(word => !StopWords.Contains(language, word.ToLowerInvariant()))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Take(3),
        ];
    }
}
