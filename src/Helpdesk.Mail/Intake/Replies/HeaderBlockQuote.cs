namespace Helpdesk.Mail.Intake.Replies;

/// <summary>From, Sent, To, Subject: the past as Outlook introduces it, in its languages.</summary>
internal static class HeaderBlockQuote
{
    private const int MaxLines = 12;

    private static readonly Dictionary<string, char> Labels = new(StringComparer.OrdinalIgnoreCase);

    static HeaderBlockQuote()
    {
        Add(
            'f',
            "from|von|de|da|od|от|від|від кого|от кого|van|från|fra|lähettäjä|expéditeur|mittente|remitente|de la|odesílatel|feladó|kimden|gönderen|von:|发件人|寄件者|差出人|보낸 사람|από|nadawca"
        );
        Add(
            'd',
            "sent|date|gesendet|datum|envoyé|envoyé le|fecha|enviado|enviado el|enviado em|data|inviato|wysłano|data wysłania|отправлено|дата|надіслано|дата надсилання|verzonden|verzonden op|skickat|skickades|sendt|dato|lähetetty|päiväys|päivämäärä|odesláno|elküldve|dátum|trimis|gönderildi|tarih|发送时间|日期|送信日時|日時|날짜|보낸 날짜|ημερομηνία|message du|sent at|sent on"
        );
        Add(
            't',
            "to|an|à|a|para|do|кому|do kogo|aan|till|til|vastaanottaja|destinataire|destinatario|komu|címzett|către|kime|alıcı|收件人|宛先|받는 사람|προς|pour|cc|kopie|copie|kopia|копия|копія|reply-to|dw"
        );
        Add(
            's',
            "subject|betreff|objet|asunto|oggetto|assunto|temat|тема|onderwerp|ämne|emne|aihe|předmět|tárgy|subiect|konu|主题|主旨|件名|제목|θέμα|sujet|betr|re"
        );
    }

    private static void Add(char kind, string names)
    {
        foreach (var name in names.Split('|'))
            Labels.TryAdd(name, kind);
    }

    /// <returns>The line after the block that begins at <paramref name="at"/>; null when none does.</returns>
    public static int? End(List<TextLine> lines, int at)
    {
        if (Kind(lines[at].Words) is not ('f' or 'd') and not 's')
            return null;
        var kinds = new HashSet<char>();
        var hasAddress = false;
        var last = at;
        var others = 0;
        for (var i = at; i < lines.Count && i < at + MaxLines && others <= 2; i++)
        {
            var words = lines[i].Words;
            if (words.Length == 0)
            {
                if (kinds.Count >= 2)
                    break;
                continue;
            }
            if (Kind(words) is { } kind)
            {
                kinds.Add(kind);
                (last, others) = (i, 0);
            }
            else
            {
                others++; // a value that goes on in the next line
            }
            hasAddress |= words.Contains('@', StringComparison.Ordinal);
        }
        // "From: Kyiv, To: Lviv" may be a question about a journey: an address or a full block makes it a letter
        var isBlock = kinds.Contains('f') || kinds.Contains('d') && kinds.Contains('t');
        return isBlock && (kinds.Count >= 2 && hasAddress || kinds.Count >= 4) ? last + 1 : null;
    }

    private static char? Kind(string line)
    {
        var text = line.TrimStart('*', '>', ' ', '|', '_');
        var colon = text.AsSpan().IndexOfAny(':', '：');
        if (colon is <= 0 or > 24)
            return null;
        return Labels.TryGetValue(text[..colon].Trim(' ', '*', '\u00a0'), out var kind) ? kind : null;
    }
}
