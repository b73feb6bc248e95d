using Helpdesk.Knowledge.Search;

namespace Helpdesk.Knowledge.Tests.Search;

/// <summary>
/// The formula of <see cref="Ranking"/> computed the slow and obvious way, for texts whose words are their own stems (language unknown,
/// nothing guessed): what the index must give.
/// </summary>
internal static class ReferenceRanking
{
    public static List<(long Id, double Score)> Rank(
        IReadOnlyList<IndexedDocument> documents,
        string query,
        Ranking ranking,
        ReaderKinds? audience
    )
    {
        var all = documents.Select(document => new Words(document)).ToList();
        var words = query
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(word => word)
            .Select(g => (Word: g.Key, Count: g.Count()))
            .ToList();
        var visible = all.Where(document =>
                document.Document.Audience is not { } readers || audience is null || readers.Overlaps(audience)
            )
            .ToList();
        // a word that stands only where the reader may not look is an unknown one
        double Rarity(List<Words> of, string word) =>
            RarityIn(of, visible.Exists(document => document.Has(word)) ? word : "");
        double TellingOf(string word) => visible.Exists(document => document.Has(word)) ? Telling(all, word) : 1;
        var averageTitle = Math.Max(1, all.Average(document => document.Title.Length));
        var averageBody = Math.Max(1, all.Average(document => document.Body.Length));
        var weights = words.ToDictionary(
            word => word.Word,
            word => word.Count * (ranking.QueryK + 1) / (word.Count + ranking.QueryK)
        );
        var perfect = ranking.PerfectValue * words.Sum(word => weights[word.Word] * Rarity(all, word.Word));
        var telling = words.Sum(word => TellingOf(word.Word));
        var queryNorm = Math.Sqrt(words.Sum(word => Math.Pow(TellingOf(word.Word), 2)));
        var askedWeight = ranking.AskedWeightAt(all.Average(document => document.Questions.Count));
        var scored = new List<(long Id, double Score)>();
        foreach (var document in visible)
        {
            if (!words.Any(word => document.Has(word.Word)))
                continue;
            double score = 0;
            foreach (var (word, _) in words)
            {
                var text =
                    (
                        ranking.TitleWeight
                        * Saturated(
                            document.Title.Count(w => w == word),
                            document.Title.Length / averageTitle,
                            ranking.TitleK,
                            ranking.TitleB
                        )
                    )
                    + (
                        ranking.BodyWeight
                        * Saturated(
                            document.Body.Count(w => w == word),
                            document.Body.Length / averageBody,
                            ranking.BodyK,
                            ranking.BodyB
                        )
                    );
                double asked = document.Asked.Count(question => question.Contains(word));
                score += weights[word] * Rarity(all, word) * text / perfect;
                if (asked > 0)
                    score +=
                        askedWeight
                        * Telling(all, word)
                        * asked
                        / (asked + (ranking.QuestionK * (document.Asked.Count + ranking.QuestionPrior)))
                        / telling;
            }
            var similar = document
                .Asked.Select(question => Similarity(all, question, words.ConvertAll(word => word.Word), queryNorm))
                .Where(similarity => similarity > 0)
                .OrderDescending()
                .ToList();
            if (similar.Count > 0)
            {
                var shares = Enumerable
                    .Range(0, ranking.NearestCount)
                    .Select(i => Math.Pow(ranking.NearestDecay, i))
                    .ToList();
                score +=
                    ranking.NearestWeight
                    * similar.Zip(shares, (similarity, share) => similarity * share).Sum()
                    / shares.Sum();
            }
            scored.Add((document.Document.Id, score));
        }
        return [.. scored.OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Id)];
    }

    private static double Saturated(int count, double length, double k, double b) =>
        count == 0 ? 0 : count * (k + 1) / (count + (k * (1 - b + (b * length))));

    private static double RarityIn(List<Words> all, string word)
    {
        var frequency = all.Count(document => document.Has(word));
        return Math.Log(1 + ((all.Count - frequency + 0.5) / (frequency + 0.5)));
    }

    private static double Telling(List<Words> all, string word)
    {
        var asked = all.Select(document => (double)document.Asked.Count(question => question.Contains(word)))
            .Where(n => n > 0)
            .ToList();
        var documents = all.Count(document => document.Asked.Count > 0);
        if (asked.Count == 0 || documents < 2)
            return 1;
        var entropy = -asked.Sum(n => n / asked.Sum() * Math.Log(n / asked.Sum()));
        return Math.Clamp(1 - (entropy / Math.Log(documents)), 0.001, 1);
    }

    private static double Similarity(List<Words> all, HashSet<string> question, List<string> words, double queryNorm)
    {
        var product = words.Where(question.Contains).Sum(word => Math.Pow(Telling(all, word), 2));
        var norm = Math.Sqrt(question.Sum(word => Math.Pow(Telling(all, word), 2)));
        return product == 0 ? 0 : Math.Min(1, product / (norm * queryNorm));
    }

    private sealed class Words(IndexedDocument document)
    {
        public IndexedDocument Document { get; } = document;
        public string[] Title { get; } = Split(document.Title);
        public string[] Body { get; } = Split(document.Body);
        public List<HashSet<string>> Questions { get; } =
        [.. document.Questions.Select(q => Split(q).ToHashSet()).Where(q => q.Count > 0)];
        public List<HashSet<string>> Asked => Title.Length == 0 ? Questions : [Title.ToHashSet(), .. Questions];

        public bool Has(string word) =>
            Title.Contains(word) || Body.Contains(word) || Questions.Exists(question => question.Contains(word));

        private static string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
