namespace Helpdesk.Knowledge.Search;

/// <summary>What one reader may see: for each segment, which of its audiences they belong to. Made for one query.</summary>
/// <param name="reader">Null for a reader who sees everything.</param>
internal sealed class Sight(ReaderKinds? reader)
{
    private static readonly bool[] OnlyEverybody = [true];
    private readonly List<(Segment Segment, bool[] Seen)> _known = [];

    /// <summary>For each audience of the segment whether the reader belongs to it.</summary>
    public bool[] Of(Segment segment)
    {
        if (segment.Audiences.Kinds.Length == 1)
            return OnlyEverybody;
        foreach (var (known, already) in _known)
        {
            if (ReferenceEquals(known, segment))
                return already;
        }
        var seen = Array.ConvertAll(
            segment.Audiences.Kinds,
            kinds => kinds is null || reader is null || kinds.Overlaps(reader)
        );
        _known.Add((segment, seen));
        return seen;
    }

    /// <summary>Whether some of the segment may be out of this reader's sight.</summary>
    public bool Hides(Segment segment) => Array.IndexOf(Of(segment), false) >= 0;
}

/// <summary>Who may see the documents of a segment.</summary>
/// <param name="Of">For each document the number of its audience.</param>
/// <param name="Kinds">The audiences, each once; the first is everybody, written null.</param>
internal sealed record Audiences(PackedNumbers Of, ReaderKinds?[] Kinds);

/// <summary>Collects the audiences of documents as a segment is built.</summary>
internal sealed class AudienceBuilder
{
    private readonly List<long> _of = [];
    private readonly List<ReaderKinds?> _kinds = [null];
    private readonly Dictionary<ReaderKinds, int> _numbers = [];

    public void Add(ReaderKinds? audience)
    {
        var number = 0;
        if (audience is not null && !_numbers.TryGetValue(audience, out number))
        {
            _numbers.Add(audience, number = _kinds.Count);
            _kinds.Add(audience);
        }
        _of.Add(number);
    }

    public Audiences Build() => new(PackedNumbers.Of([.. _of]), [.. _kinds]);
}
