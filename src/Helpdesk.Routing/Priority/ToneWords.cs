namespace Helpdesk.Routing.Priority;

/// <summary>Whether somebody writes in anger or disappointment: they get a person, never an automatic answer.</summary>
/// <remarks>Words in English, German, Polish, Ukrainian and Russian: one strong one, two milder ones, or a milder one that is shouted. What is wrong with the
/// matter itself (<i>declined</i>, <i>not working</i>) is no tone.</remarks>
public static class ToneWords
{
    private const int Strong = 2;
    private const int Mild = 1;
    private const int Upset = 2;
    private const int FewestShouted = 3;

    private static readonly Expressions Known = new([
        .. Expressions.Each(
            Strong,
            "damn, damned, goddamn, bloody, fuck*, shit, shitty, bullshit, crap, wtf, idiot*, ridiculous*, disgusting*, disgrace*, outrage*, unacceptable, "
                + "furious, appalling*, pathetic, shameful, fed up, sick of, worst service, worst company, worst bank, rip off, never again, absolute joke, "
                + "scheiß*, scheiss*, frechheit, unverschamt*, sauerei, verarsch*, stinksauer, unmoglicher service, "
                + "skandal, skandaliczn*, kurwa, kpina, kpiny, zenada, oburz*, wsciek*, dosc tego, "
                + "обурен*, неприпустимо, ганьба, знущання, хамство, возмут*, возмущ*, безобразие, позор, издевательство"
        ),
        .. Expressions.Each(
            Mild,
            "angry, upset, annoyed, annoying, frustrated, frustrating, disappointed, disappointing, terrible, awful, horrible, useless, nonsense, "
                + "complaint, complain, joke, still no, no response, nobody answers, no one answers, third time, fourth time, "
                + "verargert, argerlich, enttauscht, unzufrieden, beschwerde, "
                + "rozczarowan*, niezadowolon*, zawiedzion*, reklamacja, розчарован*, незадоволен*, скарга, разочарован*, недоволен*, недовольн*, жалоба"
        ),
    ]);

    /// <summary>The expressions that show it, in the order of the text; empty where the tone is ordinary.</summary>
    public static IReadOnlyList<string> In(string text)
    {
        var found = Known.In(text);
        var points = found.Sum(f => f.Points);
        return points >= Upset || (points > 0 && IsShouted(text)) ? [.. found.Select(f => f.Words)] : [];
    }

    private static bool IsShouted(string text) =>
        text.Contains("!!", StringComparison.Ordinal)
        || text.Split(' ').Count(word => word.Length > 2 && word.All(c => !char.IsLower(c)) && word.Any(char.IsUpper))
            >= FewestShouted;
}
