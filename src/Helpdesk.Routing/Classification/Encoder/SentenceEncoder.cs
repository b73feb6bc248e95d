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

    private const int Narrow = 256;
    private const int Inner = 1536;
    private const int Heads = 4;

    private static readonly WeakReference<SentenceEncoder> Loaded = new(null!);

    private readonly SentencePieces _pieces;
    private readonly ByteMatrix _embeddings;
    private readonly float[] _frequencies;
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
        _frequencies = Dense.ReadVector(reader, Narrow / 2);
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

    /// <param name="meaning">Gets <see cref="Width"/> numbers of length 1; zeros where there is nothing to read.</param>
    public void Encode(ReadOnlySpan<char> text, Span<float> meaning)
    {
        var pieces = Pieces(text);
        meaning.Clear();
        if (pieces.Count == 0)
            return;
        var count = pieces.Count;
        var buffer = ArrayPool<float>.Shared.Rent(count * (Width + Width + Inner + Inner) + count);
        try
        {
            var rest = buffer.AsSpan();
            var state = Take(ref rest, count * Width);
            var narrow = Take(ref rest, count * Width)[..(count * Narrow)];
            for (var i = 0; i < count; i++)
                Place(pieces[i], i, narrow.Slice(i * Narrow, Narrow));
            _first.Run(narrow, state, rest, count);
            state.CopyTo(buffer.AsSpan(count * Width, count * Width));
            _second.Run(buffer.AsSpan(count * Width, count * Width), state, rest, count);
            var mean = rest[..Width];
            mean.Clear();
            for (var i = 0; i < count; i++)
                VectorMath.AddScaled(1f / count, state.Slice(i * Width, Width), mean);
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

    /// <summary>A piece's vector, twice, and where it stands as sines and cosines.</summary>
    private void Place(int piece, int position, Span<float> into)
    {
        into.Clear();
        _embeddings.AddRow(piece, 2f, into);
        for (var i = 0; i < _frequencies.Length; i++)
        {
            into[i] += MathF.Sin(position * _frequencies[i]);
            into[_frequencies.Length + i] += MathF.Cos(position * _frequencies[i]);
        }
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
        private readonly Dense _outer = new(reader, Inner, Width);

        /// <param name="input">The pieces, <c>width</c> numbers each; overwritten.</param>
        /// <param name="output">Gets <see cref="SentenceEncoder.Width"/> numbers for each piece.</param>
        /// <param name="scratch">Room for twice <see cref="SentenceEncoder.Inner"/> numbers a piece, and one more.</param>
        public void Run(Span<float> input, Span<float> output, Span<float> scratch, int count)
        {
            var three = scratch[..(count * 3 * width)];
            var rest = scratch[(count * Inner)..];
            var normed = rest[..(count * width)];
            _beforeAttention.Apply(input, normed, count);
            _queriesKeysValues.Apply(normed, three, count);
            Attend(three, normed, rest[(count * width)..], count);
            if (_widened is null)
                input.CopyTo(output);
            else
                _widened.Apply(input, output, count);
            var added = rest.Slice(count * Width, count * Width);
            _attended.Apply(normed, added, count);
            VectorMath.AddScaled(1f, added, output);

            normed = rest[..(count * Width)];
            _beforeNet.Apply(output, normed, count);
            var inner = scratch[..(count * Inner)];
            _inner.Apply(normed, inner, count);
            foreach (ref var value in inner)
                value = MathF.Max(0, value);
            _outer.Apply(inner, added, count);
            VectorMath.AddScaled(1f, added, output);
        }

        /// <summary>Each piece looks at all: softmax(q·k / √d), times v, in four heads.</summary>
        private void Attend(Span<float> three, Span<float> attended, Span<float> weights, int count)
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
        private readonly float[] _scale = Dense.ReadVector(reader, width);
        private readonly float[] _bias = Dense.ReadVector(reader, width);

        public void Apply(ReadOnlySpan<float> input, Span<float> output, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var from = input.Slice(i * width, width);
                var to = output.Slice(i * width, width);
                var (sum, squares) = (0f, 0f);
                foreach (var value in from)
                    sum += value;
                var mean = sum / width;
                foreach (var value in from)
                    squares += (value - mean) * (value - mean);
                var spread = 1 / MathF.Sqrt((squares / width) + 1e-6f);
                for (var j = 0; j < width; j++)
                    to[j] = ((from[j] - mean) * spread * _scale[j]) + _bias[j];
            }
        }
    }
}
