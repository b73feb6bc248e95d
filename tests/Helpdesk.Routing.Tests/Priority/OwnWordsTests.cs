using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Replay;
using Helpdesk.Routing.Rules;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Priority;

public class OwnWordsTests
{
    private static (int Points, string Words) Read(string text, string own)
    {
        var reason = PriorityRules
            .Decide(new PriorityFacts { Text = text }, new PriorityWeights { Words = own, MostForText = 100 })
            .Contributions.SingleOrDefault(r => r.Code is "urgent-words" or "calm-words");
        return reason is null ? (0, "") : ((int)reason.Points, reason.Arguments[0]);
    }

    [Theory]
    [InlineData("Please look at this chargeback", "chargeback = 20", 20, "chargeback")]
    [InlineData("Kündigungen und mehr", "kündigung* = 15", 15, "kundigungen")]
    [InlineData("Whenever you like, no hurry", "whenever you like = -20", -32, "whenever you like, no hurry")]
    [InlineData("I need it today", "today = 0", 0, "")]
    [InlineData("A fraudulent charge", "fraud* = 0", 0, "")]
    [InlineData("This is fraud", "fraud = 0", 0, "")]
    [InlineData("urgent", "URGENT = 40", 40, "urgent")]
    [InlineData("my right now card", "right now = 0", 0, "")]
    [InlineData("payment of wages late today", "payment of wages = 30; late = 5", 41, "payment of wages, late, today")]
    public void They_count_beside_the_shipped_ones_and_win_over_them(string text, string own, int points, string words)
    {
        OwnWords.Problem(own).ShouldBeNull();
        Read(text, own).ShouldBe((points, words));
    }

    [Theory]
    [InlineData("chargeback", "chargeback")]
    [InlineData("chargeback = many", "chargeback = many")]
    [InlineData("chargeback = 500", "chargeback = 500")]
    [InlineData("= 5", "no word")]
    [InlineData("fr* = 5", "at least 3 letters")]
    [InlineData("payment of* = 5", "single word")]
    [InlineData("one two three four five = 5", "longer than 4 words")]
    [InlineData("Card = 5, card = 6", "twice")]
    public void What_cannot_be_meant_is_named(string own, string named)
    {
        OwnWords.Problem(own)!.ShouldContain(named);
        var rules = new RoutingRules { Priority = new PriorityWeights { Words = own } };
        Should.Throw<InvalidDataException>(() => RoutingRules.Parse(rules.ToJson())).Message.ShouldContain(named);
    }

    [Fact]
    public void Too_many_are_refused_and_lines_and_commas_say_the_same()
    {
        OwnWords
            .Problem(string.Join('\n', Enumerable.Range(0, OwnWords.Most + 1).Select(i => $"word{i} = 1")))!
            .ShouldContain("at most 200");
        OwnWords.Lines("a1 = 5, b = 6;c = 7").ShouldBe("a1 = 5\nb = 6\nc = 7");
        OwnWords.Joined("a1 = 5\r\n\r\n b = 6 ").ShouldBe("a1 = 5, b = 6");
    }

    [Fact]
    public async Task Other_words_are_tried_on_the_texts_of_past_requests()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var pressing = await desk.OpenTicketAsync("Card", "A chargeback came for my card", "a@example.org");
        var other = await desk.OpenTicketAsync("Card", "My card has not arrived, it is urgent", "b@example.org");
        await desk.RouteAsync();
        var now = desk.Time.GetUtcNow();
        desk.Time.Advance(TimeSpan.FromMinutes(5));
        async Task<ReplayResult> TryAsync(string words) =>
            await desk.Get<RoutingReplay>()
                .RunAsync(
                    now.AddDays(-1),
                    desk.Time.GetUtcNow(),
                    new ReplayConfig { Priority = new PriorityWeights { Words = words } },
                    TestContext.Current.CancellationToken
                );
        (await TryAsync("")).Reprioritised.ShouldBe(0);
        var raised = (await TryAsync("chargeback = 25")).Differences.ShouldHaveSingleItem();
        (raised.TicketId, raised.PriorityWas, raised.PriorityBecomes).ShouldBe(
            (pressing, TicketPriority.Normal, TicketPriority.High)
        );
        var calmed = (await TryAsync("urgent = -12")).Differences.ShouldHaveSingleItem();
        (calmed.TicketId, calmed.PriorityBecomes).ShouldBe((other, TicketPriority.Low));
    }
}
