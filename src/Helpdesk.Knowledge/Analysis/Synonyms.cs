using System.Collections.Frozen;

namespace Helpdesk.Knowledge.Analysis;

/// <summary>
/// Words that customers and authors use for the same thing on any desk. Applied to the query alone: each word of a group also finds the
/// others, for less. A desk's own groups come beside them.
/// </summary>
public sealed class Synonyms
{
    private static readonly string[] EnglishGroups =
    [
        "email mail e-mail emails mails",
        "delete remove erase",
        "picture photo image pic photograph",
        "computer pc laptop machine",
        "phone telephone mobile smartphone cellphone",
        "buy purchase",
        "login signin logon",
        "password passcode pwd",
        "film movie",
        "cancel terminate",
        "refund reimbursement",
        "fee charge cost",
        "price cost",
        "broken defective damaged faulty",
        "begin start",
        "stop end",
        "change modify alter edit",
        "create make add",
        "fix repair mend",
        "show display view",
        "folder directory",
        "backup archive save",
        "disable deactivate",
        "enable activate",
        "error failure fault",
        "app application program",
        "address location",
        "bill invoice",
        "shipping delivery dispatch",
        "send transmit",
        "receive get",
        "website site webpage",
        "fast quick rapid",
        "multiple several many",
        "store keep save",
        "choose select pick",
        "stolen theft",
        "doc document",
        "info information",
        "forgot forget forgotten",
        "child kid",
        "job work",
        "salary wage pay",
        "holiday vacation",
        "car vehicle auto",
        "meeting appointment",
        "customer client",
        "size dimension",
        "colour color",
        "cheque check",
    ];

    private readonly FrozenDictionary<string, string[]> _english;

    private Synonyms(IEnumerable<string> groups) => _english = Index(groups);

    /// <summary>The groups that hold on any desk.</summary>
    public static Synonyms Common { get; } = new(EnglishGroups);

    /// <summary>The common groups and a desk's own.</summary>
    /// <param name="groups">Each a list of words separated by blanks.</param>
    public static Synonyms With(IEnumerable<string> groups) => new(EnglishGroups.Concat(groups));

    /// <summary>The other words of a folded word's groups; none for most words.</summary>
    public IReadOnlyList<string> Of(Language language, string folded) =>
        language is Language.English or Language.Unknown && _english.TryGetValue(folded, out var others) ? others : [];

    private static FrozenDictionary<string, string[]> Index(IEnumerable<string> groups) =>
        groups
            .Select(group => group.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .SelectMany(words =>
                words.SelectMany(word => words.Where(other => other != word).Select(other => (word, other)))
            )
            .GroupBy(pair => pair.word, pair => pair.other, StringComparer.Ordinal)
            .ToFrozenDictionary(
                group => group.Key,
                group => group.Distinct(StringComparer.Ordinal).ToArray(),
                StringComparer.Ordinal
            );
}
