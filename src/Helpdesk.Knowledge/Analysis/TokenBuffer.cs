using System.Runtime.InteropServices;

namespace Helpdesk.Knowledge.Analysis;

/// <summary>One word of a text: where it stands there, and where its folded form stands in the buffer.</summary>
/// <param name="Start">Position in the text, in UTF-16 units.</param>
/// <param name="Length">Length in the text, in UTF-16 units; at least 1.</param>
/// <param name="FoldedStart">Position of the folded form in the buffer.</param>
/// <param name="FoldedLength">Length of the folded form; 1 to <see cref="Tokenizer.MaxWordLength"/>.</param>
/// <param name="Kind">What the word is made of.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Token(int Start, int Length, int FoldedStart, int FoldedLength, TokenKind Kind);

/// <summary>What a token is made of; only plain words are stemmed and corrected.</summary>
public enum TokenKind : byte
{
    /// <summary>Letters alone.</summary>
    Word,

    /// <summary>Digits, or letters and digits: a number, a version, a code.</summary>
    Code,

    /// <summary>The parts of a code such as "HDFS-123" written as one, beside its parts.</summary>
    JoinedCode,
}

/// <summary>The words of a text, reusable: <see cref="Tokenizer.Split"/> fills it, the next call overwrites it. Not for two threads.</summary>
public sealed class TokenBuffer
{
    private char[] _folded = new char[1024];
    private Token[] _tokens = new Token[128];
    private int _foldedLength;

    /// <summary>How many words the text has.</summary>
    public int Count { get; private set; }

    /// <summary>The words in the order of the text.</summary>
    public ReadOnlySpan<Token> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>The folded form of a word of this buffer.</summary>
    public ReadOnlySpan<char> Folded(in Token token) => _folded.AsSpan(token.FoldedStart, token.FoldedLength);

    internal void Clear() => (Count, _foldedLength) = (0, 0);

    /// <summary>Room for at least <paramref name="length"/> more folded characters, behind those already there.</summary>
    internal Span<char> Room(int length)
    {
        if (_foldedLength + length > _folded.Length)
            Array.Resize(ref _folded, Math.Max(_folded.Length * 2, _foldedLength + length));
        return _folded.AsSpan(_foldedLength, length);
    }

    /// <summary>Keeps the first <paramref name="foldedLength"/> characters of the last room as a word.</summary>
    internal void Add(int start, int length, int foldedLength, TokenKind kind)
    {
        if (Count == _tokens.Length)
            Array.Resize(ref _tokens, Count * 2);
        _tokens[Count++] = new(start, length, _foldedLength, foldedLength, kind);
        _foldedLength += foldedLength;
    }
}
