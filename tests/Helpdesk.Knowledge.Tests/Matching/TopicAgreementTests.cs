using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Shouldly;
using Xunit;

namespace Helpdesk.Knowledge.Tests.Matching;

public class TopicAgreementTests
{
    private static readonly Gen<double> Shares = Gen.Choose(0, 1000).Select(n => n / 1000.0);

    private static SearchHit Hit(long id, double fit) => new(id, fit, fit, [], 0);

    [Fact]
    public void A_fit_and_its_share_lead_to_each_other_and_both_rise() =>
        Prop.ForAll(
                Shares.Two().ToArbitrary(),
                pair =>
                {
                    var (a, b) = (Math.Min(pair.Item1, pair.Item2), Math.Max(pair.Item1, pair.Item2));
                    return Math.Abs(FitPercent.FitOf(FitPercent.ShareOf(a)) - a) < 1e-9
                        && FitPercent.ShareOf(a) <= FitPercent.ShareOf(b)
                        && FitPercent.FitOf(a) <= FitPercent.FitOf(b);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_likelier_the_topic_the_better_the_fit_which_stays_a_fit() =>
        Prop.ForAll(
                Shares.Three().ToArbitrary(),
                three =>
                {
                    var (less, more) = (Math.Min(three.Item2, three.Item3), Math.Max(three.Item2, three.Item3));
                    var (low, high) = (TopicAgreement.Fit(three.Item1, less), TopicAgreement.Fit(three.Item1, more));
                    return low <= high && low is >= 0 and <= 1 && high is >= 0 and <= 1;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_article_of_the_likely_topic_comes_first_and_the_percent_follow()
    {
        var hits = new[] { Hit(1, 0.5), Hit(2, 0.3), Hit(3, 0.2) };
        int? TopicOf(long id) => id is 3 ? null : (int)id;
        var ordered = TopicAgreement.Order(hits, TopicOf, new Dictionary<int, double> { [1] = 0.05, [2] = 0.9 });
        ordered.Select(h => h.Id).ShouldBe([2, 1, 3]);
        FitPercent.Of(ordered[0].Fit).ShouldBeGreaterThan(90);
        FitPercent.Of(ordered[1].Fit).ShouldBeLessThan(FitPercent.Of(0.5));
        // of what has no topic, or one that nothing is known of, nothing can be said
        ordered[2].Fit.ShouldBe(0.2);
        SearchHit[] byScore = [Hit(1, 0.3), Hit(2, 0.5)];
        TopicAgreement.Order(byScore, TopicOf, new Dictionary<int, double> { [9] = 1 }).ShouldBe(byScore);
        TopicAgreement.Order(hits, TopicOf, new Dictionary<int, double>()).ShouldBe(hits);
    }
}
