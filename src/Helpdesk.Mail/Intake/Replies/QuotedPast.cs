namespace Helpdesk.Mail.Intake.Replies;

/// <summary>Finds earlier messages in a reply: lines with ">", and what follows an introduction or a header block.</summary>
internal static class QuotedPast
{
    private const int MaxIntroductionLines = 4;

    /// <param name="marked">The ">" were put there by us for quotes that the message declares as such.</param>
    /// <param name="sharedAt">Where an introduction begins in the middle of a line that the reply ends in; -1 without one.</param>
    /// <returns>When the text begins with an introduction: the line after it; else 0.</returns>
    public static int Mark(List<TextLine> lines, ReplyPartKind[] kinds, bool marked, out int sharedAt)
    {
        sharedAt = -1;
        var opening = 0;
        var seenWords = false;
        var introduced = false;
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].IsBlank)
                continue;
            if (lines[i].IsQuote)
            {
                kinds[i] = ReplyPartKind.Quoted;
                continue;
            }
            if (Forwarding.Begins(lines[i].Words))
                break; // what somebody passes on is what they want read
            var found = Introduction(lines, i, out var shared);
            if (found is not { } end)
            {
                seenWords = true;
                continue;
            }
            introduced = true;
            var next = end;
            while (next < lines.Count && lines[next].IsBlank)
                next++;
            if (shared > 0)
                sharedAt = lines[i].Start + shared;
            Fill(kinds, SeparatorBefore(lines, i), end);
            if (next < lines.Count && lines[next].IsQuote)
            {
                i = next - 1; // only the marked lines are the past; what follows them is the answer
                continue;
            }
            if (!seenWords && shared <= 0)
            {
                opening = opening == 0 ? end : opening;
                i = end - 1;
                continue;
            }
            Fill(kinds, SeparatorBefore(lines, i), lines.Count);
            break;
        }
        if (!introduced && !marked)
            UnmarkLoneQuote(lines, kinds);
        FillBlanks(lines, kinds);
        return opening;
    }

    private static void Fill(ReplyPartKind[] kinds, int from, int to) =>
        Array.Fill(kinds, ReplyPartKind.Quoted, from, to - from);

    /// <summary>One line with ">" among the sender's own words is an ornament or a prompt, no quote.</summary>
    private static void UnmarkLoneQuote(List<TextLine> lines, ReplyPartKind[] kinds)
    {
        var only = Array.IndexOf(kinds, ReplyPartKind.Quoted);
        if (only < 0 || Array.LastIndexOf(kinds, ReplyPartKind.Quoted) != only)
            return;
        if (lines.FindLastIndex(l => !l.IsBlank) != only)
            kinds[only] = ReplyPartKind.Written;
    }

    /// <summary>Blank lines between two quoted ones are quoted too.</summary>
    private static void FillBlanks(List<TextLine> lines, ReplyPartKind[] kinds)
    {
        for (var i = 1; i < lines.Count; i++)
        {
            if (!lines[i].IsBlank || kinds[i - 1] != ReplyPartKind.Quoted)
                continue;
            kinds[i] = ReplyPartKind.Quoted;
        }
    }

    /// <summary>The rule of dashes, underscores or equals signs that some clients draw above the past.</summary>
    private static int SeparatorBefore(List<TextLine> lines, int at)
    {
        var before = at - 1;
        while (before >= 0 && lines[before].IsBlank)
            before--;
        return
            before >= 0
            && lines[before].Words.Length >= 3
            && lines[before].Words.All(c => c is '-' or '_' or '=' or '*' or '–' or '—')
            ? before
            : at;
    }

    /// <returns>The line after the introduction that begins at <paramref name="at"/>; null when none does.</returns>
    private static int? Introduction(List<TextLine> lines, int at, out int shared)
    {
        shared = 0;
        if (OriginalMessageMark.Is(lines[at].Words))
            return at + 1;
        if (HeaderBlockQuote.End(lines, at) is { } headerEnd)
            return headerEnd;
        return AttributionEnd(lines, at, out shared);
    }

    private static int? AttributionEnd(List<TextLine> lines, int at, out int shared)
    {
        shared = 0;
        var text = "";
        for (var i = at; i < lines.Count && i < at + MaxIntroductionLines; i++)
        {
            if (lines[i].IsBlank || lines[i].IsQuote && i > at)
                break;
            text = text.Length == 0 ? lines[i].Words : $"{text} {lines[i].Words}";
            if (text.Length > 500)
                break;
            if (!Attribution.Ends(text))
            {
                if (Attribution.IsDatedName(text, isLast: i + 1 >= lines.Count || !lines[i + 1].IsQuote))
                    return i + 1;
                continue;
            }
            if (!Attribution.Is(text))
                break;
            if (Attribution.BeginsPlainly(text))
                return i + 1;
            if (Attribution.BeginsWithName(text) && !BeginsLater(lines, at, i))
                return i + 1;
            // the answer and the introduction on one line: only the latter is past
            shared = i == at ? Attribution.StartWithin(lines[at].Words) : 0;
            if (shared > 0)
                return i + 1;
            break;
        }
        return null;
    }

    /// <summary>A last line of the answer can look like the name in an introduction; the latest beginning is the right one.</summary>
    private static bool BeginsLater(List<TextLine> lines, int at, int last)
    {
        for (var from = at + 1; from <= last; from++)
        {
            var text = string.Join(' ', lines.Skip(from).Take(last - from + 1).Select(l => l.Words));
            if (Attribution.Is(text) && (Attribution.BeginsPlainly(text) || Attribution.BeginsWithName(text)))
                return true;
        }
        return false;
    }
}
