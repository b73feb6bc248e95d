using System.Collections.Frozen;

namespace Helpdesk.Knowledge.Analysis;

/// <summary>
/// Words that people wrap a question in ("I would like to know whether it is possible to…") and that a small collection would take for rare
/// and telling ones. They are looked up, with little weight.
/// </summary>
public static class WeakWords
{
    private static readonly FrozenSet<string> English = Set(
        """
        able actually allow already always another anybody anyone anything anyway ask available away bad best better come easily easy else even
        ever every everything exactly find fine first get gets getting give given go goes going gone good got great happen happened happening
        happens hello help information instead issue keep keeps kind kindly know known later let like likely little long look looking lot
        lots make makes making many matter may maybe mean might moment much must need needed needs never new nice not nothing number often ok
        okay old one option options particular people person possible possibly properly question quick quickly quite really right
        said say says see seem seems simple simply since solution somebody somehow someone something sometimes soon sort specific still stuff
        sure take tell thank thing things think thought today together try trying two use used useful user using usually want wanted wants way
        ways well whether without wonder wondering work working works year years yes yet
        """
    );

    private static readonly FrozenSet<string> Russian = Set(
        """
        возможно возможность вопрос делать другой есть знать использовать могу может можете можно надо найти необходимо нужен нужно нужна
        получить помогите помочь помощь понять просто работает сделать сейчас способ спасибо узнать хочу хотел хотела хотелось
        """
    );

    private static readonly FrozenSet<string> Ukrainian = Set(
        """
        будь допоможіть дякую зараз знати зробити можливо може можна можу отримати питання потрібно потрібен потрібна просто спосіб
        треба хочу хотів хотіла хотілося
        """
    );

    private static readonly FrozenSet<string> Polish = Set(
        """
        chce chcialbym chcialabym da dziekuje moge mozna mozliwe mozliwosc musze pomoc pomocy potrzebuje problem prosto pytanie sposob teraz
        trzeba wiedziec zrobic
        """
    );

    private static readonly FrozenSet<string> German = Set(
        """
        benutzen brauche danke einfach frage funktioniert geben geht gern gerne gibt helfen hilfe jemand konnten machen moglich moglichkeit
        mochte nutzen problem tun verwenden vielen wissen wurde
        """
    );

    /// <summary>Whether a folded word says little in a question of this language.</summary>
    public static bool Contains(Language language, ReadOnlySpan<char> folded) =>
        language switch
        {
            Language.English => English,
            Language.Russian => Russian,
            Language.Ukrainian => Ukrainian,
            Language.Polish => Polish,
            Language.German => German,
            _ => null,
        }
            is { } words
        && words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(folded);

    private static FrozenSet<string> Set(string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
