using System.Buffers;
using System.Text;

namespace Helpdesk.Routing.Classification.Encoder;

/// <summary>
/// What an English sentence means, as a direction in <see cref="Width"/> dimensions: sentences that mean alike point alike, also
/// where they share no word.
/// </summary>
/// <remarks>
/// The Universal Sentence Encoder, lite (Cer et al. 2018): two layers of a transformer (Vaswani et al. 2017, each part normalised before
/// it) over word pieces, their mean, one dense layer. It was trained by others on public text; its weights (Apache 2.0, kept as
/// signed bytes with one scale a row) are part of this assembly, so nothing is fetched and no text leaves the process. About five
/// million multiplications a piece.
/// </remarks>
internal sealed class SentenceEncoder
{
    public const int Width = 512;

    /// <summary>More pieces are not read: the matter of a request stands in its beginning, and time grows with them.</summary>
    public const int MostPieces = 64;

    /// <summary>Pieces among which the rarest are looked for.</summary>
    private const int Beginning = 40;

    private const int Narrow = 256;
    private const int Inner = 1536;
    private const int Heads = 4;

    private static readonly WeakReference<SentenceEncoder> Loaded = new(null!);

    private readonly SentencePieces _pieces;
    private readonly ByteMatrix _embeddings;
    private readonly float[] _places;
    private readonly Layer _first;
    private readonly Layer _second;
    private readonly Dense _last;

    private SentenceEncoder(BinaryReader reader)
    {
        var pieces = new (string, float)[reader.ReadInt32()];
        foreach (ref var piece in pieces.AsSpan())
            piece = (Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadByte())), reader.ReadSingle());
        _pieces = new SentencePieces(pieces);
        _embeddings = ByteMatrix.Read(reader, rows: 8_002, Narrow);
        _places = Places(ByteMatrix.ReadVector(reader, Narrow / 2));
        _first = new Layer(reader, Narrow);
        _second = new Layer(reader, Width);
        _last = new Dense(reader, Width, Width);
    }

    /// <summary>The encoder (8 MB), read when it is asked for and nobody has it; it goes when nobody holds it any more.</summary>
    public static SentenceEncoder Load()
    {
        lock (Loaded)
        {
            if (!Loaded.TryGetTarget(out var encoder))
                Loaded.SetTarget(encoder = Read());
            return encoder;
        }
    }

    private static SentenceEncoder Read()
    {
        const string name = "Helpdesk.Routing.sentence-encoder.bin";
        using var stream =
            typeof(SentenceEncoder).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly holds no resource '{name}'.");
        using var reader = new BinaryReader(stream);
        return new SentenceEncoder(reader);
    }

    /// <summary>The numbers of the pieces a text is read as.</summary>
    internal List<int> Pieces(ReadOnlySpan<char> text) => _pieces.Cut(text, MostPieces);

    /// <summary>The rarest of a text's first <see cref="Beginning"/> pieces, in their order. They stand in the list by how often
    /// they occur.</summary>
    internal List<int> RarestPieces(ReadOnlySpan<char> text, int most)
    {
        var pieces = _pieces.Cut(text, Beginning);
        if (pieces.Count <= most)
            return pieces;
        var commonest = pieces.OrderDescending().ElementAt(most - 1);
        pieces.RemoveAll(piece => piece < commonest);
        // the commonest of them may stand there twice
        pieces.RemoveRange(most, pieces.Count - most);
        return pieces;
    }

    /// <param name="meaning">Gets <see cref="Width"/> numbers of length 1; zeros where there is nothing to read.</param>
    public void Encode(ReadOnlySpan<char> text, Span<float> meaning) => Encode(Pieces(text), meaning);

    /// <summary>The same in less time, from the rarest pieces of a longer text.</summary>
    public void EncodeRarest(ReadOnlySpan<char> text, Span<float> meaning, int most) =>
        Encode(RarestPieces(text, most), meaning);

    private void Encode(List<int> pieces, Span<float> meaning)
    {
        meaning.Clear();
        if (pieces.Count == 0)
            return;
        var count = pieces.Count;
        var buffer = ArrayPool<float>.Shared.Rent(count * (Width + Width + Inner + Inner) + count);
        try
        {
            var rest = buffer.AsSpan();
            var state = Take(ref rest, count * Width);
            var before = Take(ref rest, count * Width);
            var narrow = before[..(count * Narrow)];
            for (var i = 0; i < count; i++)
                Place(pieces[i], i, narrow.Slice(i * Narrow, Narrow));
            _first.Attend(narrow, state, rest, count);
            var inner = _first.Inside(state, rest, count);
            Span<float> added = stackalloc float[Width];
            for (var i = 0; i < count; i++)
            {
                _first.Outer.Apply(inner.Slice(i * Inner, Inner), added);
                VectorMath.AddScaled(1f, added, state.Slice(i * Width, Width));
            }
            state.CopyTo(before);
            _second.Attend(before, state, rest, count);
            inner = _second.Inside(state, rest, count);
            // only the mean is asked for, and the mean of products is the product of the mean
            Span<float> mean = stackalloc float[Width];
            Mean(state, mean);
            var meanInner = rest.Slice(count * Inner, Inner);
            Mean(inner, meanInner);
            _second.Outer.Apply(meanInner, added);
            VectorMath.AddScaled(1f, added, mean);
            _last.Apply(mean, meaning, 1);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
        foreach (ref var value in meaning)
            value = MathF.Tanh(value);
        var scale = 1 / MathF.Sqrt(MathF.Max(1e-12f, VectorMath.Dot(meaning, meaning)));
        foreach (ref var value in meaning)
            value *= scale;
    }

    /// <summary>For each position sines and cosines.</summary>
    private static float[] Places(float[] frequencies)
    {
        var places = new float[MostPieces * Narrow];
        for (var at = 0; at < MostPieces; at++)
        for (var i = 0; i < frequencies.Length; i++)
            (places[(at * Narrow) + i], places[(at * Narrow) + frequencies.Length + i]) = (
                MathF.Sin(at * frequencies[i]),
                MathF.Cos(at * frequencies[i])
            );
        return places;
    }

    /// <summary>A piece's vector, twice, and where it stands.</summary>
    private void Place(int piece, int position, Span<float> into)
    {
        _places.AsSpan(position * Narrow, Narrow).CopyTo(into);
        _embeddings.AddRow(piece, 2f, into);
    }

    /// <param name="mean">Its length is that of each vector.</param>
    private static void Mean(ReadOnlySpan<float> vectors, Span<float> mean)
    {
        mean.Clear();
        var share = (float)mean.Length / vectors.Length;
        for (var i = 0; i < vectors.Length; i += mean.Length)
            VectorMath.AddScaled(share, vectors.Slice(i, mean.Length), mean);
    }

    private static Span<float> Take(ref Span<float> rest, int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    /// <summary>Attention, then a net for each piece; what comes in is added to what each finds.</summary>
    private sealed class Layer(BinaryReader reader, int width)
    {
        private readonly Norm _beforeAttention = new(reader, width);
        private readonly Dense _queriesKeysValues = new(reader, width, 3 * width);
        private readonly Dense _attended = new(reader, width, Width);
        private readonly Dense? _widened = width == Width ? null : new Dense(reader, width, Width);
        private readonly Norm _beforeNet = new(reader, Width);
        private readonly Dense _inner = new(reader, Width, Inner);

        /// <summary>What the net inside found, back to the pieces; it finds little in each.</summary>
        public readonly SparseDense Outer = new(reader, Inner, Width);

        /// <param name="input">The pieces, <c>width</c> numbers each.</param>
        /// <param name="output">Gets <see cref="SentenceEncoder.Width"/> numbers for each piece.</param>
        /// <param name="scratch">Room for twice <see cref="SentenceEncoder.Inner"/> numbers a piece, and one more.</param>
        public void Attend(ReadOnlySpan<float> input, Span<float> output, Span<float> scratch, int count)
        {
            var three = scratch[..(count * 3 * width)];
            var rest = scratch[(count * Inner)..];
            var normed = rest[..(count * width)];
            _beforeAttention.Apply(input, normed, count);
            _queriesKeysValues.Apply(normed, three, count);
            LookAtAll(three, normed, rest[(count * width)..], count);
            if (_widened is null)
                input.CopyTo(output);
            else
                _widened.Apply(input, output, count);
            var added = rest.Slice(count * Width, count * Width);
            _attended.Apply(normed, added, count);
            VectorMath.AddScaled(1f, added, output);
        }

        /// <summary>What the net inside makes of each piece, <see cref="SentenceEncoder.Inner"/> numbers, most of them
        /// zero.</summary>
        /// <param name="scratch">As above; what is returned lies in it.</param>
        public Span<float> Inside(ReadOnlySpan<float> state, Span<float> scratch, int count)
        {
            var inner = scratch[..(count * Inner)];
            var normed = scratch.Slice(count * Inner, count * Width);
            _beforeNet.Apply(state, normed, count);
            _inner.Apply(normed, inner, count);
            VectorMath.CutAtZero(inner);
            return inner;
        }

        /// <summary>Each piece looks at all: softmax(q·k / √d), times v, in four heads.</summary>
        private void LookAtAll(Span<float> three, Span<float> attended, Span<float> weights, int count)
        {
            var head = width / Heads;
            var scale = 1 / MathF.Sqrt(head);
            weights = weights[..count];
            attended.Clear();
            for (var h = 0; h < Heads; h++)
            for (var i = 0; i < count; i++)
            {
                var query = three.Slice((i * 3 * width) + (h * head), head);
                for (var j = 0; j < count; j++)
                    weights[j] = scale * VectorMath.Dot(query, three.Slice((j * 3 * width) + width + (h * head), head));
                VectorMath.Softmax(weights);
                var into = attended.Slice((i * width) + (h * head), head);
                for (var j = 0; j < count; j++)
                    VectorMath.AddScaled(
                        weights[j],
                        three.Slice((j * 3 * width) + (2 * width) + (h * head), head),
                        into
                    );
            }
        }
    }

    /// <summary>Layer normalisation (Ba et al. 2016).</summary>
    private sealed class Norm(BinaryReader reader, int width)
    {
        private readonly float[] _scale = ByteMatrix.ReadVector(reader, width);
        private readonly float[] _bias = ByteMatrix.ReadVector(reader, width);

        public void Apply(ReadOnlySpan<float> input, Span<float> output, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var from = input.Slice(i * width, width);
                var to = output.Slice(i * width, width);
                VectorMath.Subtract(from, VectorMath.Sum(from) / width, to);
                var spread = MathF.Sqrt((VectorMath.Dot(to, to) / width) + 1e-6f);
                VectorMath.Scale(to, 1 / spread, _scale, _bias);
            }
        }
    }
}
