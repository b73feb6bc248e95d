namespace Helpdesk.Knowledge.Search;

/// <summary>
/// Reads what a segment keeps of one document: its distinct words with their counts in title and body, then the words of each answered
/// question. Written by <see cref="SegmentBuilder"/>.
/// </summary>
/// <remarks>
/// Format, all numbers as base-128 varints: count of words; per word its distance from the one before shifted left by one, the low bit
/// set when it stands once in the body and not in the title, otherwise followed by the count in the body shifted left by two, with the
/// count in the title in the two low bits, of which 3 says that what goes beyond 3 follows; count of questions; per question the count of
/// its words and the words.
/// </remarks>
internal ref struct ForwardReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>From this count in the title on the rest of it stands by itself.</summary>
    internal const int MostInTitle = 3;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private int _word = -1;

    /// <summary>The next number of the record.</summary>
    public int Next()
    {
        int value = _bytes[_at++];
        if (value < 0x80)
            return value;
        value &= 0x7F;
        for (var shift = 7; ; shift += 7)
        {
            int part = _bytes[_at++];
            value |= (part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }

    /// <summary>The next word of title and body; call it as often as the first number says.</summary>
    public (int Word, int InTitle, int InBody) NextWord()
    {
        var head = Next();
        _word += (head >> 1) + 1;
        if ((head & 1) != 0)
            return (_word, 0, 1);
        var counts = Next();
        var inTitle = counts & MostInTitle;
        return (_word, inTitle == MostInTitle ? inTitle + Next() : inTitle, counts >> 2);
    }

    /// <summary>Whether the word stands anywhere in the document. Reads on from the record's beginning.</summary>
    public bool Has(int word)
    {
        for (var left = Next(); left > 0; left--)
        {
            if (NextWord().Word == word)
                return true;
        }
        for (var questions = Next(); questions > 0; questions--)
        {
            for (var words = Next(); words > 0; words--)
            {
                if (Next() == word)
                    return true;
            }
        }
        return false;
    }
}
