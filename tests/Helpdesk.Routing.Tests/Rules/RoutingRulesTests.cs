using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Rules;
using Helpdesk.Routing.SetUp;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Rules;

public class RoutingRulesTests
{
    [Fact]
    public void Rules_survive_the_file_and_nonsense_is_refused()
    {
        var rules = new RoutingRules
        {
            Priority = new PriorityWeights { Contract = 15 },
            VipMargin = 0.5,
        };
        RoutingRules.Parse(rules.ToJson()).ShouldBe(rules);
        Should.Throw<InvalidDataException>(() => RoutingRules.Parse("{\"vipMargin\": 7}"));
        Should.Throw<InvalidDataException>(() => RoutingRules.Parse("{\"colour\": 1}"));
        Should.Throw<InvalidDataException>(() => RoutingRules.Parse("{\"priority\": {\"highFrom\": 90}}"));
        Should.Throw<InvalidDataException>(() => RoutingRules.Parse("{\"priority\": null}"));
        Should.Throw<InvalidDataException>(() => RoutingRules.Parse("{\"priority\": {\"mostForText\": 1000000000}}"));
        Should.Throw<InvalidDataException>(() => RoutingRules.Parse("null"));
    }

    [Fact]
    public void Half_of_the_rules_is_refused_with_what_is_missing_in_a_file_of_rules_and_of_all()
    {
        var half = new RoutingRules()
            .ToJson()
            .Replace("\"contract\": 10,", "", StringComparison.Ordinal)
            .Replace(",\n  \"vipMargin\": 0.25", "", StringComparison.Ordinal);
        foreach (
            var read in new Action[]
            {
                () => RoutingRules.Parse(half),
                () => RoutingSetUp.Parse($"{{ \"rules\": {half} }}"),
            }
        )
            Should
                .Throw<InvalidDataException>(read)
                .Message.ShouldContain("missing: priority.contract, vipMargin. Rules go together");
        // what was saved before a rule was there goes on
        RoutingRules.ParseKept(half).ShouldBe(new RoutingRules());
        RoutingSetUp.Parse("{ \"rules\": null }").Rules.ShouldBeNull();
    }

    [Fact]
    public void A_rule_named_twice_is_refused_rather_than_one_of_them_taken()
    {
        var twice = new RoutingRules()
            .ToJson()
            .Replace("\"contract\": 10,", "\"contract\": 10, \"contract\": 20,", StringComparison.Ordinal);
        foreach (
            var read in new Action[]
            {
                () => RoutingRules.Parse(twice),
                () => RoutingSetUp.Parse($"{{ \"rules\": {twice} }}"),
                () => RoutingSetUp.Parse("{ \"rules\": null, \"rules\": null }"),
            }
        )
            Should.Throw<InvalidDataException>(read).Message.ShouldContain("is given twice");
    }

    [Fact]
    public void A_priority_computed_again_from_its_reasons_is_the_same() =>
        Prop.ForAll(
                Gen.Choose(0, 3).Four().ToArbitrary(),
                n =>
                {
                    var facts = new PriorityFacts
                    {
                        TierPoints = n.Item1 * 10,
                        TierName = "Gold",
                        HasContract = n.Item2 > 1,
                        Text = n.Item3 > 1 ? "urgent, my card was stolen, emergency" : "no rush",
                        Reopenings = n.Item4,
                        RepeatedContacts = n.Item2 * 2,
                        EarlierBreach = n.Item3 == 0,
                        PromiseUsed = n.Item4 == 0 ? null : n.Item4 * 0.4,
                    };
                    var weights = new PriorityWeights { Reopening = 5, PromiseMissed = 30 };
                    var stored = PriorityRules.Decide(facts, new PriorityWeights());
                    var again = PriorityAgain.Decide(stored.Contributions, weights);
                    return again.Score == PriorityRules.Decide(facts, weights).Score;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public async Task Saved_rules_hold_for_the_next_ticket()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            db.Add(
                new RuleChange
                {
                    At = desk.Time.GetUtcNow(),
                    ByUserId = Guid.NewGuid(),
                    ByName = "Ada",
                    RulesJson = new RoutingRules { Priority = new PriorityWeights { Base = 65 } }.ToJson(),
                }
            );
            await db.SaveChangesAsync();
        }
        var ticket = await desk.OpenTicketAsync("My card has not arrived");
        await desk.RouteAsync();
        (await desk.DecisionAsync(ticket)).Priority.ShouldBe(TicketPriority.Urgent);
    }

    [Fact]
    public async Task A_kept_model_is_put_to_use_again_with_one_call()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var shelf = desk.Get<ModelShelf>();
        await using (var db = desk.OpenDatabase())
        {
            var first = await db.Set<ClassifierModel>().AsNoTracking().SingleAsync();
            db.Add(
                new ClassifierModel
                {
                    Kind = first.Kind,
                    Format = first.Format,
                    BlobHash = first.BlobHash,
                    TrainedAt = desk.Time.GetUtcNow(),
                    Examples = 1,
                    Tickets = 0,
                    Topics = first.Topics,
                }
            );
            await db.SaveChangesAsync();
        }
        var newest = (await shelf.ReadAsync(ModelKind.Topics))[0];
        await shelf.PutToUseAsync(newest.Id, Actor.Staff(desk.Anna.Id, "Ada"));
        var models = await shelf.ReadAsync(ModelKind.Topics);
        models.Single(m => m.IsActive).Id.ShouldBe(newest.Id);
        models[0].PromotedBy.ShouldBe("Ada");
        await using (var db = desk.OpenDatabase())
            (await db.Set<AdministrationChange>().SingleAsync()).Fields.Single().Became.ShouldBe($"{newest.Id}");
        desk.Get<LiveModels>().Current.TopicsId.ShouldBe(newest.Id);
        await Should.ThrowAsync<RuleViolationException>(() => shelf.PutToUseAsync(12345, Actor.System));
    }
}
