namespace Helpdesk.Mail.Intake.Replies;

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
