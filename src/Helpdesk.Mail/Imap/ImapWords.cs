using System.Globalization;
using System.Text;

namespace Helpdesk.Mail.Imap;

/// <summary>How commands are spelled, and what stands where in an answer.</summary>
internal static class ImapWords
{
    /// <summary>Begins a piece of a command that goes as a literal.</summary>
    public const char LiteralMark = '\0';

    /// <summary>A string argument: quoted where every server understands that, else marked to go as a literal.</summary>
    public static string Argument(string text)
    {
        foreach (var c in text)
        {
            if (c is '\0' or '\r' or '\n')
                throw new ImapException(ImapTroubleKind.Refused, "A line break stands where none can be sent.");
            if (c is < ' ' or > '~')
                return LiteralMark + text;
        }
        return $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>UIDs as ranges: 1:5,7,9:10. Ascending ones.</summary>
    public static string Set(IReadOnlyList<uint> uids)
    {
        var text = new StringBuilder();
        for (var i = 0; i < uids.Count; )
        {
            var end = i;
            while (end + 1 < uids.Count && uids[end + 1] == uids[end] + 1)
                end++;
            if (text.Length > 0)
                text.Append(',');
            text.Append(uids[i].ToString(CultureInfo.InvariantCulture));
            if (end > i)
                text.Append(':').Append(uids[end].ToString(CultureInfo.InvariantCulture));
            i = end + 1;
        }
        return text.ToString();
    }

    /// <summary>What a FETCH answer holds: names and values in turn.</summary>
    public static IReadOnlyList<ImapValue>? Fetched(ImapResponse response) =>
        response.Values is [_, var word, { Items: { } items }] && word.Is("FETCH") ? items : null;

    public static ImapValue? Value(IReadOnlyList<ImapValue> items, string name)
    {
        for (var i = 0; i + 1 < items.Count; i += 2)
            if (items[i].Is(name))
                return items[i + 1];
        return null;
    }

    private static readonly string[] InstantForms = ["d-MMM-yyyy HH:mm:ss zzz", "dd-MMM-yyyy HH:mm:ss zzz"];

    public static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParseExact(
            text?.Trim(),
            InstantForms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var at
        )
            ? at
            : null;

    /// <exception cref="ImapException">The answer is not OK.</exception>
    public static void Expect(ImapResponse answer, string what, bool tidying = false)
    {
        if (!answer.IsStatus("OK"))
            throw Refusal(answer, what, tidying);
    }

    public static ImapException Refusal(ImapResponse answer, string what, bool tidying = false) =>
        new(
            tidying ? ImapTroubleKind.NotTidied : ImapTroubleKind.Refused,
            $"The server refused {what}: {(answer.Values.Count > 0 ? answer.Values[0].Text : "")} {answer.Text}"
        );
}
