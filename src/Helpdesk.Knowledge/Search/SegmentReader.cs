using System.Text;

namespace Helpdesk.Knowledge.Search;

/// <summary>One segment's documents seen through the stems of a query.</summary>
internal sealed class SegmentReader
{
    private const int MaxWordsOfQuestion = 64;

    private readonly Segment _segment;
    private readonly DocumentScorer _scorer;
    private readonly Dictionary<int, int> _numberOfStem = [];
    private readonly ulong[] _maybe = new ulong[16];
    private readonly StemCount[] _counts;
    private readonly double[] _sharedTelling;
    private readonly double _queryNorm;
    private readonly int[] _seen = new int[MaxWordsOfQuestion];
    private FieldLengths _lengths;

    public SegmentReader(Segment segment, Ranking ranking, PlannedStem[] stems, double queryNorm)
    {
        (_segment, _queryNorm) = (segment, queryNorm);
        _scorer = new DocumentScorer(ranking, segment.Averages);
        _counts = new StemCount[stems.Length];
        _sharedTelling = [.. stems.Select(stem => stem.Share * stem.Telling * stem.Telling)];
        Span<byte> bytes = stackalloc byte[WordKey.MaxBytes];
        for (var i = 0; i < stems.Length; i++)
        {
            if (segment.Stems.Find(bytes[..Encoding.UTF8.GetBytes(stems[i].Text, bytes)]) is not (>= 0 and var id))
                continue;
            _numberOfStem[id] = i;
            _maybe[(id >> 6) & 15] |= 1UL << (id & 63);
        }
    }

    public long Id { get; private set; }

    /// <summary>How much of the query each question with a common word covers, as a cosine; title first. The caller may sort it.</summary>
    public List<double> Similarities { get; } = [];

    public bool Has(int stem) => _counts[stem] != default;

    public double TextValueOf(int stem) =>
        _scorer.Title(_counts[stem], _lengths) + _scorer.Body(_counts[stem], _lengths);

    public double AskedShareOf(int stem) => _scorer.AskedShare(_counts[stem], _lengths);

    public MatchedFields FieldsOf(int stem) =>
        (_counts[stem].InTitle > 0 ? MatchedFields.Title : MatchedFields.None)
        | (_counts[stem].InBody > 0 ? MatchedFields.Body : MatchedFields.None)
        | (_counts[stem].InQuestions > 0 ? MatchedFields.Questions : MatchedFields.None);

    /// <summary>Answered questions, without the title, of at least this similarity.</summary>
    public int AnsweredQuestionsAlike(double similarity) =>
        Math.Max(0, Similarities.Count(value => value >= similarity) - (TitleSimilarity >= similarity ? 1 : 0));

    private double TitleSimilarity { get; set; }

    public void Read(int document)
    {
        Id = _segment.Ids[document];
        Array.Clear(_counts);
        Similarities.Clear();
        var reader = _segment.Read(document);
        var (title, body) = ReadWords(ref reader);
        var questions = reader.Next();
        for (var left = questions; left > 0; left--)
            ReadQuestion(ref reader);
        _lengths = new(title, body, questions);
    }

    private (int Title, int Body) ReadWords(ref ForwardReader reader)
    {
        int title = 0,
            body = 0;
        double norm = 0,
            product = 0;
        for (var left = reader.Next(); left > 0; left--)
        {
            var (word, inTitle, inBody) = reader.NextWord();
            var stem = _segment.WordStems[word];
            title += inTitle;
            body += inBody;
            if (inTitle > 0)
                norm += _segment.Telling[stem] * _segment.Telling[stem];
            if (!Asks(stem, out var number))
                continue;
            ref var count = ref _counts[number];
            if (inTitle > 0 && count.InTitle == 0)
                product += _sharedTelling[number];
            count.InTitle += inTitle;
            count.InBody += inBody;
        }
        TitleSimilarity = product > 0 ? Cosine(product, norm) : 0;
        if (product > 0)
            Similarities.Add(TitleSimilarity);
        return (title, body);
    }

    private void ReadQuestion(ref ForwardReader reader)
    {
        var distinct = 0;
        double norm = 0,
            product = 0;
        for (var words = reader.Next(); words > 0; words--)
        {
            var stem = _segment.WordStems[reader.Next()];
            if (distinct == MaxWordsOfQuestion || _seen.AsSpan(0, distinct).Contains(stem))
                continue;
            _seen[distinct++] = stem;
            norm += _segment.Telling[stem] * _segment.Telling[stem];
            if (!Asks(stem, out var number))
                continue;
            product += _sharedTelling[number];
            _counts[number].InQuestions++;
        }
        if (product > 0)
            Similarities.Add(Cosine(product, norm));
    }

    private double Cosine(double product, double squaredNorm) =>
        Math.Min(1, product / (Math.Sqrt(squaredNorm) * _queryNorm));

    // most words are not asked for: a bit array says so before the dictionary is looked into
    private bool Asks(int stem, out int number)
    {
        if ((_maybe[(stem >> 6) & 15] >> (stem & 63) & 1) != 0)
            return _numberOfStem.TryGetValue(stem, out number);
        number = 0;
        return false;
    }
}
