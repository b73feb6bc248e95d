using System.Collections.Frozen;

namespace Helpdesk.Knowledge.Analysis;

/// <summary>
/// Words that say nothing about what a text is about, per language, in folded form. Negations and question words of place and amount stay
/// words where a support question turns on them ("not", "cannot", "without" tell a fault from a wish).
/// </summary>
public static class StopWords
{
    private static readonly FrozenSet<string> English = Set(
        """
        a about above after again all also am an and any are arent as at be because been before being below between both but by can could
        couldnt did didnt do does doesnt doing dont down during each few for from further had has have having he her here hers herself hi
        him himself his how i id if ill im in into is isnt it its itself ive just me more most my myself no nor now of off on once only or
        other our ours ourselves out over own please s same she should shouldnt so some such t than thanks that thats the their theirs them
        themselves then there these they this those through to too u under until up us very was wasnt we were werent what whats when where
        which while who whom why will with would you your youre yours yourself yourselves
        """
    );

    private static readonly FrozenSet<string> Russian = Set(
        """
        а без более бы был была были было быть в вам вами вас ваш ваша ваше ваши вдруг ведь весь во вот все всего всех всю всё вы где да даже
        для до его ее ей ему если есть еще же за зачем здесь здравствуйте и из или им ими их к как какая какие какой ко когда которая которое
        которые который которых кто ли либо лишь между меня мне много мной мой моя мое мои мы на над надо нам нами нас наш наша не него нее ней
        нет ни них но ну о об однако он она они оно от очень по под подскажите пожалуйста после потом потому почти при про с сам себе себя со
        так также такой там тебе тебя тем то тоже только том тот ту тут ты у уже хоть чего чем что чтобы чье чья эта эти это этого этой этом
        этот эту я
        """
    );

    private static readonly FrozenSet<string> Ukrainian = Set(
        """
        а або але без би був була були було бути в вам вами вас ваш ваша ваше ваші вже ви від він вона вони воно все всі де для до дуже є ж з
        за зі і із й її їй їм їх його йому коли ким кого котра котрий котрі хто ми мене мені мій моя моє мої мною на над нам нами нас наш не ні
        ніж о об он от по під при про та так також там те тебе тим то тобі того той том ти тут у уже ці цей ця це цього чи чого чому що щоб що
        як яка який які якщо я будь ласка підкажіть доброго дня
        """
    );

    private static readonly FrozenSet<string> Polish = Set(
        """
        a aby ale albo az bardzo bez bo by byc byl byla bylo byly co czy czyli dla do gdy gdzie go i ich ile im ja jak jaka jakie jaki jako je
        jego jej jest jestem jezeli jesli juz kiedy kto ktora ktore ktory ktorych lub ma mam mi mnie moj moja moje mna moze na nad nam nami nas
        nasz nie niz o od oni ona ono on oraz po pod poniewaz prosze przed przez przy sa sie skad sobie swoj ta tak takze tam te tego tej ten to
        tu ty tym tylko u w was wam wy we wiec wszystko z za ze zeby dzien dobry
        """
    );

    private static readonly FrozenSet<string> German = Set(
        """
        aber alle allem allen aller alles als also am an ander andere anderem anderen auch auf aus bei bin bis bist bitte da damit dann das dass
        dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines
        er es etwas euch euer fur gegen gewesen hab habe haben hallo hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren
        ihrer im in indem ins ist ja jede jedem jeden jeder jedes jetzt kann kannst konnen konnte man mein meine meinem meinen meiner mich mir
        mit muss musste nach noch nun nur ob oder ohne sehr sein seine seinem seinen seiner selbst sich sie sind so solche soll sollte sondern
        sonst uber um und uns unser unsere unter viel vom von vor war waren warst was wann warum weg weil weiter welche welchem welchen welcher
        welches wenn wer werde werden wie wieder will wir wird wirst wo wollen wollte wurde wurden zu zum zur zwar zwischen
        """
    );

    /// <summary>Whether a folded word says nothing by itself in this language.</summary>
    public static bool Contains(Language language, ReadOnlySpan<char> folded) =>
        Of(language) is { } words && words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(folded);

    /// <summary>The folded stop words of a language; null where it has none.</summary>
    internal static FrozenSet<string>? Of(Language language) =>
        language switch
        {
            Language.English => English,
            Language.Russian => Russian,
            Language.Ukrainian => Ukrainian,
            Language.Polish => Polish,
            Language.German => German,
            _ => null,
        };

    private static FrozenSet<string> Set(string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
