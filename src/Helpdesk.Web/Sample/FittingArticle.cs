namespace Helpdesk.Web.Sample;

/// <summary>
/// How plain a simple request is and which article fits it, thrown when it arrives and apart from its life. The desk notes by it, whoever answers goes by
/// it, and whether the customer comes back depends on it: so what is noted never depends on what comes later, and right and wrong are what people made of
/// it. The shares are assumed, not measured.
/// </summary>
/// <param name="Plainness">0..1, spread evenly; the desk is sure of what is plain.</param>
/// <param name="Article">Null where none fits well.</param>
/// <param name="Used">With which article it is answered; null = without one.</param>
internal sealed record FittingArticle(double Plainness, long? Article, long? Used)
{
    private const long Apart = 4_000_000_000;

    /// <summary>Share of requests that an article fits well, where there is one for their topic.</summary>
    private const double Fits = 0.75;

    /// <summary>Below this, people and customers differ from what the desk would have said more often.</summary>
    private const double Plain = 0.15;

    public static FittingArticle Of(LifeSetting setting, Arrival arrival)
    {
        var dice = new Dice(setting.Seed, Apart + arrival.Number);
        var plainness = dice.Share();
        if (arrival.Topic is not { } topic || setting.Articles[topic.Plan.Key].ToList() is not { Count: > 0 } articles)
            return new(plainness, null, null);
        var (article, fits) = (dice.Of(articles), dice.Chance(Fits));
        var used = dice.Chance(
            !fits ? 0.65
            : plainness < Plain ? 0.9
            : 0.9995
        );
        return new(plainness, fits ? article : null, used ? article : null);
    }

    /// <summary>How often the customer comes back to a simple request.</summary>
    public double ComesBack => Plainness < Plain ? 0.1 : 0.001;
}
