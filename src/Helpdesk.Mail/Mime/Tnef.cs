using System.Buffers.Binary;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>What lay in a <c>winmail.dat</c>.</summary>
/// <param name="Text">The message's own text, for mails that have none outside; null when there is none.</param>
/// <param name="Html">The same as HTML; not sanitised.</param>
/// <param name="IsDamaged">It ended too early, or a checksum or length did not fit; what could be read is here.</param>
public sealed record TnefContent(IReadOnlyList<MailAttachment> Files, string? Text, string? Html, bool IsDamaged);

/// <summary>
/// Reads Outlook's container of attachments ([MS-OXTNEF]): a row of attributes, some of which hold MAPI properties ([MS-OXPROPS]). Any bytes give a result, in
/// time that grows with their number; nothing is copied before its length was compared with what is there.
/// </summary>
public static class Tnef
{
    private const uint Signature = 0x223E9F78;
    private const int MaxFiles = 100;
    private const int MaxProperties = 2_000;

    private const uint AttachRenderData = 0x0006_9002;
    private const uint AttachTitle = 0x0001_8010;
    private const uint AttachData = 0x0006_800F;
    private const uint AttachProperties = 0x0006_9005;
    private const uint MessageProperties = 0x0006_9003;
    private const uint MessageBody = 0x0002_800C;
    private const uint CodePage = 0x0006_9007;

    private const int PropBody = 0x1000;
    private const int PropRtf = 0x1009;
    private const int PropHtml = 0x1013;
    private const int PropDisplayName = 0x3001;
    private const int PropAttachData = 0x3701;
    private const int PropAttachFileName = 0x3704;
    private const int PropAttachLongName = 0x3707;
    private const int PropAttachMimeTag = 0x370E;
    private const int PropAttachContentId = 0x3712;

    public static bool IsTnef(ReadOnlySpan<byte> content) =>
        content.Length > 6 && BinaryPrimitives.ReadUInt32LittleEndian(content) == Signature;

    /// <returns>Null when it is something else.</returns>
    public static TnefContent? Read(ReadOnlyMemory<byte> content)
    {
        if (!IsTnef(content.Span))
            return null;
        var reading = new Reading(content);
        return reading.Run();
    }

    private sealed class File
    {
        public string? Title { get; set; }
        public string? LongName { get; set; }
        public string? ContentType { get; set; }
        public string? ContentId { get; set; }
        public ReadOnlyMemory<byte> Data { get; set; }
    }

    private sealed class Reading(ReadOnlyMemory<byte> content)
    {
        private readonly List<File> files = [];
        private Encoding encoding = Charsets.Find("windows-1252") ?? Encoding.Latin1;
        private string? text;
        private string? html;
        private ReadOnlyMemory<byte> rtf;
        private bool isDamaged;

        public TnefContent Run()
        {
            var at = 6;
            while (at + 9 <= content.Length)
            {
                var level = content.Span[at];
                var id = BinaryPrimitives.ReadUInt32LittleEndian(content.Span[(at + 1)..]);
                var length = BinaryPrimitives.ReadUInt32LittleEndian(content.Span[(at + 5)..]);
                at += 9;
                if (level is not (1 or 2))
                {
                    isDamaged = true;
                    break;
                }
                var there = (int)Math.Min(length, (uint)(content.Length - at));
                isDamaged |= there < length;
                Attribute(id, content.Slice(at, there));
                at += there + 2; // a checksum, which says little and is wrong in real files
            }
            return new(
                [
                    .. files
                        .Where(f => f.Data.Length > 0 || f.Title is not null || f.LongName is not null)
                        .Select(Attachment),
                ],
                text ?? (html is null ? Words(rtf.Span) : null),
                html,
                isDamaged
            );
        }

        // only where there is nothing else: the same words come as text or HTML too, and better
        private static string? Words(ReadOnlySpan<byte> packed) =>
            CompressedRtf.Unpack(packed) is { } plain
            && RtfText.IsRtf(plain)
            && RtfText.Of(plain) is { Length: > 0 } words
                ? words
                : null;

        private void Attribute(uint id, ReadOnlyMemory<byte> data)
        {
            switch (id)
            {
                case CodePage when data.Length >= 4:
                    encoding = Charsets.FindPage((int)BinaryPrimitives.ReadUInt32LittleEndian(data.Span)) ?? encoding;
                    break;
                case AttachRenderData:
                    if (files.Count < MaxFiles)
                        files.Add(new());
                    else
                        isDamaged = true;
                    break;
                case AttachTitle when files.Count > 0:
                    files[^1].Title = Words(encoding, data.Span);
                    break;
                case AttachData when files.Count > 0:
                    files[^1].Data = data;
                    break;
                case AttachProperties when files.Count > 0:
                    Properties(data, OfFile);
                    break;
                case MessageBody:
                    text ??= Words(encoding, data.Span);
                    break;
                case MessageProperties:
                    Properties(data, OfMessage);
                    break;
            }
        }

        private void OfMessage(int property, int type, ReadOnlyMemory<byte> value)
        {
            if (property == PropBody)
                text ??= Text(type, value.Span);
            else if (property == PropRtf && type == 0x102 && rtf.IsEmpty)
                rtf = value;
            else if (property == PropHtml)
                html ??=
                    type == 0x102
                        ? Charsets.Decode(value.Span, declared: null, isHeader: false, out _)
                        : Text(type, value.Span);
        }

        private void OfFile(int property, int type, ReadOnlyMemory<byte> value)
        {
            var file = files[^1];
            switch (property)
            {
                case PropAttachLongName:
                    file.LongName = Text(type, value.Span);
                    break;
                case PropAttachFileName or PropDisplayName:
                    file.Title ??= Text(type, value.Span);
                    break;
                case PropAttachMimeTag:
                    file.ContentType = Text(type, value.Span)?.ToLowerInvariant();
                    break;
                case PropAttachContentId:
                    file.ContentId = Text(type, value.Span)?.Trim('<', '>');
                    break;
                case PropAttachData when file.Data.Length == 0:
                    // an object begins with the 16 bytes that name its interface
                    file.Data = type == 0x0D && value.Length > 16 ? value[16..] : value;
                    break;
            }
        }

        private void Properties(ReadOnlyMemory<byte> data, Action<int, int, ReadOnlyMemory<byte>> found)
        {
            var cursor = new Cursor(data);
            var count = Math.Min(cursor.UInt(), MaxProperties);
            for (var i = 0; i < count && !cursor.IsOver; i++)
            {
                int type = cursor.UShort(),
                    property = cursor.UShort();
                if (property >= 0x8000)
                {
                    cursor.Take(16);
                    if (cursor.UInt() == 0)
                        cursor.Take(4);
                    else
                        cursor.Padded(cursor.UInt());
                }
                var isMany = (type & 0x1000) != 0;
                type &= 0xFFF;
                var fix = type switch
                {
                    2 or 3 or 4 or 10 or 11 => 4,
                    5 or 6 or 7 or 20 or 64 => 8,
                    72 => 16,
                    0x0D or 0x1E or 0x1F or 0x102 => 0,
                    _ => -1,
                };
                if (fix < 0)
                {
                    isDamaged = true;
                    return; // nobody knows where the next one begins
                }
                var values = isMany || fix == 0 ? cursor.UInt() : 1;
                for (var n = 0u; n < values && !cursor.IsOver; n++)
                {
                    var value = fix > 0 ? cursor.Take((uint)fix) : cursor.Padded(cursor.UInt());
                    if (n == 0 && !isMany)
                        found(property, type, value);
                }
            }
            isDamaged |= cursor.IsOver;
        }

        private string? Text(int type, ReadOnlySpan<byte> value) =>
            type switch
            {
                0x1F => Words(Encoding.Unicode, value),
                0x1E => Words(encoding, value),
                _ => null,
            };

        private static string? Words(Encoding encoding, ReadOnlySpan<byte> value)
        {
            var all = encoding.GetString(value);
            var end = all.IndexOf('\0', StringComparison.Ordinal);
            return (end < 0 ? all : all[..end]) is { Length: > 0 } some ? some.ReplaceLineEndings("\n") : null;
        }

        private static MailAttachment Attachment(File file)
        {
            var name = HeaderText.Clean(file.LongName ?? file.Title ?? "");
            return new(
                AttachmentName.Clean(name.Length == 0 ? null : name, MailLimits.Default.MaxNameChars),
                file.ContentType is { Length: > 2 } type && type.Contains('/', StringComparison.Ordinal)
                    ? HeaderText.Clean(type)
                    : "application/octet-stream",
                file.Data,
                Inline: false,
                string.IsNullOrEmpty(file.ContentId) ? null : HeaderText.Clean(file.ContentId)
            )
            {
                NameAsSent = name.Length == 0 ? null : name,
            };
        }
    }

    /// <summary>Reads forward and never past the end; then everything is empty or zero.</summary>
    private struct Cursor(ReadOnlyMemory<byte> data)
    {
        private int at;

        public bool IsOver { get; private set; }

        public ushort UShort() =>
            Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span) : (ushort)0;

        public uint UInt() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) : 0;

        public ReadOnlyMemory<byte> Padded(uint length)
        {
            var value = Take(length);
            at = Math.Min(data.Length, (at + 3) & ~3);
            return value;
        }

        public ReadOnlyMemory<byte> Take(uint length)
        {
            if (length > (uint)(data.Length - at))
            {
                (IsOver, at) = (true, data.Length);
                return default;
            }
            var value = data.Slice(at, (int)length);
            at += (int)length;
            return value;
        }
    }
}
