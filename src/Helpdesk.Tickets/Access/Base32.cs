namespace Helpdesk.Tickets.Access;

/// <summary>RFC 4648's Base32 in lower case and without padding, for tokens that pass through mail addresses. Read in either case.</summary>
internal static class Base32
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int BitsOfLetter = 5;

    /// <summary>Letters of a number, most significant first.</summary>
    private const int LongestNumber = 13;

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[LettersOf(bytes.Length)];
        for (var i = 0; i < text.Length; i++)
        {
            var value = 0;
            for (var bit = i * BitsOfLetter; bit < (i + 1) * BitsOfLetter; bit++)
                value = (value << 1) | (bit / 8 < bytes.Length ? (bytes[bit / 8] >> (7 - (bit % 8))) & 1 : 0);
            text[i] = Letters[value];
        }
        return new string(text);
    }

    /// <returns>False unless the text is exactly so many bytes.</returns>
    public static bool TryRead(string? text, Span<byte> bytes)
    {
        if (text is null || text.Length != LettersOf(bytes.Length))
            return false;
        bytes.Clear();
        for (var i = 0; i < text.Length; i++)
        {
            var value = Letters.IndexOf(char.ToLowerInvariant(text[i]), StringComparison.Ordinal);
            if (value < 0)
                return false;
            for (var b = 0; b < BitsOfLetter; b++)
            {
                var (bit, one) = ((i * BitsOfLetter) + b, (value >> (BitsOfLetter - 1 - b)) & 1);
                if (bit / 8 < bytes.Length)
                    bytes[bit / 8] |= (byte)(one << (7 - (bit % 8)));
                else if (one != 0)
                    return false; // two texts would mean the same
            }
        }
        return true;
    }

    /// <summary>A number that is not negative, without leading letters for zero.</summary>
    public static string Write(long number)
    {
        Span<char> text = stackalloc char[LongestNumber];
        var at = text.Length;
        do
        {
            text[--at] = Letters[(int)(number % Letters.Length)];
            number /= Letters.Length;
        } while (number > 0);
        return new string(text[at..]);
    }

    public static bool TryRead(string text, out long number)
    {
        number = 0;
        if (text.Length is 0 or > LongestNumber)
            return false;
        foreach (var letter in text)
        {
            var value = Letters.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
            if (value < 0 || number > (long.MaxValue - value) / Letters.Length)
                return false;
            number = (number * Letters.Length) + value;
        }
        return true;
    }

    private static int LettersOf(int bytes) => ((bytes * 8) + BitsOfLetter - 1) / BitsOfLetter;
}
