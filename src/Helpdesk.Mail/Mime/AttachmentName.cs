using System.Globalization;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// Attachment names as they may be shown and offered for download: the last piece of a path, no control, invisible or
/// bidirectional characters, no reserved ones, of limited length with the extension kept.
/// </summary>
public static class AttachmentName
{
    /// <param name="sent">Decoded name as the sender wrote it.</param>
    /// <returns>Null when nothing is left of it.</returns>
    public static string? Clean(string? sent, int maxChars)
    {
        if (string.IsNullOrWhiteSpace(sent))
            return null;
        var name = sent[(sent.AsSpan().TrimEnd("/\\ ").LastIndexOfAny('/', '\\') + 1)..];
        var clean = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (IsUnwanted(rune))
                continue;
            clean.Append(
                rune.Value is '"' or '<' or '>' or ':' or '|' or '?' or '*' or '/' or '\\' ? "_" : rune.ToString()
            );
        }
        var text = clean.ToString().Trim().TrimEnd('.');
        if (text.Length == 0)
            return null;
        return text.Length <= maxChars ? text : Shorten(text, maxChars);
    }

    private static bool IsUnwanted(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate;

    private static string Shorten(string text, int maxChars)
    {
        var dot = text.LastIndexOf('.');
        var extension = dot > 0 && text.Length - dot <= 12 ? text[dot..] : "";
        var keep = Math.Max(1, maxChars - extension.Length);
        if (char.IsHighSurrogate(text[keep - 1]))
            keep--;
        return text[..keep] + extension;
    }
}
