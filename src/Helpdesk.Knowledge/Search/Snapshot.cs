using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Helpdesk.Knowledge.Search;

/// <summary>
/// A segment in a file, so that a start need not read the database. The arrays as they lie in memory, with a checksum of all of it: a file
/// that is cut, changed, of another version or made with another ranking is as good as none.
/// </summary>
internal static class Snapshot
{
    /// <summary>Rises with every change of the format, of the text analysis, or of what is kept.</summary>
    private const int Version = 3;
    private const ulong Magic = 0x58444E494B444C48; // "HLDKINDX"

    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, SegmentView view, long position, string fingerprint)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var unfinished = path + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            using var writer = new Writer(file);
            writer.Put([Magic, Version, (ulong)position]);
            writer.Put(Encoding.UTF8.GetBytes(fingerprint));
            Write(writer, view.Segment);
            writer.Put(view.Removed ?? []);
            writer.Finish();
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>The segment and the position in the feed; null where the file cannot be used.</summary>
    public static (Segment Segment, long Position)? TryLoad(string path, string fingerprint)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            using var reader = new Reader(file);
            var head = reader.Get<ulong>();
            if (
                head is not [Magic, Version, var position]
                || Encoding.UTF8.GetString(reader.Get<byte>()) != fingerprint
            )
                return null;
            var segment = Read(reader);
            var removed = reader.Get<ulong>();
            return reader.IsWhole() && removed.Length == 0 ? (segment(), (long)position) : null;
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or InvalidDataException
                        or UnauthorizedAccessException
                        or OutOfMemoryException
            )
        {
            return null;
        }
    }

    private static void Write(Writer writer, Segment segment)
    {
        writer.Put(segment.Words.Blob);
        writer.Put(segment.Words.Ends);
        writer.Put<int>(segment.WordStems);
        writer.Put<int>(segment.WordUses);
        writer.Put(segment.Stems.Blob);
        writer.Put(segment.Stems.Ends);
        writer.Put<int>(segment.StemDocuments);
        writer.Put<float>(segment.Telling);
        Write(writer, segment.Ids);
        Write(writer, segment.Audiences);
        writer.Put<byte>(segment.Forward);
        writer.Put<int>(segment.ForwardStarts);
        writer.Put<int>(segment.WordsInOrder);
        writer.Put<int>(segment.WordsInBackwardOrder);
        writer.Put<int>(segment.DocumentsById ?? []);
        writer.Put([
            segment.Totals.Documents,
            segment.Totals.TitleWords,
            segment.Totals.BodyWords,
            segment.Totals.Questions,
            segment.Languages,
        ]);
        writer.Put([segment.Averages.TitleWords, segment.Averages.BodyWords]);
        writer.Put([segment.Blocks.Length]);
        foreach (var block in segment.Blocks)
        {
            writer.Put([block.FirstDocument]);
            writer.Put<int>(block.Stems);
            writer.Put<int>(block.Starts);
            writer.Put<byte>(block.Bytes);
        }
    }

    // everybody comes first and needs no telling
    private static void Write(Writer writer, Audiences audiences)
    {
        var named = audiences.Kinds.OfType<ReaderKinds>().ToList();
        Write(writer, audiences.Of);
        writer.Put<int>([.. named.Select(kinds => kinds.Values.Length)]);
        writer.Put<long>([.. named.SelectMany(kinds => kinds.Values.ToArray())]);
    }

    private static void Write(Writer writer, PackedNumbers numbers)
    {
        writer.Put([numbers.Width, numbers.Lowest]);
        writer.Put(numbers.Bytes);
    }

    private static Func<PackedNumbers> ReadNumbers(Reader reader)
    {
        var (head, bytes) = (reader.Get<long>(2), reader.Get<byte>());
        return () => new(bytes, (int)head[0], head[1]);
    }

    private static Func<Audiences> ReadAudiences(Reader reader)
    {
        var (of, lengths, values) = (ReadNumbers(reader), reader.Get<int>(), reader.Get<long>());
        return () =>
        {
            var kinds = new ReaderKinds?[lengths.Length + 1];
            for (int i = 0, at = 0; i < lengths.Length; at += lengths[i++])
                kinds[i + 1] = ReaderKinds.Of(values.Skip(at).Take(lengths[i]));
            return new(of(), kinds);
        };
    }

    // the segment is put together only after the checksum has been found right
    private static Func<Segment> Read(Reader reader)
    {
        var words = (Blob: reader.Get<byte>(), Ends: reader.Get<int>());
        var (wordStems, wordUses) = (reader.Get<int>(), reader.Get<int>());
        var stems = (Blob: reader.Get<byte>(), Ends: reader.Get<int>());
        var (stemDocuments, telling) = (reader.Get<int>(), reader.Get<float>());
        var (ids, audiences) = (ReadNumbers(reader), ReadAudiences(reader));
        var (forward, starts) = (reader.Get<byte>(), reader.Get<int>());
        var (inOrder, backward) = (reader.Get<int>(), reader.Get<int>());
        var byId = reader.Get<int>();
        var totals = reader.Get<long>(5);
        var averages = reader.Get<double>(2);
        var blocks = new Func<PostingBlock>[reader.Get<int>(1)[0]];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = ReadBlock(reader);
        return () =>
            new Segment
            {
                Words = new TextTable(words.Blob, words.Ends),
                WordStems = wordStems,
                WordUses = wordUses,
                Stems = new TextTable(stems.Blob, stems.Ends),
                StemDocuments = stemDocuments,
                Telling = telling,
                Ids = ids(),
                Audiences = audiences(),
                Forward = forward,
                ForwardStarts = starts,
                WordsInOrder = inOrder,
                WordsInBackwardOrder = backward,
                DocumentsById = byId.Length == 0 ? null : byId,
                Totals = new((int)totals[0], totals[1], totals[2], totals[3]),
                Languages = (int)totals[4],
                Averages = new(averages[0], averages[1]),
                Blocks = Array.ConvertAll(blocks, block => block()),
            };
    }

    private static Func<PostingBlock> ReadBlock(Reader reader)
    {
        var first = reader.Get<int>(1)[0];
        var (stems, starts) = (reader.Get<int>(), reader.Get<int>());
        var bytes = reader.Get<byte>();
        return () => new(first, stems, starts, bytes);
    }

    private sealed class Writer(Stream stream) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public void Put<T>(ReadOnlySpan<T> values)
            where T : unmanaged
        {
            var bytes = MemoryMarshal.AsBytes(values);
            Write(BitConverter.GetBytes((long)bytes.Length));
            Write(bytes);
        }

        public void Put(ReadOnlySpan<byte> values) => Put<byte>(values);

        public void Put(ReadOnlySpan<int> values) => Put<int>(values);

        public void Put(ReadOnlySpan<ulong> values) => Put<ulong>(values);

        public void Put(ReadOnlySpan<long> values) => Put<long>(values);

        public void Put(ReadOnlySpan<double> values) => Put<double>(values);

        public void Finish() => stream.Write(_hash.GetHashAndReset());

        public void Dispose() => _hash.Dispose();

        private void Write(ReadOnlySpan<byte> bytes)
        {
            _hash.AppendData(bytes);
            stream.Write(bytes);
        }
    }

    private sealed class Reader(FileStream stream) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        /// <exception cref="InvalidDataException">There are fewer bytes than announced, or another number than <paramref name="count"/>.</exception>
        public T[] Get<T>(int count = -1)
            where T : unmanaged
        {
            Span<byte> head = stackalloc byte[sizeof(long)];
            Fill(head);
            var length = BitConverter.ToInt64(head);
            if (length < 0 || length > stream.Length - stream.Position || length % Marshal.SizeOf<T>() != 0)
                throw new InvalidDataException("A length is wrong.");
            var values = new T[length / Marshal.SizeOf<T>()];
            if (count >= 0 && values.Length != count)
                throw new InvalidDataException("A count is wrong.");
            Fill(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        public bool IsWhole()
        {
            Span<byte> written = stackalloc byte[SHA256.HashSizeInBytes];
            stream.ReadExactly(written);
            return stream.Position == stream.Length && written.SequenceEqual(_hash.GetHashAndReset());
        }

        public void Dispose() => _hash.Dispose();

        private void Fill(Span<byte> bytes)
        {
            stream.ReadExactly(bytes);
            _hash.AppendData(bytes);
        }
    }
}
