namespace Helpdesk.Knowledge.Matching;

/// <summary>
/// What stands around the matter of a message: a first line that says nothing ("Question"), the greeting, thanks and leave-taking, what a mail
/// program writes below, quoted lines. English, German, Russian, Ukrainian and Polish.
/// </summary>
public static class MessageFrame
{
    private const int MostGreetingWords = 5;
    private const int MostClosingWords = 6;

    /// <summary>Lines that a signature has at most, blank ones included.</summary>
    private const int MaxSignatureLines = 24;

    /// <summary>A line of a signature that ends like a sentence has fewer words ("Northwind Ltd.").</summary>
    private const int SentenceWords = 4;

    private static readonly string[] Greetings =
    [
        "hi",
        "hello",
        "hey",
        "dear",
        "good morning",
        "good afternoon",
        "good evening",
        "good day",
        "greetings",
        "to whom it may concern",
        "hallo",
        "guten tag",
        "guten morgen",
        "guten abend",
        "sehr geehrte",
        "liebe",
        "lieber",
        "moin",
        "здравствуйте",
        "добрый день",
        "доброе утро",
        "добрый вечер",
        "привет",
        "уважаем",
        "добрий день",
        "доброго дня",
        "доброго ранку",
        "вітаю",
        "шановн",
        "привіт",
        "dzień dobry",
        "witam",
        "cześć",
        "szanown",
        "dobry wieczór",
    ];

    // what mail programs write under a message
    private static readonly string[] ProgramLines =
    [
        "sent from my",
        "get outlook for",
        "gesendet von",
        "von meinem iphone",
        "von meinem ipad",
        "von meinem samsung",
        "von meinem smartphone",
        "von meinem handy",
        "von meinem mobil",
        "отправлено с",
        "надіслано з",
        "wysłane z",
    ];

    /// <summary>Nothing of the matter comes after these.</summary>
    private static readonly string[] LeaveTakings =
    [
        "best regards",
        "kind regards",
        "warm regards",
        "regards",
        "best wishes",
        "sincerely",
        "yours sincerely",
        "yours faithfully",
        "yours truly",
        "mit freundlichen grüßen",
        "viele grüße",
        "freundliche grüße",
        "beste grüße",
        "mfg",
        "с уважением",
        "з повагою",
        "pozdrawiam",
        "z poważaniem",
    ];

    /// <summary>The matter may go on after these: "Thanks for the answer", "Best card for students?"</summary>
    private static readonly string[] Thanks =
    [
        "best",
        "yours",
        "thanks",
        "thank you",
        "many thanks",
        "thx",
        "danke",
        "vielen dank",
        "спасибо",
        "благодарю",
        "заранее спасибо",
        "дякую",
        "щиро дякую",
        "dziękuję",
        "cheers",
    ];

    // "Thank you very much in advance for your help"
    private static readonly HashSet<string> WordsOfThanks = new(
        (
            "thank thanks many cheers you so very much a lot in advance for your the any help time support assistance attention "
            + "and kind best wishes yours all vielen lieben dank danke im voraus schon mal für ihre die hilfe unterstützung mühe "
            + "спасибо большое заранее благодарю вас за помощь ответ внимание "
            + "дякую щиро дуже наперед вам допомогу увагу "
            + "dziękuję bardzo z góry za pomoc odpowiedź i und и та"
        ).Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    // "I have two questions", "Urgent", "Support request"
    private static readonly HashSet<string> SayingNothing = new(
        (
            "a an the my me i ve we you your our have has got need needs some few several one two three quick small general other more "
            + "question questions thing things problem problems issue issues help support service assistance request requests enquiry inquiry "
            + "query information info message contact matter urgent asap important please hello hi hey dear team attention with about for of to "
            + "is are there customer fwd fw re aw wg again and no subject "
            + "eine ein mein meine ich habe um zwei drei kurze frage fragen problem probleme hilfe anfrage anliegen nachricht kontakt kundendienst "
            + "bitte dringend wichtig betreff "
            + "вопрос вопросы вопроса два три у меня есть проблема проблемы помощь помогите срочно важно пожалуйста обращение запрос сообщение "
            + "питання запитання дві мене є проблеми допомога допоможіть терміново важливо будь ласка звернення запит повідомлення "
            + "pytanie pytania zapytanie dwa trzy mam problem problemy pomoc pomocy pilne ważne proszę o sprawa sprawy wiadomość"
        ).Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>How people greet, thank and take leave, in small letters; some are beginnings of words.</summary>
    public static IReadOnlyList<string> Politeness { get; } = [.. Greetings, .. LeaveTakings, .. Thanks];

    /// <summary>The lines of the matter, without the space around them; empty ones stay, as they part paragraphs. None where all of the
    /// message is frame. Never throws.</summary>
    /// <param name="message">May begin with its subject as a line of its own.</param>
    public static List<(int Start, int Length)> MatterOf(string message)
    {
        var lines = LinesOf(message);
        RemoveSignature(message, lines);
        var content = Enumerable.Range(0, lines.Count).Where(at => lines[at].Length > 0).Take(4).ToList();
        // with a subject, the greeting is the second
        var greeted = content.Take(2).FirstOrDefault(at => StartsWithAny(Of(message, lines[at]), Greetings), -1);
        if (greeted >= 0)
            lines[greeted] = WithoutGreeting(message, lines[greeted]);
        foreach (var at in content.SkipLast(1))
        {
            if (lines[at].Length > 0 && !Words(Of(message, lines[at])).All(SayingNothing.Contains))
                break;
            lines[at] = (lines[at].Start, 0);
        }
        return lines;
    }

    private static ReadOnlySpan<char> Of(string message, (int Start, int Length) line) =>
        message.AsSpan(line.Start, line.Length);

    // trimmed, without quoted ones
    private static List<(int Start, int Length)> LinesOf(string message)
    {
        var lines = new List<(int Start, int Length)>();
        foreach (var line in message.AsSpan().EnumerateLines())
        {
            var trimmed = line.Trim();
            if (!trimmed.StartsWith('>'))
                lines.Add(message.AsSpan().Overlaps(trimmed, out var start) ? (start, trimmed.Length) : (0, 0));
        }
        return lines;
    }

    private static void RemoveSignature(string message, List<(int Start, int Length)> lines)
    {
        var end = lines.FindIndex(line => Of(message, line) is "--" or "—" or "___");
        if (end > 0)
            lines.RemoveRange(end, lines.Count - end);
        var first = lines.FindIndex(line => line.Length > 0);
        for (var at = Math.Max(first + 1, lines.Count - MaxSignatureLines); at < lines.Count && first >= 0; at++)
        {
            if (!EndsMessage(message, lines, at))
                continue;
            lines.RemoveRange(at, lines.Count - at);
            break;
        }
    }

    private static bool EndsMessage(string message, List<(int Start, int Length)> lines, int at)
    {
        var line = Of(message, lines[at]);
        if (line.IsEmpty)
            return false;
        if (StartsWithAny(line, LeaveTakings) || StartsWithAny(line, ProgramLines))
            return CountWords(line) <= MostClosingWords && !line.Contains('?');
        // "Thanks, it still fails" is the matter, "Thanks, Tom" is not
        return StartsWithAny(line, Thanks)
            && Words(line).All(word => char.IsUpper(word[0]) || WordsOfThanks.Contains(word))
            && lines.Skip(at + 1).All(below => MayBeSignature(Of(message, below)));
    }

    private static bool MayBeSignature(ReadOnlySpan<char> line)
    {
        if (CountWords(line) < SentenceWords || StartsWithAny(line, ProgramLines) || StartsWithAny(line, LeaveTakings))
            return true;
        var words = Words(line.ToString()).ToList();
        var names = words.Count(word => !char.IsLower(word[0]));
        return line[^1] is not ('.' or '!' or '?') && 2 * names >= words.Count;
    }

    // "Hi there, my card is lost": the greeting ends at the first mark; a short line is nothing else
    private static (int Start, int Length) WithoutGreeting(string message, (int Start, int Length) line)
    {
        var text = Of(message, line);
        var mark = text.IndexOfAny(",.!:");
        if (mark < 0 || CountWords(text[..mark]) > MostGreetingWords)
            return CountWords(text) < MostGreetingWords ? (line.Start, 0) : line;
        var rest = text[(mark + 1)..].TrimStart();
        return (line.Start + line.Length - rest.Length, rest.Length);
    }

    internal static bool StartsWithAny(ReadOnlySpan<char> text, string[] beginnings)
    {
        foreach (var beginning in beginnings)
        {
            if (
                text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)
                && (text.Length == beginning.Length || beginning.Length > 5 || !char.IsLetter(text[beginning.Length]))
            )
                return true;
        }
        return false;
    }

    internal static int CountWords(ReadOnlySpan<char> text)
    {
        var words = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLetterOrDigit(text[i]) && (i == 0 || !char.IsLetterOrDigit(text[i - 1])))
                words++;
        }
        return words;
    }

    private static List<string> Words(ReadOnlySpan<char> line)
    {
        var words = new List<string>();
        for (var at = 0; at < line.Length; at++)
        {
            var start = at;
            while (at < line.Length && char.IsLetterOrDigit(line[at]))
                at++;
            if (at > start)
                words.Add(line[start..at].ToString());
        }
        return words;
    }
}
