namespace Helpdesk.Mail.Import;

/// <summary>A stored mail.</summary>
/// <param name="Name">Where it was found: a file, or the place in one.</param>
/// <param name="Raw">Null when it is larger than mails may be, or could not be read.</param>
public sealed record StoredMail(string Name, byte[]? Raw);

/// <summary>
/// Mails that lie in files: an mbox, a Maildir with its folders, or a folder of single files. One after the other, so memory holds one mail however many there
/// are.
/// </summary>
public static class MailFiles
{
    private const int BufferBytes = 256 * 1024;

    /// <exception cref="IOException">There is nothing at that path.</exception>
    public static IEnumerable<StoredMail> Read(string path, int maxBytes)
    {
        if (File.Exists(path))
            return path.EndsWith(".eml", StringComparison.OrdinalIgnoreCase)
                ? [Single(path, maxBytes)]
                : ReadMbox(path, maxBytes);
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"{path}: no such file or folder", path);
        return Files(path).Select(file => Single(file, maxBytes));
    }

    /// <summary>Maildirs (and the Maildir++ folders beside <c>cur</c>) give what is in cur and new; other folders their .eml files.</summary>
    private static IEnumerable<string> Files(string folder)
    {
        if (!Directory.Exists(Path.Combine(folder, "cur")))
            return Directory.EnumerateFiles(folder, "*.eml").Order(StringComparer.Ordinal);
        var folders = Directory.EnumerateDirectories(folder, ".*").Prepend(folder);
        return folders
            .SelectMany(f => (string[])[Path.Combine(f, "cur"), Path.Combine(f, "new")])
            .Where(Directory.Exists)
            // the name begins with the time of delivery
            .SelectMany(f => Directory.EnumerateFiles(f).OrderBy(Path.GetFileName, StringComparer.Ordinal));
    }

    private static StoredMail Single(string file, int maxBytes)
    {
        try
        {
            return new(file, new FileInfo(file).Length > maxBytes ? null : File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(file, Raw: null);
        }
    }

    /// <summary>
    /// Cuts at From lines behind an empty line (RFC 4155), and takes off the mark that such lines within mails were given (mboxrd). Lines end
    /// as they do in the file.
    /// </summary>
    private static IEnumerable<StoredMail> ReadMbox(string path, int maxBytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes);
        var lines = new LineReader(file);
        using var mail = new MemoryStream();
        var (number, isOpen, isTooLarge, afterEmpty) = (0, false, false, true);
        while (lines.Next(maxBytes + 1))
        {
            var line = lines.Line;
            if (afterEmpty && IsFromLine(line))
            {
                if (isOpen)
                    yield return Found();
                (isOpen, isTooLarge) = (true, false);
                mail.SetLength(0);
                number++;
                afterEmpty = false;
                continue;
            }
            afterEmpty = line.AsSpan().TrimEnd("\r\n"u8).IsEmpty;
            if (!isOpen)
            {
                if (afterEmpty)
                    continue;
                throw new InvalidDataException($"{path} is no mbox: it does not begin with a From line.");
            }
            var quoted =
                line.AsSpan().TrimStart((byte)'>').StartsWith("From "u8) && line.Count > 0 && line[0] == '>' ? 1 : 0;
            if (mail.Length + line.Count > maxBytes)
                isTooLarge = true;
            else
                mail.Write(line.AsSpan(quoted));
        }
        if (isOpen)
            yield return Found();

        StoredMail Found()
        {
            // the empty line before the next mail is the file's
            var bytes = mail.GetBuffer().AsSpan(0, (int)mail.Length);
            var end =
                bytes.EndsWith("\r\n\r\n"u8) ? 2
                : bytes.EndsWith("\n\n"u8) ? 1
                : 0;
            return new(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}, mail {number}"),
                isTooLarge ? null : bytes[..^end].ToArray()
            );
        }
    }

    /// <summary>"From ADDRESS TIMESTAMP": the time of day tells it from a sentence.</summary>
    private static bool IsFromLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("From "u8))
            return false;
        for (var at = line.IndexOf((byte)':'); at >= 2 && at + 2 < line.Length; )
        {
            if (
                char.IsAsciiDigit((char)line[at - 1])
                && char.IsAsciiDigit((char)line[at + 1])
                && char.IsAsciiDigit((char)line[at + 2])
            )
                return true;
            var next = line[(at + 1)..].IndexOf((byte)':');
            if (next < 0)
                return false;
            at += next + 1;
        }
        return false;
    }

    /// <summary>Lines with their ends; one longer than asked comes in pieces.</summary>
    private sealed class LineReader(Stream stream)
    {
        private byte[] buffer = new byte[BufferBytes];
        private int at;
        private int filled;

        public ArraySegment<byte> Line { get; private set; }

        public bool Next(int maxBytes)
        {
            var searched = 0;
            while (true)
            {
                var end = buffer.AsSpan(at + searched, filled - at - searched).IndexOf((byte)'\n');
                if (end >= 0 || filled - at >= maxBytes)
                {
                    var length = end >= 0 ? searched + end + 1 : filled - at;
                    Line = new(buffer, at, length);
                    at += length;
                    return true;
                }
                searched = filled - at;
                if (!Fill())
                {
                    Line = new(buffer, at, filled - at);
                    at = filled;
                    return Line.Count > 0;
                }
            }
        }

        private bool Fill()
        {
            if (at > 0)
            {
                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                (filled, at) = (filled - at, 0);
            }
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            return read > 0;
        }
    }
}
