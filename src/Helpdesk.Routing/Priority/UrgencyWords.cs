namespace Helpdesk.Routing.Priority;

/// <summary>Words by which people say that a matter presses, or that it does not.</summary>
/// <remarks>English, German, Polish, Ukrainian and Russian.</remarks>
public static class UrgencyWords
{
    private const int Strong = 12;
    private const int Mild = 6;
    private const int Calm = -12;

    /// <summary>All of them by their points, the strongest first; commas stand between them, and a star for any ending.</summary>
    public static IReadOnlyList<(int Points, string Words)> All { get; } =
    [
        (
            Strong,
            "urgent, urgently, emergency, asap, immediately, fraud*, stolen, hacked, scam, outage, is down, locked out, "
                + "right now, dringend*, sofort, notfall, gestohlen, betrug*, pilne, pilnie, natychmiast, skradzion*, "
                + "oszustw*, терміново, негайно, вкрали, вкрадено, шахра*, срочно, немедленно, украли, мошенни*"
        ),
        (
            Mild,
            "deadline, blocked, stuck, unacceptable, complaint, lawyer, today, stranded, worried, right away, "
                + "still waiting, gesperrt, blockiert, beschwerde, heute, zablokowan*, reklamacja, dzisiaj, заблокован*, "
                + "скарга, сьогодні, заблокирован*, жалоба, сегодня"
        ),
        (
            Calm,
            "no rush, no hurry, not urgent, just wondering, just curious, keine eile, nicht eilig, bez pospiechu, "
                + "не терміново, не поспішає, не срочно, не спешит"
        ),
    ];

    internal static IEnumerable<(string, int)> Shipped => All.SelectMany(g => Expressions.Each(g.Points, g.Words));

    /// <summary>The expressions found, each once, in the order of the text, with their points.</summary>
    /// <param name="own">The desk's, see <see cref="OwnWords"/>.</param>
    public static IReadOnlyList<(string Words, int Points)> In(string text, string own = "") =>
        OwnWords.WithShipped(own).In(text);
}
