using System.Text;
using Helpdesk.Knowledge.Analysis;

namespace Helpdesk.Knowledge.Search;

/// <summary>A word of the vocabulary as bytes: its language (which decides its stem) and its folded form in UTF-8.</summary>
internal static class WordKey
{
    public const int MaxBytes = 1 + (3 * Tokenizer.MaxWordLength);

    public static int Write(Language language, ReadOnlySpan<char> folded, Span<byte> key)
    {
        key[0] = (byte)language;
        return 1 + Encoding.UTF8.GetBytes(folded, key[1..]);
    }

    public static ReadOnlySpan<byte> Form(ReadOnlySpan<byte> key) => key[1..];

    public static bool IsStop(ReadOnlySpan<byte> key)
    {
        Span<char> form = stackalloc char[MaxBytes];
        return StopWords.Contains((Language)key[0], form[..Encoding.UTF8.GetChars(Form(key), form)]);
    }

    /// <summary>Letters alone and long enough to be spelt wrongly.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> key) =>
        !Form(key).ContainsAnyInRange((byte)'0', (byte)'9')
        && Encoding.UTF8.GetCharCount(Form(key)) >= Spelling.MinWordLength;
}
