using System.Runtime.InteropServices;
using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake.Replies;

public enum ReplyPartKind
{
    /// <summary>What the sender wrote now.</summary>
    Written,

    /// <summary>Earlier messages and the line that introduces them.</summary>
    Quoted,

    /// <summary>Name, company, telephone, advertisement of the device.</summary>
    Signature,
}

/// <param name="Start">First character in the text.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReplyPart(ReplyPartKind Kind, int Start, int Length);

/// <summary>
/// A message's text split into what was written now and what may be folded. Nothing is cut: the parts follow one
/// another and together are the whole text. There is always a written part where there is text at all.
/// </summary>
/// <param name="Text">LF line ends.</param>
public sealed record ReplyText(string Text, IReadOnlyList<ReplyPart> Parts)
{
    /// <summary>Nothing was written now: what is called written is what would be folded, so that there is something to read.</summary>
    public bool IsOnlyPast { get; init; }

    /// <summary>The written parts together, blank lines around them removed.</summary>
    public string Visible =>
        string.Concat(Parts.Where(p => p.Kind == ReplyPartKind.Written).Select(p => Text.Substring(p.Start, p.Length)))
            .Trim();

    public static ReplyText Read(ParsedMail mail) =>
        Split(MailText.Of(mail), marked: string.IsNullOrWhiteSpace(mail.TextBody));

    /// <summary>Linear in the length of the text.</summary>
    public static ReplyText Split(string text) => Split(text, marked: false);

    private static ReplyText Split(string text, bool marked)
    {
        var lines = TextLine.Cut(text);
        var kinds = new ReplyPartKind[lines.Count];
        var inner = QuotedPast.Mark(lines, kinds, marked, out var sharedAt);
        Signatures.Mark(lines, kinds);
        var isOnlyPast = sharedAt < 0 && !HasWritten(lines, kinds);
        if (isOnlyPast)
        {
            // everything would be folded: then what looked like an introduction is what there is to read
            Array.Fill(kinds, ReplyPartKind.Written);
            for (var i = 0; i < lines.Count && inner > 0 && i < inner; i++)
                kinds[i] = ReplyPartKind.Quoted;
            if (!HasWritten(lines, kinds))
                Array.Fill(kinds, ReplyPartKind.Written);
        }
        return new ReplyText(text, Join(lines, kinds, sharedAt)) { IsOnlyPast = isOnlyPast };
    }

    private static bool HasWritten(List<TextLine> lines, ReplyPartKind[] kinds)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (kinds[i] == ReplyPartKind.Written && !lines[i].IsBlank)
                return true;
        }
        return false;
    }

    private static List<ReplyPart> Join(List<TextLine> lines, ReplyPartKind[] kinds, int sharedAt)
    {
        var parts = new List<ReplyPart>();
        for (var i = 0; i < lines.Count; i++)
        {
            var (start, length) = (lines[i].Start, lines[i].Length);
            if (sharedAt > start && sharedAt < start + length)
            {
                Add(ReplyPartKind.Written, start, sharedAt - start);
                (start, length) = (sharedAt, start + length - sharedAt);
            }
            Add(kinds[i], start, length);
        }
        return parts;

        void Add(ReplyPartKind kind, int start, int length)
        {
            if (parts.Count > 0 && parts[^1].Kind == kind)
                parts[^1] = parts[^1] with { Length = parts[^1].Length + length };
            else
                parts.Add(new ReplyPart(kind, start, length));
        }
    }
}

/// <param name="Start">Where the line begins in the text.</param>
/// <param name="Length">With its line end.</param>
/// <param name="Words">The line without blanks around it; of a very long line only the beginning.</param>
internal readonly record struct TextLine(int Start, int Length, string Words)
{
    private const int MaxWords = 600;

    public bool IsBlank => Words.Length == 0;
    public bool IsQuote => Words.StartsWith('>');

    public static List<TextLine> Cut(string text)
    {
        var lines = new List<TextLine>();
        for (var at = 0; at < text.Length; )
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            var words = text.AsSpan(at, end - at).Trim();
            lines.Add(new TextLine(at, end - at, (words.Length > MaxWords ? words[..MaxWords] : words).ToString()));
            at = end;
        }
        return lines;
    }
}
