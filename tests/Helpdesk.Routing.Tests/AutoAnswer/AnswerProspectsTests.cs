using Helpdesk.Routing.AutoAnswer;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.AutoAnswer;

public class AnswerProspectsTests
{
    private const double Certainty = 0.95;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void More_is_promised_the_less_is_covered_and_nothing_without_evidence()
    {
        // the surest are always right, the least sure every second time
        var history = Enumerable
            .Range(0, 1000)
            .Select(i => new ReadAndConfirmed(i % 2, i, Start, 1 - (i / 1000.0), i < 600 || i % 4 < 2))
            .Append(new ReadAndConfirmed(7, 1000, Start, 0.99, true))
            .ToList();
        var prospects = AnswerProspects.Of(history, Certainty);
        prospects[0].TopicId.ShouldBeNull();
        prospects[0].Confirmed.ShouldBe(1001);
        prospects[0].Coverage[0.95].ShouldBeGreaterThan(0.48);
        foreach (var prospect in prospects)
        {
            prospect.Coverage[0.98].ShouldBeLessThanOrEqualTo(prospect.Coverage[0.95]);
            prospect.Coverage[0.99].ShouldBeLessThanOrEqualTo(prospect.Coverage[0.98]);
        }
        prospects.Single(p => p.TopicId == 7).Coverage[0.95].ShouldBe(0);
        AnswerProspects.Of([], Certainty).Single().Coverage[0.95].ShouldBe(0);
    }

    [Fact]
    public void One_customer_does_not_make_a_prospect()
    {
        var history = Enumerable
            .Range(0, 200)
            .Select(i => new ReadAndConfirmed(1, 5, Start.AddMinutes(i), 0.99, Right: i < 199))
            .ToList();
        var prospect = AnswerProspects.Of(history, Certainty).Single(p => p.TopicId == 1);
        (prospect.Confirmed, prospect.Right).ShouldBe((3, 2)); // the last three
        prospect.Coverage[0.95].ShouldBe(0);
    }
}
