using System.Runtime.InteropServices;

namespace Helpdesk.Knowledge.Search;

/// <summary>Turns the documents' records into postings, block by block.</summary>
internal sealed class PostingsBuilder(Ranking ranking, FieldAverages averages, int[] wordStems, int stems, int words)
{
    private readonly DocumentScorer _scorer = new(ranking, averages);
    private readonly StemCounts _counts = new(stems);
    private readonly List<(int Stem, ushort Document, byte Impact)> _postings = [];

    public int[] StemDocuments { get; } = new int[stems];

    /// <summary>For each stem the answered questions that hold it, of all documents.</summary>
    public int[] StemQuestions { get; } = new int[stems];

    /// <summary>For each stem the sum of n·ln n over the documents, n of whose questions hold it.</summary>
    public double[] StemQuestionLogs { get; } = new double[stems];

    /// <summary>Documents with answered questions.</summary>
    public int DocumentsWithQuestions { get; private set; }

    public int[] WordUses { get; } = new int[words];

    public PostingBlock Block(byte[] forward, int[] starts, int first, int end)
    {
        _postings.Clear();
        for (var document = first; document < end; document++)
        {
            var record = forward.AsSpan(starts[document], starts[document + 1] - starts[document]);
            _counts.Read(new ForwardReader(record), wordStems, WordUses);
            if (_counts.Lengths.Asked > 0)
                DocumentsWithQuestions++;
            foreach (var stem in _counts.Stems)
            {
                StemDocuments[stem]++;
                if (_counts[stem].Asked is > 0 and var asked)
                {
                    StemQuestions[stem] += asked;
                    StemQuestionLogs[stem] += asked * Math.Log(asked);
                }
                var value = _scorer.Value(_counts[stem], _counts.Lengths);
                _postings.Add((stem, (ushort)(document - first), Impact.Encode(value)));
            }
        }
        return Sorted(first);
    }

    // a counting sort by stem keeps the documents' order within each
    private PostingBlock Sorted(int first)
    {
        var counts = new int[stems + 1];
        foreach (var (stem, _, _) in _postings)
            counts[stem + 1]++;
        var present = new List<int>();
        var ends = new List<int>();
        for (var stem = 0; stem < stems; stem++)
        {
            if (counts[stem + 1] > 0)
            {
                present.Add(stem);
                ends.Add(counts[stem] + counts[stem + 1]);
            }
            counts[stem + 1] += counts[stem];
        }
        var documents = new ushort[_postings.Count];
        var impacts = new byte[_postings.Count];
        foreach (var (stem, document, impact) in _postings)
        {
            var at = counts[stem]++;
            documents[at] = document;
            impacts[at] = impact;
        }
        return PostingBlock.Of(first, [.. present], [.. ends], documents, impacts);
    }
}

/// <summary>A stem's counts in one document.</summary>
/// <param name="InQuestions">Answered questions that hold it.</param>
[StructLayout(LayoutKind.Auto)]
internal record struct StemCount(int InTitle, int InBody, int InQuestions)
{
    /// <summary>Answered questions that hold it, where the title is one more.</summary>
    public readonly int Asked => InQuestions + (InTitle > 0 ? 1 : 0);
}

/// <summary>The lengths of one document's fields, in words and in questions.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FieldLengths(int Title, int Body, int Questions)
{
    /// <summary>Answered questions, where the title is one more.</summary>
    public int Asked => Questions + (Title > 0 ? 1 : 0);
}

/// <summary>The stems of the document at hand; reused from document to document.</summary>
internal sealed class StemCounts(int stems)
{
    private readonly StemCount[] _counts = new StemCount[stems];
    private readonly int[] _lastQuestion = new int[stems];
    private readonly List<int> _touched = [];
    private int _question;

    public ReadOnlySpan<int> Stems => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_touched);

    public FieldLengths Lengths { get; private set; }

    public StemCount this[int stem] => _counts[stem];

    /// <param name="wordUses">Counted up for each use of a word.</param>
    public void Read(ForwardReader reader, int[] wordStems, int[] wordUses)
    {
        foreach (var stem in _touched)
            _counts[stem] = default;
        _touched.Clear();
        int title = 0,
            body = 0;
        for (var left = reader.Next(); left > 0; left--)
        {
            var (word, inTitle, inBody) = reader.NextWord();
            wordUses[word]++;
            ref var count = ref Touch(wordStems[word]);
            count.InTitle += inTitle;
            count.InBody += inBody;
            title += inTitle;
            body += inBody;
        }
        var questions = reader.Next();
        for (var left = questions; left > 0; left--)
        {
            _question++;
            for (var words = reader.Next(); words > 0; words--)
            {
                var word = reader.Next();
                wordUses[word]++;
                var stem = wordStems[word];
                if (_lastQuestion[stem] == _question)
                    continue;
                _lastQuestion[stem] = _question;
                Touch(stem).InQuestions++;
            }
        }
        Lengths = new(title, body, questions);
    }

    private ref StemCount Touch(int stem)
    {
        ref var count = ref _counts[stem];
        if (count == default)
            _touched.Add(stem);
        return ref count;
    }
}

/// <summary>What a stem weighs in a document, before its rarity: the three fields' saturated counts.</summary>
internal sealed class DocumentScorer(Ranking ranking, FieldAverages averages)
{
    public double Value(StemCount count, FieldLengths lengths) =>
        Title(count, lengths) + Body(count, lengths) + Questions(count, lengths);

    public double Title(StemCount count, FieldLengths lengths) =>
        ranking.TitleWeight
        * Saturate(count.InTitle, lengths.Title / averages.TitleWords, ranking.TitleK, ranking.TitleB);

    public double Body(StemCount count, FieldLengths lengths) =>
        ranking.BodyWeight * Saturate(count.InBody, lengths.Body / averages.BodyWords, ranking.BodyK, ranking.BodyB);

    public double Questions(StemCount count, FieldLengths lengths) =>
        count.InQuestions == 0 ? 0 : ranking.QuestionWeight * AskedShare(count, lengths);

    /// <summary>Near 1 where most of the document's answered questions hold the stem, 0 where none does.</summary>
    public double AskedShare(StemCount count, FieldLengths lengths) =>
        count.Asked == 0
            ? 0
            : count.Asked / (count.Asked + (ranking.QuestionK * (lengths.Asked + ranking.QuestionPrior)));

    private static double Saturate(int count, double relativeLength, double k, double b) =>
        count == 0 ? 0 : count * (k + 1) / (count + (k * (1 - b + (b * relativeLength))));
}
