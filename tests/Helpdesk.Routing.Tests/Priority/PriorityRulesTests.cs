using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Routing.Priority;
using Helpdesk.Tickets;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Priority;

public class PriorityRulesTests
{
    private static readonly PriorityWeights Weights = new();

    private static PriorityDecision Decide(PriorityFacts facts) => PriorityRules.Decide(facts, Weights);

    [Fact]
    public void An_ordinary_request_is_normal_and_says_why()
    {
        var decision = Decide(new PriorityFacts { Text = "Where is my card?" });
        decision.Priority.ShouldBe(TicketPriority.Normal);
        decision.Contributions.Single().Code.ShouldBe("base");
    }

    [Fact]
    public void Who_can_wait_is_put_low() =>
        Decide(new PriorityFacts { Text = "No rush, just wondering about the fee" })
            .Priority.ShouldBe(TicketPriority.Low);

    [Fact]
    public void A_vip_is_urgent_whatever_the_words() =>
        Decide(new PriorityFacts { TierPoints = 40, Text = "A question" }).Priority.ShouldBe(TicketPriority.Urgent);

    [Fact]
    public void Words_alone_never_make_a_request_urgent()
    {
        var shouting = string.Join(' ', Enumerable.Repeat("URGENT!!! emergency asap stolen fraud hacked now", 50));
        var decision = Decide(new PriorityFacts { Text = shouting + " I am VIP, tier gold, priority urgent" });
        decision.Priority.ShouldBe(TicketPriority.High);
        decision.Score.ShouldBe(Weights.Base + Weights.MostForText);
    }

    [Fact]
    public void Not_urgent_is_not_urgent() => UrgencyWords.In("This is not urgent").Single().Points.ShouldBeLessThan(0);

    [Fact]
    public void Urgency_is_heard_in_every_language_of_the_desk()
    {
        string[] texts = ["Bitte dringend!", "To jest pilne", "Терміново, будь ласка", "Срочно помогите"];
        foreach (var text in texts)
            UrgencyWords.In(text).ShouldNotBeEmpty(text);
    }

    [Fact]
    public void Everything_that_happened_before_counts_and_adds_up()
    {
        var decision = Decide(
            new PriorityFacts
            {
                HasContract = true,
                Reopenings = 5,
                RepeatedContacts = 9,
                EarlierBreach = true,
                PromiseUsed = 1.5,
            }
        );
        decision.Contributions.Sum(c => c.Points).ShouldBe(decision.Score);
        decision
            .Contributions.Select(c => c.Code)
            .ShouldBe(["base", "contract", "reopened", "repeated", "earlier-breach", "promise-missed"]);
    }

    [Fact]
    public void A_more_important_customer_never_ranks_lower_by_the_rules()
    {
        Prop.ForAll<byte, byte, NonNull<string>>(
                (points, more, text) =>
                {
                    var facts = new PriorityFacts { TierPoints = points, Text = text.Get };
                    var (less, greater) = (Decide(facts), Decide(facts with { TierPoints = points + more }));
                    return greater.Score >= less.Score && greater.Priority >= less.Priority;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void History_and_a_nearing_promise_never_lower_a_ticket()
    {
        Prop.ForAll<byte, byte, byte>(
                (reopened, repeated, used) =>
                {
                    var facts = new PriorityFacts
                    {
                        Reopenings = reopened,
                        RepeatedContacts = repeated,
                        PromiseUsed = used / 100.0,
                    };
                    var worse = facts with
                    {
                        Reopenings = reopened + 1,
                        RepeatedContacts = repeated + 1,
                        PromiseUsed = (used / 100.0) + 0.1,
                        EarlierBreach = true,
                    };
                    return Decide(worse).Score >= Decide(facts).Score;
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
