using System.Runtime.InteropServices;
using System.Text;

namespace Helpdesk.Routing.Classification.Encoder;

/// <summary>
/// Cuts a text into the pieces of words an encoder knows: of all ways to cut it the likeliest, if pieces come
/// independently (unigram language model, Kudo 2018, found by Viterbi's algorithm).
/// </summary>
internal sealed class SentencePieces
{
    private const char Space = '\u2581';

    /// <summary>Stands for characters in no piece.</summary>
    public const int Unknown = 0;

    /// <summary>The first places of the list are marks, which no text contains.</summary>
    private const int Marks = 6;

    /// <summary>A tree of characters: which place follows a place, of which the first is 0, by a character.</summary>
    private readonly Dictionary<(int Place, char Next), int> _next = [];

    /// <summary>The piece that ends at each place; <see cref="Unknown"/> where none does.</summary>
    private readonly List<(int Id, float Score)> _ending = [(Unknown, 0)];
    private readonly int _longest;

    /// <param name="pieces">In the order of their numbers, each with its log probability.</param>
    public SentencePieces(IReadOnlyList<(string Piece, float Score)> pieces)
    {
        for (var id = Marks; id < pieces.Count; id++)
        {
            var place = 0;
            foreach (var c in pieces[id].Piece)
            {
                ref var next = ref CollectionsMarshal.GetValueRefOrAddDefault(_next, (place, c), out var known);
                if (!known)
                {
                    next = _ending.Count;
                    _ending.Add((Unknown, 0));
                }
                place = next;
            }
            _ending[place] = (id, pieces[id].Score);
        }
        _longest = pieces.Max(p => p.Piece.Length);
    }

    /// <summary>The numbers of the first <paramref name="most"/> pieces; 0 stands for characters in no piece, once for
    /// neighbours.</summary>
    public List<int> Cut(ReadOnlySpan<char> text, int most)
    {
        // what lies beyond the pieces asked for is not cut at all
        var length = most * _longest;
        var line = Space + Normal(text[..Math.Min(text.Length, length)]).Replace(' ', Space);
        line = line[..Math.Min(line.Length, length)];
        var best = new (float Score, int Start, int Id)[line.Length + 1];
        Array.Fill(best, (float.NegativeInfinity, 0, Unknown), 1, line.Length);
        for (var start = 0; start < line.Length; start++)
        {
            var (known, place) = (false, 0);
            for (var end = start; end < line.Length && _next.TryGetValue((place, line[end]), out place); end++)
            {
                var (id, score) = _ending[place];
                if (id == Unknown)
                    continue;
                known = true;
                Offer(best, start, end + 1, score, id);
            }
            if (!known)
                Offer(best, start, start + 1, 0, Unknown);
        }
        var pieces = new List<int>(line.Length / 3);
        for (var end = line.Length; end > 0; end = best[end].Start)
            if (best[end].Id != Unknown || pieces.Count == 0 || pieces[^1] != Unknown)
                pieces.Add(best[end].Id);
        pieces.Reverse();
        if (pieces.Count > most)
            pieces.RemoveRange(most, pieces.Count - most);
        return pieces;
    }

    /// <summary>Compatible forms as one; half a character, which has no form, as a replacement character.</summary>
    private static string Normal(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
            return text.ToString();
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            whole.Append(rune);
        return whole.ToString().Normalize(NormalizationForm.FormKC);
    }

    private static void Offer((float Score, int Start, int Id)[] best, int start, int end, float score, int id)
    {
        score += best[start].Score;
        if (score >= best[end].Score)
            best[end] = (score, start, id);
    }
}
