namespace Helpdesk.Knowledge.Matching;

/// <summary>What somebody asks in a message, and what they tell around it.</summary>
/// <param name="Question">The sentences that ask or complain, in their order; never empty where the message has words.</param>
/// <param name="Story">The other sentences, without greeting and signature.</param>
public sealed record FoundQuestion(string Question, string Story);

/// <summary>
/// Finds the actual question in a message: greeting, courtesy and signature go; of what is left the sentences that ask for something or
/// say what is wrong are the question. A short message is its own question.
/// </summary>
public static class ActualQuestion
{
    private const int MaxText = 20_000;
    private const int ShortWords = 45;
    private const int MaxQuestionWords = 60;

    /// <summary>A line at least so long was broken by the mail program, not by its writer.</summary>
    private const int WrappedFrom = 55;

    private static readonly string[] Courtesies =
    [
        "hope you are",
        "hope this",
        "hope all",
        "thank you in advance",
        "thanks in advance",
        "looking forward",
        "have a nice",
        "have a great",
        "please let me know",
        "my name is",
        "i am writing to you",
        "vielen dank im voraus",
        "ich hoffe",
        "mein name ist",
        "заранее",
        "меня зовут",
        "надеюсь",
        "мене звати",
        "сподіваюся",
        "mam nadzieję",
        "nazywam się",
        "z góry dzięk",
    ];

    // what questions, wishes and complaints are made of
    private static readonly string[] Cues =
    [
        "how",
        "why",
        "where",
        "when",
        "what",
        "which",
        "who",
        "can",
        "could",
        "please",
        "need",
        "want",
        "would like",
        "help",
        "unable",
        "cannot",
        "can't",
        "cant",
        "not",
        "n't",
        "error",
        "problem",
        "issue",
        "wrong",
        "fail",
        "failed",
        "missing",
        "lost",
        "stolen",
        "declined",
        "rejected",
        "refund",
        "cancel",
        "stopped",
        "broken",
        "stuck",
        "wie",
        "warum",
        "wo",
        "wann",
        "welche",
        "kann",
        "könnten",
        "bitte",
        "möchte",
        "brauche",
        "nicht",
        "kein",
        "keine",
        "fehler",
        "hilfe",
        "как",
        "почему",
        "где",
        "когда",
        "что",
        "какой",
        "можно",
        "могу",
        "пожалуйста",
        "нужно",
        "хочу",
        "не",
        "нет",
        "ошибка",
        "проблема",
        "помогите",
        "як",
        "чому",
        "де",
        "коли",
        "який",
        "можна",
        "можу",
        "прошу",
        "потрібно",
        "хочу",
        "не",
        "немає",
        "помилка",
        "допоможіть",
        "jak",
        "dlaczego",
        "gdzie",
        "kiedy",
        "jaki",
        "czy",
        "można",
        "mogę",
        "proszę",
        "potrzebuję",
        "chcę",
        "nie",
        "błąd",
        "pomoc",
    ];

    /// <summary>Never throws; looks at the first 20,000 characters.</summary>
    public static FoundQuestion Find(string message)
    {
        var lines = Matter(message);
        var sentences = Unwrapped(lines)
            .SelectMany(Sentences)
            .Where(sentence => MessageFrame.CountWords(sentence) > 0)
            .ToList();
        if (sentences.Count == 0)
            return new(message.Trim(), "");
        if (sentences.Sum(sentence => MessageFrame.CountWords(sentence)) <= ShortWords)
            return new(string.Join(' ', sentences), "");
        var chosen = Choose(sentences);
        return new(
            string.Join(' ', sentences.Where((_, at) => chosen.Contains(at))),
            string.Join(' ', sentences.Where((_, at) => !chosen.Contains(at)))
        );
    }

    /// <summary>A message without greeting, signature and quoted lines; otherwise as it was written.</summary>
    public static string WithoutCourtesy(string message) => string.Join('\n', Matter(message)).Trim();

    // lines that a mail program broke, as the paragraphs they were
    private static List<string> Unwrapped(List<string> lines)
    {
        var paragraphs = new List<string>();
        var goesOn = false;
        foreach (var line in lines)
        {
            if (goesOn && line.Length > 0)
                paragraphs[^1] += " " + line;
            else
                paragraphs.Add(line);
            goesOn = line.Length >= WrappedFrom;
        }
        return paragraphs;
    }

    private static HashSet<int> Choose(List<string> sentences)
    {
        var chosen = new HashSet<int>();
        var words = 0;
        foreach (
            var (at, sentence) in sentences
                .Index()
                .OrderByDescending(pair => Score(pair.Item, pair.Index))
                .ThenBy(pair => pair.Index)
        )
        {
            var length = MessageFrame.CountWords(sentence);
            if (chosen.Count > 0 && (words + length > MaxQuestionWords || Score(sentence, at) <= 0))
                continue;
            chosen.Add(at);
            words += length;
        }
        return chosen;
    }

    private static double Score(string sentence, int position)
    {
        if (MessageFrame.StartsWithAny(sentence, Courtesies))
            return -1;
        var padded = " " + sentence.ToLowerInvariant() + " ";
        var cues = Cues.Count(cue =>
            cue[0] == 'n' && cue.Contains('\'', StringComparison.Ordinal)
                ? padded.Contains(cue, StringComparison.Ordinal)
                : ContainsWord(padded, cue)
        );
        return (sentence.Contains('?', StringComparison.Ordinal) ? 2.5 : 0)
            + Math.Min(2, cues)
            + (1.0 / (1 + position));
    }

    private static List<string> Matter(string message)
    {
        var whole = message[..Math.Min(message.Length, MaxText)];
        return MessageFrame.MatterOf(whole).ConvertAll(line => whole.Substring(line.Start, line.Length));
    }

    private static IEnumerable<string> Sentences(string line)
    {
        var start = 0;
        for (var at = 0; at < line.Length; at++)
        {
            var ends =
                line[at] is '?' or '!' or ';'
                || (line[at] == '.' && (at + 1 == line.Length || char.IsWhiteSpace(line[at + 1])));
            if (!ends)
                continue;
            yield return line[start..(at + 1)].Trim();
            start = at + 1;
        }
        if (start < line.Length)
            yield return line[start..].Trim();
    }

    private static bool ContainsWord(string padded, string word)
    {
        for (
            var at = padded.IndexOf(word, StringComparison.Ordinal);
            at > 0;
            at = padded.IndexOf(word, at + 1, StringComparison.Ordinal)
        )
        {
            if (!char.IsLetter(padded[at - 1]) && !char.IsLetter(padded[at + word.Length]))
                return true;
        }
        return false;
    }
}
