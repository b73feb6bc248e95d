using System.Runtime.InteropServices;

namespace Helpdesk.Routing.Classification;

/// <summary>The n-grams of a text that the model knows, each with its weight.</summary>
/// <param name="Ids">Ascending, each once.</param>
/// <param name="Weights">Length 1 over the whole-word n-grams, and again over the character n-grams.</param>
/// <param name="KnownShare">Share of the text's character n-grams that the model has seen, 0..1.</param>
/// <param name="KnownWordShare">Share of its whole-word n-grams that the model has seen, 0..1.</param>
/// <param name="ByWord">The same n-grams word by word.</param>
internal readonly record struct TextVector(
    int[] Ids,
    float[] Weights,
    float KnownShare,
    float KnownWordShare,
    WordNgrams ByWord
);

/// <summary>The known n-grams of a text in the order of its words.</summary>
/// <param name="Ends">For each word with known n-grams, where its n-grams end.</param>
/// <param name="Weights">Length 1 over the n-grams of each word.</param>
internal readonly record struct WordNgrams(int[] Ids, float[] Weights, int[] Ends);

/// <summary>
/// Which n-grams count, and how much: weight = (1 + ln count in the text) · √idf, idf = ln((1 + N) / (1 + df)) + 1,
/// scaled to length 1 separately for whole words and for runs of characters, so that neither drowns the other.
/// </summary>
/// <remarks>The root of the idf instead of the idf itself measured better on short requests (a rare n-gram of a short
/// text is more often a slip of the pen than a clue).</remarks>
internal sealed class Vocabulary
{
    private readonly uint[] _hashes;
    private readonly float[] _weights;
    private readonly bool[] _wholeWord;
    private readonly int[] _slots;
    private readonly int _mask;
    private readonly float _rarest;

    public Vocabulary(uint[] hashes, float[] weights, bool[] wholeWord)
    {
        (_hashes, _weights, _wholeWord) = (hashes, weights, wholeWord);
        _rarest = weights.Length == 0 ? 1 : weights.Max();
        var size = 16;
        while (size < hashes.Length * 2)
            size *= 2;
        _mask = size - 1;
        _slots = new int[size];
        for (var id = 0; id < hashes.Length; id++)
        {
            var slot = (int)hashes[id] & _mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & _mask;
            _slots[slot] = id + 1;
        }
    }

    public int Count => _hashes.Length;

    public ReadOnlySpan<uint> Hashes => _hashes;

    public ReadOnlySpan<float> Weights => _weights;

    public ReadOnlySpan<bool> WholeWord => _wholeWord;

    /// <summary>Collects the n-grams that occur in at least <paramref name="minTexts"/> texts; of more than
    /// <paramref name="most"/> it keeps those found in most texts.</summary>
    public static Vocabulary Learn(IEnumerable<List<TextFeatures.Word>> texts, int minTexts, int most)
    {
        var seen = new Dictionary<uint, Occurrence>();
        var count = 0;
        foreach (var words in texts)
        {
            var sink = new CountingSink(seen, ++count);
            TextFeatures.Visit(words, ref sink);
        }
        var kept = seen.Where(n => n.Value.Texts >= minTexts)
            .OrderByDescending(n => n.Value.Texts)
            .ThenBy(n => n.Key)
            .Take(most)
            .OrderBy(n => n.Key)
            .ToList();
        return new Vocabulary(
            [.. kept.Select(n => n.Key)],
            [.. kept.Select(n => MathF.Sqrt(MathF.Log((1f + count) / (1f + n.Value.Texts)) + 1f))],
            [.. kept.Select(n => n.Value.WholeWord)]
        );
    }

    /// <summary>How much an n-gram counts; one that no text had as much as the rarest.</summary>
    public float WeightOf(uint hash) => Find(hash) is >= 0 and var id ? _weights[id] : _rarest;

    /// <summary>The number of a known n-gram, or -1.</summary>
    public int Find(uint hash)
    {
        for (var slot = (int)hash & _mask; _slots[slot] != 0; slot = (slot + 1) & _mask)
            if (_hashes[_slots[slot] - 1] == hash)
                return _slots[slot] - 1;
        return -1;
    }

    public TextVector Vector(List<TextFeatures.Word> words)
    {
        var sink = new VectorSink(this, new List<int>(words.Count * 16));
        TextFeatures.Visit(words, ref sink);
        var ids = CollectionsMarshal.AsSpan(sink.Known);
        var byWord = ByWord(ids, sink.Ends());
        ids.Sort();
        var distinct = CountDistinct(ids);
        var (uniqueIds, weights) = (new int[distinct], new float[distinct]);
        var (wordSquares, runSquares) = (0f, 0f);
        for (int i = 0, next = 0; i < ids.Length; next++)
        {
            var run = 1;
            while (i + run < ids.Length && ids[i + run] == ids[i])
                run++;
            var weight = (run == 1 ? 1f : 1f + MathF.Log(run)) * _weights[ids[i]];
            (uniqueIds[next], weights[next]) = (ids[i], weight);
            if (_wholeWord[ids[i]])
                wordSquares += weight * weight;
            else
                runSquares += weight * weight;
            i += run;
        }
        var (wordScale, runScale) = (Inverse(wordSquares), Inverse(runSquares));
        for (var i = 0; i < distinct; i++)
            weights[i] *= _wholeWord[uniqueIds[i]] ? wordScale : runScale;
        return new TextVector(
            uniqueIds,
            weights,
            sink.KnownRuns / (sink.Runs + 1f),
            sink.KnownWords / (sink.Words + 1f),
            byWord
        );
    }

    private WordNgrams ByWord(ReadOnlySpan<int> ids, int[] ends)
    {
        var weights = new float[ids.Length];
        for (int word = 0, start = 0; word < ends.Length; start = ends[word++])
        {
            var squares = 0f;
            for (var i = start; i < ends[word]; i++)
                squares += _weights[ids[i]] * _weights[ids[i]];
            var scale = Inverse(squares);
            for (var i = start; i < ends[word]; i++)
                weights[i] = _weights[ids[i]] * scale;
        }
        return new WordNgrams(ids.ToArray(), weights, ends);
    }

    private static float Inverse(float squares) => squares > 0 ? 1 / MathF.Sqrt(squares) : 0;

    private static int CountDistinct(ReadOnlySpan<int> sorted)
    {
        var distinct = 0;
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1])
                distinct++;
        return distinct;
    }

    private struct Occurrence
    {
        public int Texts;
        public int LastText;
        public bool WholeWord;
    }

    private readonly struct CountingSink(Dictionary<uint, Occurrence> seen, int text) : TextFeatures.ISink
    {
        public void See(uint hash, bool wholeWords, int word)
        {
            ref var occurrence = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, hash, out _);
            if (occurrence.LastText == text)
                return;
            occurrence.Texts++;
            occurrence.LastText = text;
            occurrence.WholeWord = wholeWords;
        }
    }

    private struct VectorSink(Vocabulary vocabulary, List<int> known) : TextFeatures.ISink
    {
        private readonly List<int> _ends = [];
        private int _word = -1;

        public readonly List<int> Known => known;
        public int Words;
        public int KnownWords;
        public int Runs;
        public int KnownRuns;

        public void See(uint hash, bool wholeWords, int word)
        {
            var id = vocabulary.Find(hash);
            if (id >= 0)
            {
                if (word != _word && known.Count > 0)
                    _ends.Add(known.Count);
                _word = word;
                known.Add(id);
            }
            if (wholeWords)
                (Words, KnownWords) = (Words + 1, KnownWords + (id >= 0 ? 1 : 0));
            else
                (Runs, KnownRuns) = (Runs + 1, KnownRuns + (id >= 0 ? 1 : 0));
        }

        public readonly int[] Ends() => known.Count == 0 ? [] : [.. _ends, known.Count];
    }
}
