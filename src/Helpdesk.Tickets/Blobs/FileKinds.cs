using System.Text;

namespace Helpdesk.Tickets.Blobs;

/// <summary>The kinds of files that articles may hold, decided by their bytes; the name only tells apart what looks the same inside.</summary>
public static class FileKinds
{
    private static readonly string[] Zipped = [".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".zip"];
    private static readonly string[] Plain = [".txt", ".csv", ".log"];

    /// <returns>A picture's type, <c>application/pdf</c>, <c>text/plain</c> or <c>application/octet-stream</c>; null for what is not taken.</returns>
    public static string? Find(ReadOnlySpan<byte> bytes, string name)
    {
        if (PictureBytes.TypeOf(bytes) is { } picture)
            return picture;
        if (bytes.StartsWith("%PDF-"u8))
            return "application/pdf";
        var ending = Path.GetExtension(name).ToLowerInvariant();
        if (Zipped.Contains(ending) && bytes.StartsWith("PK\u0003\u0004"u8))
            return "application/octet-stream";
        return Plain.Contains(ending) && !bytes.Contains((byte)0) && IsUtf8(bytes) ? "text/plain" : null;
    }

    public static bool IsPicture(string type) => type.StartsWith("image/", StringComparison.Ordinal);

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
