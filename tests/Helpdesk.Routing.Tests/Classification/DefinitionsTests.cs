using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Routing.Classification;
using Helpdesk.Tickets;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public class DefinitionsTests
{
    private static TextPart Part(int topic, float special, float confidence) =>
        new(
            0,
            1,
            new TextPrediction([.. Enumerable.Range(0, 4).Select(i => i == topic ? 0.7f : 0.1f)], special, confidence)
        );

    [Fact]
    public void One_known_topic_is_typical_two_are_combined_none_is_special()
    {
        RequestType.Of([Part(1, 0.1f, 0.9f)], 0.5f).ShouldBe(TicketType.Typical);
        RequestType.Of([Part(1, 0.1f, 0.9f), Part(2, 0.1f, 0.8f)], 0.5f).ShouldBe(TicketType.Combined);
        RequestType.Of([Part(1, 0.9f, 0.1f)], 0.5f).ShouldBe(TicketType.Special);
        RequestType.Of([Part(1, 0.1f, 0.9f), Part(2, 0.9f, 0.1f)], 0.5f).ShouldBe(TicketType.Typical);
        RequestType.Of([Part(1, 0.1f, 0.9f), Part(1, 0.1f, 0.8f)], 0.5f).ShouldBe(TicketType.Typical);
    }

    [Fact]
    public void Of_a_combined_request_the_most_certain_topic_comes_first() =>
        RequestType.TopicsOf([Part(1, 0.1f, 0.6f), Part(2, 0.1f, 0.8f)], 0.5f).ShouldBe([2, 1]);

    [Fact]
    public void Common_topics_are_the_fewest_that_cover_four_fifths()
    {
        var places = TopicFrequencies.Rank(
            new Dictionary<string, int>
            {
                ["a"] = 50,
                ["b"] = 30,
                ["c"] = 15,
                ["d"] = 5,
                ["e"] = 0,
            }
        );
        places.Where(p => p.Frequency is Frequency.Common).Select(p => p.Topic).ShouldBe(["a", "b"]);
        places.Select(p => p.Rank).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void The_common_set_covers_enough_and_no_smaller_set_would()
    {
        Prop.ForAll<PositiveInt[]>(counts =>
            {
                var places = TopicFrequencies.Rank(counts.Select((c, i) => KeyValuePair.Create(i, c.Get)));
                var total = counts.Sum(c => (long)c.Get);
                var common = places.Where(p => p.Frequency is Frequency.Common).ToList();
                var covered = common.Sum(p => (long)p.Count);
                var smallest = common.Count == 0 ? 0 : common[^1].Count;
                return total == 0 || (covered >= total * 0.8 && covered - smallest < total * 0.8);
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Equal_counts_give_the_same_set_in_whatever_order_they_come()
    {
        var counts = Enumerable.Range(0, 10).Select(i => KeyValuePair.Create($"t{i}", 7)).ToList();
        var straight = TopicFrequencies.Rank(counts);
        TopicFrequencies.Rank(counts.AsEnumerable().Reverse()).ShouldBe(straight);
        straight.Count(p => p.Frequency is Frequency.Common).ShouldBe(8);
    }

    [Fact]
    public void A_desk_without_tickets_has_no_common_topic() =>
        TopicFrequencies.Rank([KeyValuePair.Create("a", 0)]).Single().Frequency.ShouldBe(Frequency.Rare);

    [Theory]
    [InlineData(20, TicketType.Typical, 0, 0, Complexity.Simple)]
    [InlineData(150, TicketType.Typical, 0, 0, Complexity.Medium)]
    [InlineData(20, TicketType.Special, 0, 0, Complexity.Medium)]
    [InlineData(400, TicketType.Typical, 0, 0, Complexity.Complex)]
    [InlineData(20, TicketType.Combined, 3, 0, Complexity.Complex)]
    [InlineData(20, TicketType.Typical, 0, 5, Complexity.Complex)]
    public void Without_history_a_stated_rule_says_how_complex(
        int words,
        TicketType type,
        int attachments,
        int reopenings,
        Complexity expected
    ) =>
        ComplexityRule
            .Predict(
                new ComplexityFacts
                {
                    Type = type,
                    Words = words,
                    Attachments = attachments,
                    Reopenings = reopenings,
                }
            )
            .Complexity.ShouldBe(expected);

    private static HandledRequest Handled(string topic, int replies, int words) =>
        new(
            new ComplexityFacts
            {
                Topic = topic,
                Type = TicketType.Typical,
                Words = words,
            },
            replies,
            HandOvers: 0,
            TimeSpan.FromHours(replies)
        );

    [Fact]
    public void With_history_topics_that_took_much_work_are_complex()
    {
        var random = new Random(5);
        var history = Enumerable
            .Range(0, 600)
            .Select(i =>
                (i % 3) switch
                {
                    0 => Handled("easy", 1, random.Next(10, 40)),
                    1 => Handled("usual", random.Next(2, 4), random.Next(10, 60)),
                    _ => Handled("hard", random.Next(5, 9), random.Next(20, 90)),
                }
            )
            .ToList();
        var model = ComplexityModel.Learn(history).ShouldNotBeNull();
        Complexity Of(string topic) => model.Predict(Handled(topic, 0, 30).Facts).Complexity;
        Of("easy").ShouldBe(Complexity.Simple);
        Of("usual").ShouldBe(Complexity.Medium);
        Of("hard").ShouldBe(Complexity.Complex);

        // the topics tell it all, so the trial is right; where efforts are drawn by lot it is right by chance
        var (asked, right, byRule) = ComplexityModel.Try(history);
        asked.ShouldBe(120);
        right.ShouldBeGreaterThan(110);
        var drawn = history.ConvertAll(h => h with { Replies = random.Next(1, 9) });
        byRule.ShouldBeLessThan(right);
        ComplexityModel.Try(drawn).Right.ShouldBeInRange(20, 65);
        // how often a request was opened again is not known when it comes
        var reopened = history.ConvertAll(h => h with { Facts = h.Facts with { Reopenings = random.Next(0, 5) } });
        ComplexityModel.Try(reopened).Right.ShouldBeLessThan(right);
        ComplexityModel.Try([.. history.Take(310)]).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void Too_little_or_too_uniform_history_teaches_nothing()
    {
        ComplexityModel.Learn([.. Enumerable.Repeat(Handled("a", 1, 10), 299)]).ShouldBeNull();
        ComplexityModel.Learn([.. Enumerable.Repeat(Handled("a", 1, 10), 500)]).ShouldBeNull();
    }

    [Fact]
    public void A_promise_holds_at_its_threshold_with_the_stated_certainty()
    {
        var answers = Enumerable
            .Range(0, 1000)
            .Select(i => (Confidence: 1f - (i / 1000f), Right: i % 50 != 49 && i < 800))
            .ToList();
        var threshold = PromisedPrecision.ThresholdFor(0.95, answers, 1.28);
        var sent = answers.Where(a => a.Confidence >= threshold).ToList();
        PromisedPrecision
            .LowerBound(sent.Count(a => a.Right) / (double)sent.Count, sent.Count, 1.28)
            .ShouldBeGreaterThanOrEqualTo(0.95);
        sent.Count.ShouldBeGreaterThan(780);
        PromisedPrecision.ThresholdFor(0.999, answers, 1.28).ShouldBe(PromisedPrecision.Never);
    }
}
