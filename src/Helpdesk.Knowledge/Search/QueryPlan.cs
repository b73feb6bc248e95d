using System.Text;
using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Analysis.Stemming;

namespace Helpdesk.Knowledge.Search;

/// <summary>What is looked up for one word of the query: one stem, or several of which the best counts.</summary>
/// <param name="Weight">How much the query is about it, before its rarity; 0 for a stop word, which counts in answered questions alone.</param>
/// <param name="Stems">The word itself first. None for a word that the index does not know.</param>
internal sealed record Slot(double Weight, IReadOnlyList<PlannedStem> Stems)
{
    /// <summary>The rarity of the word itself, or of what stands in for it.</summary>
    public double Rarity { get; } = Stems.Count == 0 ? 0 : Stems[0].Rarity;

    /// <summary>How much it tells in a question; 1 for an unknown word.</summary>
    public double Telling { get; } = Stems.Count == 0 ? 1 : Stems[0].Telling;
}

/// <summary>A stem to look up.</summary>
/// <param name="Share">1 for the word itself, less for a guess at it.</param>
/// <param name="Rarity">Its inverse document frequency.</param>
/// <param name="Telling">How much it tells in a question.</param>
internal sealed record PlannedStem(string Text, double Share, double Rarity, double Telling);

/// <summary>A query, read: its words as stems that the index knows, corrected, completed and weighted.</summary>
/// <param name="UnknownRarity">The rarity of a word that no document has.</param>
internal sealed record QueryPlan(IReadOnlyList<Slot> Slots, IReadOnlyList<Correction> Corrections, double UnknownRarity)
{
    /// <summary>No word of it is known.</summary>
    public bool IsEmpty => Slots.All(slot => slot.Stems.Count == 0);
}

/// <summary>Reads queries for one state of the index.</summary>
internal sealed class QueryReader(
    IReadOnlyList<SegmentView> views,
    Sight sight,
    Ranking ranking,
    Language defaultLanguage,
    bool guessLanguage,
    Synonyms synonyms
)
{
    private const int MaxCompletions = 12;
    private const int MaxCorrections = 3;

    /// <summary>A longer text says things in more than one word by itself.</summary>
    private const int SynonymsUpTo = 24;

    private readonly int _languages = views.Aggregate(0, (bits, view) => bits | view.Segment.Languages);
    private readonly int _documents = views.Sum(view => view.Segment.Count);
    private readonly Dictionary<string, int> _slotOf = new(StringComparer.Ordinal);
    private readonly List<(double Count, double Weight, List<(string Stem, double Share)> Stems)> _slots = [];
    private readonly List<Correction> _corrections = [];
    private bool _isLong;

    public QueryPlan Read(SearchQuery query)
    {
        var buffer = new TokenBuffer();
        var text = query.Subject is null ? query.Text : query.Subject + "\n" + query.Text;
        Tokenizer.Split(text, buffer);
        var language = LanguageOf(query, text, buffer);
        _isLong = buffer.Count > SynonymsUpTo;
        var textStart = text.Length - query.Text.Length;
        var onlyStopWords = true;
        foreach (ref readonly var token in buffer.Tokens)
            onlyStopWords &= StopWords.Contains(language, buffer.Folded(token));
        for (var i = 0; i < buffer.Count; i++)
        {
            var token = buffer.Tokens[i];
            var word = buffer.Folded(token).ToString();
            var last = query.StillTyping && i == buffer.Count - 1 && token.Start + token.Length == text.Length;
            if (!onlyStopWords && !last && StopWords.Contains(language, word))
            {
                Put(StemsOf(word, token.Kind, language), 0);
                continue;
            }
            var weight = token.Start < textStart ? ranking.SubjectWeight : PositionWeight(i);
            if (WeakWords.Contains(language is Language.Unknown ? defaultLanguage : language, word))
                weight *= ranking.WeakWordWeight;
            if (last)
                Complete(word, weight, language);
            else if (WithSynonyms(word, token.Kind, language) is { Count: > 0 } known)
                Put(known, weight);
            else
                PutUnknown(word, token, weight, language, query, textStart);
            if (i > 0)
                PutJoined(buffer, i, weight, language);
        }
        return Finish(query.MaxWords);
    }

    private Language LanguageOf(SearchQuery query, string text, TokenBuffer buffer)
    {
        if (!guessLanguage)
            return defaultLanguage;
        if (query.Language is not Language.Unknown)
            return query.Language;
        var guess = LanguageGuess.Of(text, buffer, Language.Unknown);
        // a language that no document is written in: the few words that pointed there were chance
        return (_languages >> (int)guess & 1) == 0 ? Language.Unknown : guess;
    }

    private double PositionWeight(int position) =>
        ranking.HalfWeightAfterWords <= 0 ? 1 : 1 / (1 + (position / ranking.HalfWeightAfterWords));

    // without a hint at the language, the word's stem in each language that the index has
    private List<(string Stem, double Share)> StemsOf(string word, TokenKind kind, Language language)
    {
        if (kind is not TokenKind.Word || !guessLanguage)
            return [(word, 1)];
        if (language is not Language.Unknown)
            return [(Stem(word, language), 1)];
        var stems = new List<(string, double)>();
        for (var candidate = 0; candidate < 8; candidate++)
        {
            if (
                (_languages >> candidate & 1) != 0
                && Stem(word, (Language)candidate) is var stem
                && !stems.Contains((stem, 1))
            )
                stems.Add((stem, 1));
        }
        return stems;
    }

    // the known stems of a word and of its synonyms; none when none of them is known
    private List<(string Stem, double Share)> WithSynonyms(string word, TokenKind kind, Language language)
    {
        var stems = StemsOf(word, kind, language);
        AddSynonyms(stems, word, language);
        return stems.Exists(stem => Frequency(stem.Stem) > 0) ? stems : [];
    }

    private void AddSynonyms(List<(string Stem, double Share)> stems, string word, Language language)
    {
        if (_isLong)
            return;
        foreach (var synonym in synonyms.Of(language, word))
        {
            foreach (var (stem, _) in StemsOf(synonym, TokenKind.Word, language))
            {
                if (!stems.Exists(known => known.Stem == stem) && Frequency(stem) > 0)
                    stems.Add((stem, ranking.SynonymShare));
            }
        }
    }

    private static string Stem(string word, Language language)
    {
        Span<char> letters = stackalloc char[Tokenizer.MaxWordLength];
        word.CopyTo(letters);
        return new string(letters[..Stemmer.Stem(language, letters[..word.Length])]);
    }

    private bool IsKnown(string word, TokenKind kind, Language language) =>
        StemsOf(word, kind, language).Exists(stem => Frequency(stem.Stem) > 0);

    private void PutUnknown(
        string word,
        Token token,
        double weight,
        Language language,
        SearchQuery query,
        int textStart
    )
    {
        if (token.Kind is not TokenKind.Word || !guessLanguage)
        {
            Put([(word, 1)], weight);
            return;
        }
        var near =
            query.Exactly || WeakWords.Contains(language, word) || IsCommon(word, language)
                ? new([], null)
                : Spelling.Near(views, _languages, word, sight, MaxCorrections);
        if (near.StopWord is { } stop)
        {
            Put(StemsOf(stop, TokenKind.Word, language), 0);
            return;
        }
        if (near.Words.Count == 0)
        {
            if (!PutSplit(word, weight, language))
                Put([(word, 1)], weight);
            return;
        }
        var best = near.Words[0].Likelihood;
        var stems = new List<(string Stem, double Share)>();
        foreach (var candidate in near.Words)
        {
            var segment = candidate.View.Segment;
            var stem = segment.Stems.Text(segment.WordStems[candidate.Word]);
            if (!stems.Exists(known => known.Stem == stem))
                stems.Add((stem, Math.Exp(candidate.Likelihood - best) * ranking.CorrectionShare));
        }
        var form = Encoding.UTF8.GetString(WordKey.Form(near.Words[0].View.Segment.Words[near.Words[0].Word]));
        AddSynonyms(stems, form, language);
        Put(stems, weight);
        if (token.Start >= textStart)
        {
            _corrections.Add(new(token.Start - textStart, token.Length, form));
        }
    }

    private bool IsCommon(string word, Language language) =>
        CommonWords.Contains(language is Language.Unknown ? defaultLanguage : language, word);

    // two words written as one
    private bool PutSplit(string word, double weight, Language language)
    {
        var (bestAt, bestFrequency) = (0, 0);
        for (var at = 3; at <= word.Length - 3; at++)
        {
            var frequency = Math.Min(KnownUses(word[..at], language), KnownUses(word[at..], language));
            if (frequency > bestFrequency)
                (bestAt, bestFrequency) = (at, frequency);
        }
        if (bestAt == 0)
            return false;
        Put(StemsOf(word[..bestAt], TokenKind.Word, language), weight);
        Put(StemsOf(word[bestAt..], TokenKind.Word, language), weight);
        return true;
    }

    private int KnownUses(string word, Language language) =>
        StemsOf(word, TokenKind.Word, language).Max(stem => Frequency(stem.Stem));

    // one word written as two
    private void PutJoined(TokenBuffer buffer, int second, double weight, Language language)
    {
        var (a, b) = (buffer.Tokens[second - 1], buffer.Tokens[second]);
        if (
            a.Kind is not TokenKind.Word
            || b.Kind is not TokenKind.Word
            || a.FoldedLength + b.FoldedLength > Tokenizer.MaxWordLength
        )
            return;
        if (!guessLanguage || Math.Min(a.FoldedLength, b.FoldedLength) < 2)
            return;
        var joined = string.Concat(buffer.Folded(a), buffer.Folded(b));
        if (!StopWords.Contains(language, joined) && IsKnown(joined, TokenKind.Word, language))
            Put(StemsOf(joined, TokenKind.Word, language), weight);
    }

    private void Complete(string word, double weight, Language language)
    {
        var stems = IsKnown(word, TokenKind.Word, language) ? StemsOf(word, TokenKind.Word, language) : [];
        foreach (var (view, completed) in Spelling.Beginning(views, _languages, word, sight, MaxCompletions))
        {
            var stem = view.Segment.Stems.Text(view.Segment.WordStems[completed]);
            if (!stems.Exists(known => known.Stem == stem))
                stems.Add((stem, 0.7));
        }
        Put(stems.Count == 0 ? [(word, 1)] : stems, weight);
    }

    private void Put(List<(string Stem, double Share)> stems, double weight)
    {
        var key = stems[0].Stem;
        if (_slotOf.TryGetValue(key, out var at))
        {
            var known = _slots[at];
            _slots[at] = (known.Count + 1, Math.Max(known.Weight, weight), known.Stems);
            return;
        }
        _slotOf.Add(key, _slots.Count);
        _slots.Add((1, weight, stems));
    }

    private QueryPlan Finish(int maxWords)
    {
        var unknown = Rarity(0);
        var slots = _slots.Select(slot => new Slot(
            slot.Weight * slot.Count * (ranking.QueryK + 1) / (slot.Count + ranking.QueryK),
            [
                .. slot
                    .Stems.Select(stem => (stem.Stem, stem.Share, Frequency: Frequency(stem.Stem)))
                    .Where(stem => stem.Frequency > 0)
                    .Select(stem => new PlannedStem(stem.Stem, stem.Share, Rarity(stem.Frequency), Telling(stem.Stem))),
            ]
        ));
        var kept = slots
            .OrderByDescending(slot => slot.Weight * (slot.Stems.Count == 0 ? unknown : slot.Rarity))
            .Take(maxWords);
        return new([.. kept], _corrections, unknown);
    }

    private double Rarity(int frequency) => Math.Log(1 + ((_documents - frequency + 0.5) / (frequency + 0.5)));

    // the largest segment knows best
    private double Telling(string stem)
    {
        Span<byte> bytes = stackalloc byte[WordKey.MaxBytes];
        var key = bytes[..Encoding.UTF8.GetBytes(stem, bytes)];
        foreach (var view in views)
        {
            if (view.Segment.Stems.Find(key) is >= 0 and var id)
                return view.Segment.Telling[id];
        }
        return 1;
    }

    private int Frequency(string stem)
    {
        Span<byte> bytes = stackalloc byte[WordKey.MaxBytes];
        var key = bytes[..Encoding.UTF8.GetBytes(stem, bytes)];
        var sum = 0;
        foreach (var view in views)
        {
            // a word that stands only where the reader may not look is an unknown one
            if (
                view.Segment.Stems.Find(key) is >= 0 and var id
                && (!sight.Hides(view.Segment) || view.IsStemVisible(id, sight.Of(view.Segment)))
            )
                sum += view.Segment.StemDocuments[id];
        }
        return sum;
    }
}
