using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Helpdesk.Routing.Classification.Encoder;

namespace Helpdesk.Routing.Classification;

/// <summary>
/// A model as bytes: the mark <c>HDTM</c>, a version, the content in little-endian order, and a SHA-256 of all before
/// it. Arrays are written as they lie in memory, so loading is copying.
/// </summary>
internal static class TextModelFile
{
    private const uint Mark = 0x4D544448;
    private const ushort Version = 5;

    /// <summary>Room for a text on the stack is asked for by the file.</summary>
    private const int MostWide = 1_024;

    public static byte[] Write(TextModel model)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(Version);
            WriteTopics(writer, model.Topics);
            WriteEnsemble(writer, model.Ensemble);
            WriteCalibration(writer, model.Calibration);
        }
        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">Cut short, changed, of another version, or not a model at all.</exception>
    public static TextModel Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 38 || !SHA256.HashData(bytes.Span[..^32]).AsSpan().SequenceEqual(bytes.Span[^32..]))
            throw new InvalidDataException("The model's bytes are damaged or cut short.");
        using var reader = new BinaryReader(Stream(bytes[..^32]), Encoding.UTF8);
        if (reader.ReadUInt32() != Mark)
            throw new InvalidDataException("These bytes are not a model.");
        if (reader.ReadUInt16() is var version and not Version)
            throw new InvalidDataException($"The model has version {version}; this program reads version {Version}.");
        var topics = ReadTopics(reader);
        var ensemble = ReadEnsemble(reader, topics.Count);
        Check(ensemble);
        return new TextModel(topics, ensemble, ReadCalibration(reader));
    }

    // a model has tens of megabytes: not copied where the bytes lie in an array, as they do
    private static MemoryStream Stream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);

    private static void WriteTopics(BinaryWriter writer, IReadOnlyList<string> topics)
    {
        writer.Write(topics.Count);
        foreach (var topic in topics)
            writer.Write(topic);
    }

    private static List<string> ReadTopics(BinaryReader reader)
    {
        var topics = new List<string>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            topics.Add(reader.ReadString());
        return topics;
    }

    private static void WriteEnsemble(BinaryWriter writer, Ensemble ensemble)
    {
        writer.Write(ensemble.KnowsSpecial);
        Write(writer, ensemble.Vocabulary.Hashes);
        Write(writer, ensemble.Vocabulary.Weights);
        Write(writer, ensemble.Vocabulary.WholeWord);
        Write(writer, ensemble.Linear.Weights);
        Write<float>(writer, ensemble.Linear.Bias);
        Write(writer, ensemble.Net.Embeddings);
        Write<float>(writer, ensemble.Net.HiddenBias);
        Write<float>(writer, ensemble.Net.Output);
        Write<float>(writer, ensemble.Net.OutputBias);
        Write<float>(writer, ensemble.Net.Centres);
        Write(writer, ensemble.Words.Embeddings);
        Write<float>(writer, ensemble.Words.Output);
        Write<float>(writer, ensemble.Words.OutputBias);
        Write<float>(writer, ensemble.Words.Centres);
        writer.Write(ensemble.Meaning is not null);
        if (ensemble.Meaning is { } meaning)
            WriteMeaning(writer, meaning);
    }

    private static void WriteMeaning(BinaryWriter writer, MeaningMember meaning)
    {
        writer.Write(meaning.Taught is not null);
        if (meaning.Taught is not null)
            Write(writer, meaning.Taught);
        Write<float>(writer, meaning.Mean);
        Write<float>(writer, meaning.Output);
        Write<float>(writer, meaning.OutputBias);
        Write(writer, meaning.Memory);
        Write<int>(writer, meaning.MemoryClasses);
    }

    private static MeaningMember ReadMeaning(BinaryReader reader) =>
        new(
            reader.ReadBoolean() ? ReadRows(reader) : null,
            Read<float>(reader),
            Read<float>(reader),
            Read<float>(reader),
            ReadRows(reader),
            Read<int>(reader)
        );

    private static Ensemble ReadEnsemble(BinaryReader reader, int topics)
    {
        var knowsSpecial = reader.ReadBoolean();
        var vocabulary = new Vocabulary(Read<uint>(reader), Read<float>(reader), Read<bool>(reader));
        var linear = new LinearMember(ReadRows(reader), Read<float>(reader));
        var net = new NetMember(
            ReadRows(reader),
            Read<float>(reader),
            Read<float>(reader),
            Read<float>(reader),
            Read<float>(reader)
        );
        var words = new WordMember(ReadRows(reader), Read<float>(reader), Read<float>(reader), Read<float>(reader));
        var meaning = reader.ReadBoolean() ? ReadMeaning(reader) : null;
        return new Ensemble(vocabulary, linear, net, words, meaning, topics, knowsSpecial);
    }

    private static void WriteCalibration(BinaryWriter writer, Calibration calibration)
    {
        Write<float>(writer, calibration.Powers);
        Write(writer, calibration.Special);
        Write(writer, calibration.Right);
        Write(writer, calibration.Boundary);
        writer.Write(calibration.BoundaryAbove);
        var promises = calibration.Promises;
        writer.Write(promises.SpecialAbove);
        writer.Write(promises.HeldOutExamples);
        writer.Write(promises.HeldOutAccuracy);
        writer.Write(promises.Precision.Count);
        foreach (var (promise, above) in promises.Precision.OrderBy(p => p.Key))
        {
            writer.Write(promise);
            writer.Write(above);
        }
    }

    private static Calibration ReadCalibration(BinaryReader reader)
    {
        var powers = Read<float>(reader);
        var (special, right, boundary) = (ReadFit(reader), ReadFit(reader), ReadFit(reader));
        var boundaryAbove = reader.ReadSingle();
        var (specialAbove, heldOut, accuracy) = (reader.ReadSingle(), reader.ReadInt32(), reader.ReadSingle());
        var precision = new Dictionary<double, float>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            precision.Add(reader.ReadDouble(), reader.ReadSingle());
        var promises = new ModelPromises(specialAbove, precision, heldOut, accuracy);
        return new Calibration(powers, special, right, boundary, boundaryAbove, promises);
    }

    private static void Write(BinaryWriter writer, LogisticFit? fit)
    {
        writer.Write(fit is not null);
        if (fit is null)
            return;
        Write<float>(writer, fit.Means);
        Write<float>(writer, fit.Spreads);
        Write<float>(writer, fit.Weights);
    }

    private static LogisticFit? ReadFit(BinaryReader reader) =>
        reader.ReadBoolean() ? new LogisticFit(Read<float>(reader), Read<float>(reader), Read<float>(reader)) : null;

    private static void Write(BinaryWriter writer, ByteRows rows)
    {
        writer.Write(rows.Width);
        Write<sbyte>(writer, rows.Cells);
        Write<float>(writer, rows.Scales);
    }

    private static ByteRows ReadRows(BinaryReader reader) =>
        new(reader.ReadInt32(), Read<sbyte>(reader), Read<float>(reader));

    private static void Write<T>(BinaryWriter writer, ReadOnlySpan<T> items)
        where T : unmanaged
    {
        writer.Write(items.Length);
        writer.Write(MemoryMarshal.AsBytes(items));
    }

    private static T[] Read<T>(BinaryReader reader)
        where T : unmanaged
    {
        var count = reader.ReadInt32();
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (count < 0 || (long)count * Unsafe.SizeOf<T>() > left)
            throw new InvalidDataException("The model's bytes end before what they announce.");
        var items = new T[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(items.AsSpan()));
        return items;
    }

    /// <summary>That all parts fit together, because reading them does not look again.</summary>
    private static void Check(Ensemble ensemble)
    {
        var (features, classes) = (ensemble.Vocabulary.Count, ensemble.Topics + (ensemble.KnowsSpecial ? 1 : 0));
        var (linear, net, words) = (ensemble.Linear, ensemble.Net, ensemble.Words);
        var fits =
            ensemble.Topics >= 2
            && ensemble.Vocabulary.Weights.Length == features
            && ensemble.Vocabulary.WholeWord.Length == features
            && linear.Bias.Length == linear.Weights.Width
            && linear.Bias.Length >= classes
            && linear.Bias.Length <= MemberTraining.Padded(ensemble.Topics + 1)
            && Fit(linear.Weights, features)
            && net.Hidden == net.Embeddings.Width
            && Fit(net.Embeddings, features)
            && Fits(net.Hidden, net.Output, net.OutputBias, net.Centres)
            && Fit(words.Embeddings, features)
            && Fits(words.Hidden, words.Output, words.OutputBias, words.Centres)
            && (ensemble.Meaning is null || FitsMeaning(ensemble.Meaning));
        if (!fits)
            throw new InvalidDataException("The model's parts do not fit together.");

        bool Fits(int hidden, float[] output, float[] bias, float[] centres) =>
            hidden is > 0 and <= MostWide
            && bias.Length == classes
            && output.Length == hidden * classes
            && centres.Length == hidden * classes;

        bool FitsMeaning(MeaningMember member) =>
            Fit(member.Memory, member.MemoryClasses.Length)
            && member.Width is > 0 and <= MostWide
            && member.MemoryClasses.All(c => c >= 0 && c < classes)
            && member.OutputBias.Length == classes
            && member.Output.Length == classes * SentenceEncoder.Width
            && (
                member.Taught is null
                    ? member.Width == SentenceEncoder.Width
                    : member.Taught.Width == member.Width
                        && member.Mean.Length == member.Width
                        && Fit(member.Taught, features)
            );
    }

    private static bool Fit(ByteRows rows, int count) =>
        rows.Scales.Length == count && rows.Cells.Length == count * rows.Width;
}
