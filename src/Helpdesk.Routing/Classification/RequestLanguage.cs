using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Helpdesk.Routing.Classification;

/// <param name="Language">ISO 639-1; null when nothing points to one of the languages that can be told apart.</param>
/// <param name="Share">Of all that points to any language, what points to this one; 0 to 1.</param>
/// <param name="Words">Those that decided, at most four; none where the script did.</param>
public sealed record LanguageReading(string? Language, double Share, IReadOnlyList<string> Words);

/// <summary>
/// The language of a request, as an ISO 639-1 code: by its script where that tells it, else by its small words (a word counts 1/n where n
/// languages have it) and by letters that few languages write. Small words are few and everywhere, so a sentence is enough.
/// </summary>
public static class RequestLanguage
{
    private const int CharactersLookedAt = 1_000;

    /// <summary>Less than one small word of its own, or one letter, is a name.</summary>
    private const double Least = 0.45;

    /// <summary>Of that, at least so much by small words and letters.</summary>
    private const double LeastFirm = 0.2;

    /// <summary>How much more the language must have than the next.</summary>
    private const double Ahead = 1.15;
    private const double OfLetter = 0.7;

    /// <summary>So many of a language's letters count; the rest say nothing new.</summary>
    private const int MostLetters = 3;

    private const int MostWords = 4;

    /// <summary>For a word that is no small word of any language.</summary>
    private const double OfUnknown = 0.3;
    private const int ShortestUnknown = 4;

    // written from knowledge of the languages, with the words that requests begin with
    private static readonly (string Language, string Words)[] Latin =
    [
        (
            "en",
            "the of and to a in is i you that it for on with as are this be have from or by not but what all were when your can there use each which how their will other about many then them these so some her would make like him into time has look two more go see no way could my than been who now did get come made may part me we our us do does don't doesn't didn't can't cannot won't isn't i'm i've it's please hello hi thanks thank want need why where wrong help never are tell show give find call set add make cancel am was any an if at up out just still yet"
        ),
        (
            "de",
            "der die das und ist in den von zu mit sich des auf für nicht ein eine einen einem einer dem es an auch als am er sie wir ihr ich mein meine meinen meinem meiner dein mir mich dir dich uns ihnen wie was wer wo wann warum kann können muss möchte will hat habe haben bin sind war wird werden wurde bei nach aus um über unter vor zum zur im noch schon nur aber oder wenn dass bitte hallo danke guten sehr kein keine keinen gibt alle heute morgen mal jetzt ihre ihren"
        ),
        (
            "fr",
            "le la les de des du un une et est en que qui dans pour pas sur ce cette ces au aux avec il elle je j'ai nous vous ils mon ma mes votre vos notre nos son sa ses ne plus par se mais ou où comment pourquoi quand quel quelle être avoir ai suis avez sont fait faire peux peut pouvez veux voudrais bonjour merci très bien toujours encore aussi si c'est n'est d'un d'une l'ai qu'il été reçu car chez cela ça y"
        ),
        (
            "es",
            "el la los las de del un una y es en que por para con no se su sus lo al como más pero mi mis me te le nos os yo tú usted ustedes este esta esto ese esa cuando cómo qué por qué dónde cuál muy ya está estoy están son ser tengo tiene hay puedo puede quiero quisiera hola gracias favor todavía también sin sobre hasta desde ha he han hace día mañana hoy todo todos cada ella él pon ponme cuánto"
        ),
        (
            "it",
            "il lo la i gli le di a da in con su per tra un uno una e è che non si come più ma mi ti ci vi mio mia miei mie tuo suo sua questo questa quello quella sono sei siamo ho hai ha abbiamo hanno del della dei delle dello al alla ai alle dal dalla nel nella sul sulla posso può voglio vorrei perché quando dove quale quanto ciao buongiorno grazie favore anche ancora già molto tutti tutto ogni oggi domani c'è l'ho dammi fammi metti"
        ),
        (
            "pt",
            "o a os as de do da dos das um uma e é em no na nos nas que por para com não se seu sua seus suas ao à como mais mas meu minha meus minhas me te lhe eu você vocês nós ele ela este esta isto esse essa isso quando como porque onde qual muito já está estou são ser tenho tem há posso pode quero gostaria olá obrigado obrigada favor ainda também sem sobre até desde foi bom dia hoje amanhã todo todos pelo pela"
        ),
        (
            "nl",
            "de het een en is in van op te dat die voor met niet zijn aan er om ook als maar bij dan nog naar uit kan kunt wil wat wie waar wanneer waarom hoe ik je jij mijn jouw ons onze uw u hij zij ze we wij mij heb heeft hebben ben bent was wordt worden werd deze dit geen wel al door over tot moet moeten graag hallo dank bedankt alstublieft goede heel alle vandaag morgen zou zet geef"
        ),
        (
            "da",
            "og i er det at en den til på af med for de som ikke jeg du han hun vi mig dig min mit mine din dit dine et har var kan vil skal om hvad hvordan hvorfor hvor hvornår hvilken der så men eller fra også blev bliver være have når efter ved mod over under ud op nu her kun hej tak venligst gerne meget alle idag dag morgen sæt giv mere ingen noget nogle"
        ),
        (
            "sv",
            "och i är det att en ett den till på av med för de som inte jag du han hon vi mig dig min mitt mina din ditt dina har var kan vill ska om vad hur varför var när vilken där så men eller från också blev blir vara ha efter vid mot över under ut upp nu här bara hej tack snälla gärna mycket alla idag imorgon sätt ge mer ingen något några"
        ),
        (
            "nb",
            "og i er det at en et den til på av med for de som ikke jeg du han hun vi meg deg min mitt mine din ditt dine har var kan vil skal om hva hvordan hvorfor hvor når hvilken der så men eller fra også ble blir være ha etter ved mot over under ut opp nå her bare hei takk vennligst gjerne mye alle idag morgen sett gi mer ingen noe noen"
        ),
        (
            "fi",
            "ja on ei se että en ole olen mutta niin kun kuin mitä mikä missä miksi miten milloin minun minulla minä sinä hän me te he tämä se nämä voi voin voiko haluan haluaisin ovat oli olisi myös vain vielä jo nyt sitten hei kiitos terve hyvää jos tai sekä kanssa mukaan ilman ennen jälkeen koska joka jotka tänään huomenna kaikki"
        ),
        (
            "pl",
            "i w z na do nie się jest to że a o jak ale po co tak za od czy dla przez przy już tylko może mam mi mnie mój moja moje moją mojego ja ty on ona wy oni ten ta te tego jego jej ich są był była było będzie być mieć mogę chcę chciałbym dlaczego gdzie kiedy który jaki ile proszę dzień dobry dziękuję witam bardzo jeszcze też lub oraz żeby aby dzisiaj jutro"
        ),
        (
            "cs",
            "a v je se na že to s z do i o jak ale po co tak za od pro při už jen může mám mi mě můj moje já ty on ona vy oni ten ta tento této jeho její jsou jsem jste byl byla bylo bude být mít mohu chci chtěl proč kde kdy který jaký kolik prosím dobrý den děkuji velmi ještě také nebo aby dnes zítra nemohu není"
        ),
        (
            "sk",
            "a v je sa na že to s z do aj o ako ale po čo tak za od pre pri už len môže mám mi ma môj moje ja ty on ona vy oni ten tá tento tejto jeho jej sú som ste bol bola bolo bude byť mať môžem chcem chcel prečo kde kedy ktorý aký koľko prosím dobrý deň ďakujem veľmi ešte tiež alebo aby dnes zajtra nemôžem nie"
        ),
        (
            "sr",
            "i u je se na da li su sam si ne to za od do sa s o kao ali po šta što kako tako iz pri već samo može mogu imam mi me moj moja moje ja ti on ona mi vi oni taj ta ovaj ova ovo njegov bio bila bilo biće biti hoću želim zašto gde kada koji koja koje kakav koliko molim molim vas dobar dan hvala veoma još takođe ili danas sutra nije nema prikaži podesi pronađi treba"
        ),
        (
            "ro",
            "și în de la cu pe este nu o un una că să se din pentru mai a al ale ai am are sunt eu tu el ea noi voi ei mea meu mele tău sa lui lor care ce cum de ce unde când cât dacă dar sau fost fi poate pot vreau aș bună ziua mulțumesc vă rog foarte încă tot toate astăzi mâine acest această iar prin fără"
        ),
        (
            "hu",
            "a az és nem hogy is egy van meg de ha csak már még volt vagy mint azt ez ezt én te ő mi ti ők nekem neked engem kell lehet tudok szeretnék miért hol mikor hogyan mi melyik mennyi kérem köszönöm jó napot üdvözlöm nagyon mert minden ma holnap amit ami aki vagyok voltam lesz nincs"
        ),
        (
            "tr",
            "ve bir bu da de için ile mi mı mu mü ne o ben sen biz siz onlar benim senin bana beni var yok değil olarak daha en çok ama veya gibi kadar sonra önce nasıl neden nerede zaman hangi kaç lütfen merhaba teşekkürler istiyorum misin mısın olan oldu olacak edilir ediyorum bugün yarın her şey hiç hava saat"
        ),
        (
            "lt",
            "ir yra kad ne su į iš už per prie ar bet kaip kas kur kada kodėl kiek mano aš tu jis ji mes jūs jie man mane tavo jo jos šis ši tai ta tas buvo bus būti turiu galiu noriu norėčiau prašau labas ačiū labai dar jau tik taip pat arba šiandien rytoj ant dėl nuo iki po kokia koks nustatyk parodyk visus"
        ),
        (
            "id",
            "yang dan di ke dari ini itu untuk dengan pada tidak adalah saya aku kamu anda dia kami kita mereka ada akan sudah belum bisa dapat tolong terima kasih apa apakah bagaimana mengapa kenapa dimana kapan berapa atau juga karena jika oleh dalam sebagai lebih sangat semua hari besok tunjukkan setel atur cari ingin mau jangan punya nya lagi"
        ),
    ];

    // Cyrillic
    private static readonly (string Language, string Words)[] Cyrillic =
    [
        (
            "ru",
            "и в не на я что с он а как это по но из у за от о же к до вы бы мы мне меня мой моя мое мою моей для или так уже есть был была было быть нет его её их если когда где почему как можно могу хочу пожалуйста здравствуйте спасибо добрый день очень ещё еще все всё только при через после чтобы сегодня завтра"
        ),
        (
            "uk",
            "і в у не на я що з він а як це по але із за від о ж до ви б ми мені мене мій моя моє мою моєї для або так вже є був була було бути немає його її їх якщо коли де чому можна можу хочу будь ласка вітаю дякую добрий день дуже ще все тільки при через після щоб сьогодні завтра та"
        ),
        (
            "bg",
            "и в не на аз че с той а как това по но от за до вие ви бих ние ми ме мой моя мое моята за или така вече е съм си сме сте са беше има няма него нея тях ако кога къде защо може мога искам моля здравейте благодаря добър ден много още всичко само при през след да се днес утре който която"
        ),
        (
            "sr",
            "и у је се на да ли су сам си не то за од до са с о као али по шта што како тако из при већ само може могу имам ми ме мој моја моје ја ти он она ви они тај та овај ова ово био била било бити хоћу желим зашто где када који која које колико молим добар дан хвала веома још такође или данас сутра није нема"
        ),
        (
            "kk",
            "және мен бұл бір үшін не да де емес бар жоқ менің маған сіз сен ол біз олар қалай неге қайда қашан қандай қанша немесе бірақ керек болады болып еді деп өте барлық бүгін ертең рахмет сәлем көрсет маған туралы дейін кейін ма ме ба бе па пе"
        ),
    ];

    // letters that tell a language among those of its script
    private static readonly FrozenDictionary<char, string[]> Letters = new Dictionary<char, string[]>
    {
        ['ß'] = ["de"],
        ['ä'] = ["de", "sv", "fi", "sk"],
        ['ö'] = ["de", "sv", "fi", "tr", "hu"],
        ['ü'] = ["de", "tr", "hu"],
        ['ç'] = ["fr", "pt", "tr"],
        ['œ'] = ["fr"],
        ['ê'] = ["fr", "pt"],
        ['è'] = ["fr", "it"],
        ['à'] = ["fr", "it", "pt"],
        ['ù'] = ["it", "fr"],
        ['ò'] = ["it"],
        ['ì'] = ["it"],
        ['ñ'] = ["es"],
        ['¿'] = ["es"],
        ['¡'] = ["es"],
        ['ã'] = ["pt"],
        ['õ'] = ["pt"],
        ['å'] = ["da", "sv", "nb"],
        ['æ'] = ["da", "nb"],
        ['ø'] = ["da", "nb"],
        ['ł'] = ["pl"],
        ['ń'] = ["pl"],
        ['ś'] = ["pl"],
        ['ź'] = ["pl"],
        ['ż'] = ["pl"],
        ['ą'] = ["pl", "lt"],
        ['ę'] = ["pl", "lt"],
        ['ė'] = ["lt"],
        ['į'] = ["lt"],
        ['ų'] = ["lt"],
        ['ū'] = ["lt"],
        ['ř'] = ["cs"],
        ['ě'] = ["cs"],
        ['ů'] = ["cs"],
        ['ľ'] = ["sk"],
        ['ô'] = ["sk", "fr", "pt"],
        ['ť'] = ["sk", "cs"],
        ['č'] = ["cs", "sk", "sr", "lt"],
        ['š'] = ["cs", "sk", "sr", "lt"],
        ['ž'] = ["cs", "sk", "sr", "lt"],
        ['ć'] = ["sr", "pl"],
        ['đ'] = ["sr"],
        ['ă'] = ["ro"],
        ['ț'] = ["ro"],
        ['ş'] = ["tr", "ro"],
        ['ș'] = ["ro"],
        ['ő'] = ["hu"],
        ['ű'] = ["hu"],
        ['ğ'] = ["tr"],
        ['ı'] = ["tr"],
        ['і'] = ["uk", "kk"],
        ['ї'] = ["uk"],
        ['є'] = ["uk"],
        ['ґ'] = ["uk"],
        ['ы'] = ["ru", "kk"],
        ['э'] = ["ru"],
        ['ё'] = ["ru"],
        ['ъ'] = ["bg"],
        ['ђ'] = ["sr"],
        ['ј'] = ["sr"],
        ['љ'] = ["sr"],
        ['њ'] = ["sr"],
        ['ћ'] = ["sr"],
        ['џ'] = ["sr"],
        ['ә'] = ["kk"],
        ['ғ'] = ["kk"],
        ['қ'] = ["kk"],
        ['ң'] = ["kk"],
        ['ө'] = ["kk"],
        ['ұ'] = ["kk"],
        ['ү'] = ["kk"],
        ['һ'] = ["kk"],
    }.ToFrozenDictionary();

    private static readonly Alphabet LatinAlphabet = new(Latin);
    private static readonly Alphabet CyrillicAlphabet = new(Cyrillic);
    private static readonly string[] ByScript = ["ar", "el", "fa", "he", "hi", "ja", "ko", "th", "zh"];

    private static readonly LanguageReading Nothing = new(null, 0, []);
    private static readonly SearchValues<char> OfPersian = SearchValues.Create("پچژگکی");

    /// <summary>Those that can be told apart.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [.. Latin.Concat(Cyrillic).Select(l => l.Language).Concat(ByScript).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Null when nothing points to one of the languages that can be told apart.</summary>
    public static string? Of(string text) => Read(text).Language;

    public static LanguageReading Read(string text)
    {
        var start = text.AsSpan(0, Math.Min(text.Length, CharactersLookedAt));
        var scripts = new int[Enum.GetValues<Script>().Length];
        foreach (var rune in start.EnumerateRunes())
            scripts[(int)ScriptOf(rune)]++;
        scripts[(int)Script.None] = 0;
        // a foreign sentence has Latin names in it oftener than the other way round, and a sign of these is half a word
        scripts[(int)Script.Latin] = (scripts[(int)Script.Latin] + 1) / 2;
        foreach (var dense in (Script[])[Script.Han, Script.Kana, Script.Hangul])
            scripts[(int)dense] *= 2;
        // Japanese is written with both; Chinese has no kana
        if (scripts[(int)Script.Kana] > 0)
            scripts[(int)Script.Kana] += scripts[(int)Script.Han];
        var most = (Script)Array.IndexOf(scripts, scripts.Max());
        if (scripts[(int)most] == 0)
            return Nothing;
        return most switch
        {
            Script.Latin => Best(start, LatinAlphabet),
            Script.Cyrillic => Best(start, CyrillicAlphabet),
            Script.Greek => ByItsScript("el"),
            Script.Hebrew => ByItsScript("he"),
            Script.Arabic => ByItsScript(start.ContainsAny(OfPersian) ? "fa" : "ar"),
            Script.Devanagari => ByItsScript("hi"),
            Script.Thai => ByItsScript("th"),
            Script.Hangul => ByItsScript("ko"),
            Script.Kana => ByItsScript("ja"),
            Script.Han => ByItsScript("zh"),
            _ => Nothing,
        };

        static LanguageReading ByItsScript(string language) => new(language, 1, []);
    }

    private enum Script
    {
        None,
        Latin,
        Cyrillic,
        Greek,
        Hebrew,
        Arabic,
        Devanagari,
        Thai,
        Hangul,
        Kana,
        Han,
    }

    private static Script ScriptOf(Rune rune) =>
        rune.Value switch
        {
            _ when !Rune.IsLetter(rune) => Script.None,
            < 0x0250 or (>= 0x1E00 and < 0x1F00) => Script.Latin,
            >= 0x0370 and < 0x0400 => Script.Greek,
            >= 0x0400 and < 0x0530 => Script.Cyrillic,
            >= 0x0590 and < 0x0600 => Script.Hebrew,
            (>= 0x0600 and < 0x0780) or (>= 0xFB50 and < 0xFE00) => Script.Arabic,
            >= 0x0900 and < 0x0980 => Script.Devanagari,
            >= 0x0E00 and < 0x0E80 => Script.Thai,
            >= 0x3040 and < 0x3100 => Script.Kana,
            (>= 0x3400 and < 0xA000) or (>= 0x20000 and < 0x30000) => Script.Han,
            (>= 0xAC00 and < 0xD7B0) or (>= 0x1100 and < 0x1200) => Script.Hangul,
            _ => Script.None,
        };

    private static LanguageReading Best(ReadOnlySpan<char> text, Alphabet alphabet)
    {
        var scores = new Dictionary<string, double>(StringComparer.Ordinal);
        var guesses = new Dictionary<string, double>(StringComparer.Ordinal);
        var found = new List<(string Word, string[] Languages)>();
        void Count(string[] languages, double points)
        {
            foreach (var language in languages)
                scores[language] = scores.GetValueOrDefault(language) + (points / languages.Length);
        }

        var lookup = alphabet.Words.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[24];
        var at = 0;
        while (at < text.Length)
        {
            if (!IsOfWord(text[at]))
            {
                at++;
                continue;
            }
            var end = at;
            while (end < text.Length && IsOfWord(text[end]))
                end++;
            var word = text[at..end].Trim('\'');
            if (word.Length <= lower.Length)
            {
                var length = word.ToLowerInvariant(lower);
                lower[..length].Replace('’', '\'');
                if (lookup.TryGetValue(lower[..length], out var languages))
                {
                    Count(languages, 1);
                    found.Add((lower[..length].ToString(), languages));
                }
                else if (length >= ShortestUnknown)
                    alphabet.Guess(lower[..length], guesses, OfUnknown);
            }
            at = end;
        }
        var seen = new Dictionary<char, int>();
        foreach (var letter in text)
        {
            var small = char.ToLowerInvariant(letter);
            if (
                Letters.TryGetValue(small, out var languages)
                && (seen[small] = seen.GetValueOrDefault(small) + 1) <= MostLetters
            )
                Count(languages, OfLetter);
        }
        // pairs of letters tip the scales, but a name has them too: without a small word or a letter they say nothing
        var ranked = scores
            .Where(s => s.Value >= LeastFirm)
            .Select(s => (s.Key, Value: s.Value + guesses.GetValueOrDefault(s.Key)))
            .OrderByDescending(s => Math.Round(s.Value, 9))
            .ThenBy(s => s.Key, StringComparer.Ordinal)
            .ToList();
        if (ranked.Count == 0 || ranked[0].Value < Least)
            return Nothing;
        var best = ranked[0].Key;
        var next = ranked.Skip(1).FirstOrDefault(s => !AreRelated(best, s.Key));
        return ranked[0].Value < Ahead * next.Value
            ? Nothing
            : new(
                best,
                ranked[0].Value / (ranked[0].Value + next.Value),
                [
                    .. found
                        .Where(w => w.Languages.Contains(best))
                        .OrderBy(w => w.Languages.Length)
                        .Select(w => w.Word)
                        .Distinct()
                        .Take(MostWords),
                ]
            );
    }

    // who reads one of them reads the other: a guess is better than none
    private static bool AreRelated(string one, string other) =>
        (one, other) is ("da", "nb") or ("nb", "da") or ("cs", "sk") or ("sk", "cs");

    private static bool IsOfWord(char c) => char.IsLetter(c) || c is '\'' or '’';

    /// <summary>What the small words of the languages of a script say: which languages have them, and of all others how likely their pairs of letters
    /// are in each (naive Bayes over bigrams, Cavnar and Trenkle 1994 with probabilities).</summary>
    private sealed class Alphabet
    {
        private const double Smoothing = 0.3;
        private const int Pairs = 900;
        private readonly string[] _languages;
        private readonly Dictionary<(char, char), float[]> _pairs = [];
        private readonly float[] _unseen;

        public Alphabet((string Language, string Words)[] lists)
        {
            _languages = [.. lists.Select(l => l.Language)];
            Words = lists
                .SelectMany(l => l.Words.Split(' ').Distinct(), (l, word) => (l.Language, Word: word))
                .GroupBy(w => w.Word, w => w.Language, StringComparer.Ordinal)
                .ToFrozenDictionary(g => g.Key, g => g.Distinct().ToArray(), StringComparer.Ordinal);
            var totals = new double[lists.Length];
            var counts = new Dictionary<(char, char), double[]>();
            for (var at = 0; at < lists.Length; at++)
                foreach (var word in lists[at].Words.Split(' ').Distinct(StringComparer.Ordinal))
                foreach (var pair in PairsOf(word))
                {
                    if (!counts.TryGetValue(pair, out var row))
                        counts[pair] = row = new double[lists.Length];
                    row[at]++;
                    totals[at]++;
                }
            double Log(double count, int at) => Math.Log((count + Smoothing) / (totals[at] + (Smoothing * Pairs)));
            foreach (var (pair, row) in counts)
                _pairs[pair] = [.. row.Select((count, at) => (float)Log(count, at))];
            _unseen = [.. totals.Select((_, at) => (float)Log(0, at))];
        }

        public FrozenDictionary<string, string[]> Words { get; }

        /// <summary>Spreads the points over the languages as likely as the word is one of theirs.</summary>
        public void Guess(ReadOnlySpan<char> word, Dictionary<string, double> scores, double points)
        {
            var likely = new double[_languages.Length];
            foreach (var pair in PairsOf(word.ToString()))
            {
                var row = _pairs.GetValueOrDefault(pair, _unseen);
                for (var at = 0; at < likely.Length; at++)
                    likely[at] += row[at];
            }
            var most = likely.Max();
            var sum = 0.0;
            for (var at = 0; at < likely.Length; at++)
                sum += likely[at] = Math.Exp(likely[at] - most);
            for (var at = 0; at < likely.Length; at++)
                scores[_languages[at]] = scores.GetValueOrDefault(_languages[at]) + (points * likely[at] / sum);
        }

        private static IEnumerable<(char, char)> PairsOf(string word)
        {
            var before = ' ';
            foreach (var letter in word)
            {
                yield return (before, letter);
                before = letter;
            }
            yield return (before, ' ');
        }
    }
}
