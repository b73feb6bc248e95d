namespace Helpdesk.Mail.Intake.Replies;

/// <summary>Finds what stands under a letter and says who wrote it or on what.</summary>
internal static class Signatures
{
    private const int MaxLines = 25;
    private const int MaxRuledLines = 12;

    private static readonly string[] Devices =
    [
        "sent from my ",
        "sent from mobile",
        "sent from a mobile",
        "sent from outlook",
        "sent from mail for windows",
        "sent from yahoo mail",
        "sent from proton",
        "sent via ",
        "sent with proton",
        "get outlook for ",
        "von meinem ",
        "gesendet von ",
        "gesendet mit ",
        "diese nachricht wurde von meinem android",
        "holen sie sich outlook",
        "outlook für ",
        "envoyé de mon ",
        "envoyé depuis ",
        "envoyé à partir de ",
        "enviado desde ",
        "enviado do meu ",
        "enviado de mi ",
        "inviato da ",
        "inviato dal mio ",
        "wysłane z ",
        "wysłano z ",
        "pobierz program outlook",
        "отправлено с ",
        "отправлено из ",
        "надіслано з ",
        "відправлено з ",
        "verzonden vanaf ",
        "verstuurd vanaf ",
        "skickat från ",
        "sendt fra ",
        "lähetetty ",
        "odesláno z ",
        "iphone'umdan gönderildi",
        "从我的",
        "发自我的",
        "iphoneから送信",
    ];

    public static void Mark(List<TextLine> lines, ReplyPartKind[] kinds)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (kinds[i] != ReplyPartKind.Written || lines[i].IsBlank)
                continue;
            var end = i;
            while (end < lines.Count && kinds[end] == ReplyPartKind.Written)
                end++;
            if (Start(lines, i, end) is { } start)
                Array.Fill(kinds, ReplyPartKind.Signature, start, end - start);
            i = end;
        }
    }

    private static int? Start(List<TextLine> lines, int from, int to)
    {
        var words = 0;
        int? found = null;
        for (var i = to - 1; i >= from && words <= MaxLines; i--)
        {
            var line = lines[i].Words;
            if (line.Length == 0)
                continue;
            // the mark of RFC 3676, and what is left of it when a client trims lines or puts the name behind it
            if (
                line is "--" or "—"
                || words <= 3 && line.StartsWith("-- ", StringComparison.Ordinal) && line.Length < 40
            )
                found = i;
            else if (words <= MaxRuledLines && words > 0 && IsRule(line) && LooksLikeCard(lines, i + 1, to))
                found = i;
            else if (
                words <= 2
                && line.Length < 120
                && Array.Exists(Devices, d => line.StartsWith(d, StringComparison.OrdinalIgnoreCase))
            )
                found = i;
            words++;
        }
        return found;
    }

    private static bool IsRule(string line) => line.Length >= 3 && line.All(c => c is '-' or '_' or '=' or '*');

    /// <summary>Short lines with a telephone number, an address or a link among them.</summary>
    private static bool LooksLikeCard(List<TextLine> lines, int from, int to)
    {
        var contact = false;
        for (var i = from; i < to; i++)
        {
            var line = lines[i].Words;
            if (line.Length > 100)
                return false;
            contact |=
                line.Contains("www.", StringComparison.OrdinalIgnoreCase)
                || line.Contains("://", StringComparison.Ordinal)
                || line.Contains('@', StringComparison.Ordinal)
                || line.Count(char.IsAsciiDigit) >= 7;
        }
        return contact;
    }
}
