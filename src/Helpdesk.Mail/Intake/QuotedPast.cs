namespace Helpdesk.Mail.Intake;

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

/// <summary>"-----Original Message-----" in the languages of the clients.</summary>
internal static class OriginalMessageMark
{
    private static readonly string[] Names =
    [
        "original message",
        "original appointment",
        "reply message",
        "original e-mail",
        "original email",
        "ursprüngliche nachricht",
        "ursprungliche nachricht",
        "originalnachricht",
        "original-nachricht",
        "urspr. nachricht",
        "message d'origine",
        "message d’origine",
        "message original",
        "message initial",
        "mensaje original",
        "messaggio originale",
        "messaggio originario",
        "mensagem original",
        "oryginalna wiadomość",
        "wiadomość oryginalna",
        "wiadomość pierwotna",
        "исходное сообщение",
        "оригинальное сообщение",
        "первоначальное сообщение",
        "вихідне повідомлення",
        "оригінальне повідомлення",
        "початкове повідомлення",
        "oorspronkelijk bericht",
        "oorspronkelijke bericht",
        "ursprungligt meddelande",
        "originalmeddelande",
        "oprindelig meddelelse",
        "opprinnelig melding",
        "alkuperäinen viesti",
        "původní zpráva",
        "pôvodná správa",
        "eredeti üzenet",
        "mesaj original",
        "mesajul original",
        "orijinal ileti",
        "orijinal mesaj",
        "αρχικό μήνυμα",
        "原始邮件",
        "原始郵件",
        "元のメッセージ",
        "원본 메일",
        "원본 메시지",
    ];

    public static bool Is(string line)
    {
        if (line.Length > 120)
            return false;
        if (line.Contains("reply above this line", StringComparison.OrdinalIgnoreCase))
            return true;
        if (
            !line.StartsWith("--", StringComparison.Ordinal)
            && !line.StartsWith("__", StringComparison.Ordinal)
            && !line.StartsWith("==", StringComparison.Ordinal)
        )
            return false;
        var words = line.Trim('-', '_', '=', ' ');
        return words.Length > 0 && Array.Exists(Names, n => words.StartsWith(n, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Marks above a message that was passed on.</summary>
internal static class Forwarding
{
    private static readonly string[] Names =
    [
        "forwarded message",
        "begin forwarded message",
        "forwarded by",
        "weitergeleitete nachricht",
        "anfang der weitergeleiteten",
        "message transféré",
        "message transmis",
        "début du message",
        "mensaje reenviado",
        "inicio del mensaje",
        "messaggio inoltrato",
        "inizio messaggio inoltrato",
        "mensagem encaminhada",
        "mensagem reencaminhada",
        "przekazana wiadomość",
        "treść przekazanej wiadomości",
        "пересылаемое сообщение",
        "пересланное сообщение",
        "начало переадресованного",
        "переслане повідомлення",
        "перенаправлене повідомлення",
        "doorgestuurd bericht",
        "vidarebefordrat meddelande",
        "videresendt meddelelse",
        "přeposlaná zpráva",
        "továbbított üzenet",
        "转发邮件",
        "転送メッセージ",
    ];

    public static bool Begins(string line)
    {
        if (line.Length > 120)
            return false;
        var words = line.Trim('-', '_', '=', '*', ' ');
        return words.Length > 0 && Array.Exists(Names, n => words.StartsWith(n, StringComparison.OrdinalIgnoreCase));
    }
}

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

/// <summary>"On Tuesday somebody wrote:" in the languages of the clients.</summary>
internal static class Attribution
{
    private static readonly string[] Verbs =
    [
        "wrote",
        "writes",
        "written",
        "schrieb",
        "geschrieben",
        "a écrit",
        "écrivait",
        "escribió",
        "ha escrito",
        "escreveu",
        "ha scritto",
        "scrisse",
        "scritto",
        "napisał",
        "pisze",
        "napsal",
        "napísal",
        "написал",
        "пишет",
        "писал",
        "написав",
        "написала",
        "пише",
        "писав",
        "schreef",
        "geschreven",
        "het volgende geschreven",
        "skrev",
        "kirjoitti",
        "írta",
        "a scris",
        "yazdı",
        "şunu yazdı",
        "έγραψε",
        "va escriure",
        "napisao",
        "写道",
        "寫道",
        "のメール",
        "書きました",
        "작성",
        "said",
    ];

    private static readonly HashSet<string> Starts = new(StringComparer.OrdinalIgnoreCase)
    {
        "on",
        "at",
        "am",
        "le",
        "el",
        "il",
        "em",
        "op",
        "den",
        "dnia",
        "w",
        "dne",
        "in",
        "a",
        "på",
        "kl",
        "в",
        "у",
        "from",
        "quoting",
        "ma",
        "ti",
        "ke",
        "to",
        "pe",
        "la",
        "su",
        "пн",
        "вт",
        "ср",
        "чт",
        "пт",
        "сб",
        "вс",
        "нд",
        "pon",
        "wt",
        "śr",
        "czw",
        "pt",
        "sob",
        "niedz",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "lun",
        "mar",
        "mer",
        "jeu",
        "ven",
        "sam",
        "dim",
        "sent",
        "no",
        "dia",
        "né",
        "vào",
    };

    /// <summary>Whether a text can be the end of an introduction.</summary>
    public static bool Ends(string text)
    {
        if (text.Length < 6)
            return false;
        return text[^1] is ':' or '：'
            || text.EndsWith(":*", StringComparison.Ordinal)
            || text.EndsWith("wrote", StringComparison.OrdinalIgnoreCase)
                && text.Contains('@', StringComparison.Ordinal);
    }

    /// <summary>A verb of writing with a date, an address or "you"; or a date and an address, as some clients leave the verb out.</summary>
    public static bool Is(string text)
    {
        var address = text.Contains('@', StringComparison.Ordinal);
        var date = HasDate(text);
        var verb = Array.Exists(Verbs, v => text.Contains(v, StringComparison.OrdinalIgnoreCase));
        return verb && (date || address && text.Length < 300)
            || date && address && text.TrimEnd(':', '：', ' ', '*').EndsWith('>');
    }

    /// <summary>Whether the text begins with a date or the word that stands before one.</summary>
    public static bool BeginsPlainly(string text)
    {
        var start = text.TrimStart('*', '_', '"', '«', ' ');
        if (start.Length == 0)
            return false;
        if (char.IsAsciiDigit(start[0]))
            return true;
        var end = start.AsSpan().IndexOfAny(' ', ',', '.');
        var word = end < 0 ? start : start[..end];
        return Starts.Contains(word) || word.Length >= 6 && IsWeekday(word);
    }

    /// <summary>"Name [address] wrote:" and "Name schrieb am 3. März:".</summary>
    public static bool BeginsWithName(string text)
    {
        var start = text.TrimStart('*', '_', '"', '«', ' ');
        var verbAt = Verbs
            .Select(v => start.IndexOf(v, StringComparison.OrdinalIgnoreCase))
            .Where(i => i > 0)
            .DefaultIfEmpty(-1)
            .Min();
        var bracket = start.IndexOf('<', StringComparison.Ordinal);
        if (bracket is > 0 and < 60 && (verbAt < 0 || bracket < verbAt))
            return IsName(start[..bracket]);
        return verbAt is > 0 and < 60 && IsName(start[..verbAt]);
    }

    /// <summary>Where in a line an English introduction begins behind other words; 0 when it does not.</summary>
    public static int StartWithin(string line)
    {
        for (
            var at = line.IndexOf(" On ", StringComparison.Ordinal);
            at >= 0;
            at = line.IndexOf(" On ", at + 1, StringComparison.Ordinal)
        )
        {
            var rest = line[(at + 4)..];
            if (rest.Length > 3 && (char.IsAsciiDigit(rest[0]) || Starts.Contains(rest[..3]) || IsMonth(rest[..3])))
                return at + 1;
        }
        return 0;
    }

    /// <summary>"2016-03-03 17:21 GMT+01:00 Some One", with the address and colon cut or on the next line.</summary>
    public static bool IsDatedName(string text, bool isLast) =>
        isLast
        && text.Length is > 20 and < 160
        && char.IsAsciiDigit(text[0])
        && text.Length > 10
        && text[4] == '-'
        && text[7] == '-'
        && text.Contains(" GMT", StringComparison.Ordinal)
        && HasTime(text);

    private static bool IsName(string text)
    {
        if (
            text.StartsWith('<')
            || text.AsSpan().IndexOfAny('!', '?') >= 0
            || text.Contains(". ", StringComparison.Ordinal) && text.Length > 20
        )
            return false; // a sentence
        var words = text.Split([' ', ',', '"', '\''], StringSplitOptions.RemoveEmptyEntries);
        return words.Length is > 0 and <= 6
            && (text.Contains('@', StringComparison.Ordinal) || char.IsUpper(words[0][0]) || words[0][0] > 0x2e80);
    }

    private static bool IsWeekday(string word) =>
        word.TrimEnd(',').ToLowerInvariant()
            is "monday"
                or "tuesday"
                or "wednesday"
                or "thursday"
                or "friday"
                or "saturday"
                or "sunday"
                or "montag"
                or "dienstag"
                or "mittwoch"
                or "donnerstag"
                or "freitag"
                or "samstag"
                or "sonntag";

    private static bool IsMonth(string word) =>
        "JanFebMarAprMayJunJulAugSepOctNovDec".IndexOf(word, StringComparison.Ordinal) % 3 == 0;

    /// <summary>A year of four digits, a date with separators, or a time of day.</summary>
    private static bool HasDate(string text)
    {
        if (HasTime(text))
            return true;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                continue;
            var end = i;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            if (end - i == 4 && text[i] is '1' or '2' && text[i + 1] is '9' or '0')
                return true;
            if (
                end - i <= 2
                && end + 1 < text.Length
                && text[end] is '/' or '.' or '-'
                && char.IsAsciiDigit(text[end + 1])
            )
                return true;
            i = end;
        }
        return false;
    }

    private static bool HasTime(string text)
    {
        for (var i = 1; i + 2 < text.Length; i++)
        {
            if (
                text[i] is ':' or '.'
                && char.IsAsciiDigit(text[i - 1])
                && char.IsAsciiDigit(text[i + 1])
                && char.IsAsciiDigit(text[i + 2])
            )
                return true;
        }
        return false;
    }
}
