using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.AutoAnswer;

public class AnswerEvidenceTests
{
    private static readonly AutoAnswerOptions Options = new();

    [Theory]
    // as tables of Clopper and Pearson have them
    [InlineData(10, 10, 0.741)]
    [InlineData(59, 59, 0.950)]
    [InlineData(19, 20, 0.784)]
    [InlineData(450, 500, 0.875)]
    [InlineData(0, 8, 0)]
    public void The_lower_bound_is_the_exact_one(int right, int count, double bound) =>
        ExactBound.Lower(right, count, 0.95).ShouldBe(bound, 0.001);

    [Fact]
    public void Upper_and_lower_bound_mirror_each_other()
    {
        foreach (var (right, count) in new[] { (0, 5), (3, 9), (47, 50), (1900, 2000) })
            ExactBound.Upper(right, count, 0.95).ShouldBe(1 - ExactBound.Lower(count - right, count, 0.95), 1e-9);
    }

    [Fact]
    public void A_promise_needs_so_many_answers()
    {
        AnswerEvidence.FewestFor(0.95, wrong: 0, 0.95).ShouldBe(59);
        AnswerEvidence.FewestFor(0.95, wrong: 1, 0.95).ShouldBe(93);
        AnswerEvidence.Threshold(0.95, Answers(58, 0), 0.95).ShouldBeNull();
        AnswerEvidence.Threshold(0.95, Answers(59, 0), 0.95)!.Answers.ShouldBe(59);
        AnswerEvidence.Threshold(0.95, Answers(59, 1), 0.95).ShouldBeNull();
        AnswerEvidence.Threshold(0.95, [], 0.95).ShouldBeNull();
    }

    [Fact]
    public void The_threshold_falls_with_the_promise_and_stops_where_errors_begin()
    {
        // from 0.7 down every third is wrong
        var judged = Enumerable
            .Range(0, 1000)
            .Select(i => new JudgedAnswer(1 - (i / 1000.0), i < 300 || i % 3 > 0))
            .ToList();
        var (strict, loose) = (
            AnswerEvidence.Threshold(0.98, judged, 0.95)!,
            AnswerEvidence.Threshold(0.9, judged, 0.95)!
        );
        strict.From.ShouldBeGreaterThan(0.68);
        loose.From.ShouldBeLessThan(strict.From);
        loose.LowerBound.ShouldBeGreaterThanOrEqualTo(0.9);
        AnswerEvidence.Curve(judged, 0.95).Count.ShouldBeLessThanOrEqualTo(25);
        AnswerEvidence.Curve(judged, 0.95)[^1].Coverage.ShouldBe(1);
    }

    /// <summary>The property on which everything rests: whatever a desk is like, what is switched on keeps its promise as often as is said.</summary>
    [Theory]
    [InlineData(0.95, 0.06, 150)]
    [InlineData(0.95, 0.15, 400)]
    [InlineData(0.9, 0.3, 120)]
    [InlineData(0.98, 0.05, 800)]
    public void A_desk_is_promised_too_much_no_more_often_than_stated(double promise, double worst, int observed)
    {
        const int Desks = 800;
        var random = new SeededRandom(9001);
        var broken = 0;
        for (var desk = 0; desk < Desks; desk++)
        {
            // the precision at confidence c is 1 − worst · (1 − c): above c it is 1 − worst · (1 − c) / 2 on average
            var judged = Enumerable
                .Range(0, observed)
                .Select(_ => (double)random.NextSingle())
                .Select(c => new JudgedAnswer(c, random.NextSingle() < 1 - (worst * (1 - c))))
                .ToList();
            if (AnswerEvidence.Threshold(promise, judged, 0.95) is { } found)
                broken += 1 - (worst * (1 - found.From) / 2) < promise ? 1 : 0;
        }
        // three standard errors
        ((double)broken / Desks).ShouldBeLessThan(0.05 + (3 * Math.Sqrt(0.05 * 0.95 / Desks)));
    }

    [Fact]
    public void A_topic_is_observed_for_long_and_often_enough()
    {
        var now = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var enough = AnsweringReadiness.Of(0.95, now.AddDays(-14), Answers(80, 0), Options, now);
        enough.IsReady.ShouldBeTrue();
        var early = AnsweringReadiness.Of(0.95, now.AddDays(-10), Answers(80, 0), Options, now);
        (early.IsReady, early.MissingDays).ShouldBe((false, 4));
        var few = AnsweringReadiness.Of(0.9, now.AddDays(-30), Answers(40, 0), Options, now);
        (few.IsReady, few.MissingJudged).ShouldBe((false, 10));
        few.Threshold.ShouldNotBeNull();
        var wrong = AnsweringReadiness.Of(0.95, now.AddDays(-30), Answers(80, 8), Options, now);
        (wrong.IsReady, wrong.Threshold).ShouldBe((false, null));
        AnsweringReadiness.Of(0.95, null, [], Options, now).MissingDays.ShouldBe(14);
    }

    [Theory]
    [InlineData(0, 1, false)] // one customer alone
    [InlineData(0, 2, true)]
    [InlineData(17, 20, false)] // may be chance
    [InlineData(16, 20, true)]
    [InlineData(48, 50, false)]
    [InlineData(47, 50, true)] // enough to be taken as measured
    public void What_was_sent_stops_a_topic_when_the_promise_is_broken(int right, int judged, bool stops) =>
        AnsweringWithdrawal.IsDue(0.95, [.. Rows(right, judged - right)], Options).ShouldBe(stops);

    [Fact]
    public void A_long_good_time_does_not_hide_that_it_is_no_longer_true()
    {
        var good = Rows(5_000, 0).ToList();
        AnsweringWithdrawal.IsDue(0.95, good, Options).ShouldBeFalse();
        var later = good[^1].At.AddDays(1);
        var bad = Rows(85, 15, customer: null).Select(r => r with { At = later, CustomerId = r.CustomerId + 50_000 });
        AnsweringWithdrawal.IsDue(0.95, [.. good, .. bad], Options).ShouldBeTrue();
        var usual = Rows(95, 5, customer: null).Select(r => r with { At = later, CustomerId = r.CustomerId + 50_000 });
        AnsweringWithdrawal.IsDue(0.95, [.. good, .. usual], Options).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 0, 3, false)]
    [InlineData(10, 1, 3, false)] // one of theirs counts, and two of twelve may be chance
    [InlineData(49, 1, 3, false)]
    [InlineData(47, 2, 3, true)] // as with one wrong answer of anybody
    [InlineData(0, 1, 3, true)]
    public void One_customer_never_stops_a_topic_alone(int right, int wrong, int angry, bool stops) =>
        AnsweringWithdrawal
            .IsDue(0.95, [.. Rows(right, wrong), .. Rows(0, angry, customer: 9_000)], Options)
            .ShouldBe(stops);

    [Fact]
    public void Of_one_customer_the_newest_three_judged_ones_of_a_topic_count()
    {
        var rows = Rows(2, 5, customer: 7).Concat(Rows(0, 1)).ToList();
        rows.Add(rows[0] with { TopicId = 2 });
        rows.Add(rows[0] with { At = rows[0].At.AddDays(1), Verdict = AnswerVerdict.Open });
        var evidence = AnsweringBook.Evidence(rows);
        evidence.Count(a => a.CustomerId == 7 && a.TopicId == 1).ShouldBe(3);
        // the right ones came first
        evidence.Count(a => a.Verdict is AnswerVerdict.Right).ShouldBe(1);
        evidence.Count.ShouldBe(5);
        AnsweringBook.Evidence(Rows(5, 2, customer: 7)).Count(a => a.Verdict is AnswerVerdict.Wrong).ShouldBe(2);
    }

    /// <summary>Many requests of a few friends make no promise that the other customers' do not keep.</summary>
    [Fact]
    public void Who_asks_often_promises_no_more_than_others()
    {
        var now = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        List<AnswerRow> rows = [.. Rows(30, 0), .. Rows(400, 0, customer: 9_000)];
        var friendly = AnsweringBook.Readiness(0.95, rows, Options, now);
        (friendly.IsReady, friendly.Judged, friendly.Threshold).ShouldBe((false, 33, null));
        // the days count from the first note, whether or not it counts
        friendly.MissingDays.ShouldBe(0);
    }

    [Fact]
    public void Of_answers_at_the_same_moment_the_last_ones_count_in_whatever_order_they_come()
    {
        var at = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
        List<AnswerRow> rows = [.. Rows(3, 2, customer: 1).Select(r => r with { At = at })];
        var ids = AnsweringBook.Evidence(rows).Select(r => r.Id).ToList();
        ids.ShouldBe([4, 3, 2]);
        AnsweringBook.Evidence(Enumerable.Reverse(rows)).Select(r => r.Id).ShouldBe(ids);
    }

    /// <summary>Right ones first, a minute apart; each of a customer of its own unless one is named.</summary>
    private static IEnumerable<AnswerRow> Rows(int right, int wrong, long? customer = null) =>
        Enumerable
            .Range(0, right + wrong)
            .Select(i => new AnswerRow(
                i,
                TopicId: 1,
                customer ?? i + 1,
                new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(i),
                0.99 - (i * 0.0001),
                IsSent: true,
                i < right ? AnswerVerdict.Right : AnswerVerdict.Wrong
            ));

    /// <summary>So many right ones, the wrong ones spread among them.</summary>
    private static List<JudgedAnswer> Answers(int count, int wrong) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new JudgedAnswer(
                    0.99 - (i * 0.001),
                    wrong == 0 || i % (count / wrong) != (count / wrong) - 1
                )),
        ];
}
