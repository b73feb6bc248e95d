using System.Globalization;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests;

public class TicketRoutingTests
{
    public static TheoryData<string> Databases => [.. RoutingDesk.Databases];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_request_is_understood_given_to_somebody_and_acknowledged_in_one_commit(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var id = await desk.OpenTicketAsync(
            "Where is my card",
            "I ordered a new card two weeks ago, it has not arrived."
        );
        (await desk.RouteAsync()).ShouldBe(1);

        var ticket = await desk.ReadAsync(id);
        ticket.RoutedAt.ShouldBe(desk.Time.GetUtcNow());
        ticket.TopicId.ShouldBe((await desk.TopicAsync("card_arrival")).Id);
        ticket.TeamId.ShouldBe(desk.Team.Id);
        ticket.SpecialistId.ShouldNotBeNull();
        ticket.Type.ShouldBe(TicketType.Typical);
        ticket.Language.ShouldBe("en");
        ticket.Notifications.Count(n => n.Kind is NotificationKind.Acknowledgement).ShouldBe(1);
        ticket.Notifications.Count(n => n.Kind is NotificationKind.Assigned).ShouldBe(1);

        var decision = await desk.DecisionAsync(id);
        decision.Outcome.ShouldBe(RoutingOutcome.Assigned);
        decision.SpecialistId.ShouldBe(ticket.SpecialistId);
        decision.ModelId.ShouldNotBeNull();
        decision.Details.Topics[0].Topic.ShouldBe("card_arrival");
        decision.Details.Candidates.Count.ShouldBe(3);
        decision.Details.Priority.Sum(p => p.Points).ShouldBe(ticket.PriorityScore);
        (await desk.RouteAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_person_who_confirms_the_topic_that_was_read_keeps_it()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync("Where is my new card?");
        await desk.RouteAsync();
        var topic = await desk.TopicAsync("card_arrival");
        (await desk.ReadAsync(id)).TopicId.ShouldBe(topic.Id);
        await desk.ChangeAsync(id, (t, _, now) => t.ChangeTopic(topic, Actor.Staff(desk.Anna.Id, desk.Anna.Name), now));
        var confirmed = await desk.ReadAsync(id);
        (confirmed.TopicId, confirmed.TopicIsManual).ShouldBe((topic.Id, true));
        (confirmed.TeamId, confirmed.SpecialistId is null).ShouldBe((topic.TeamId, false));
    }

    [Fact]
    public async Task The_decision_is_told_in_two_plain_sentences_and_a_table()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Boris);
        await desk.ChangePeopleAsync(p => p.Capacity = 0.5, desk.Lead);
        var id = await desk.OpenTicketAsync("Stolen", "Somebody has stolen my card, urgent!");
        await desk.RouteAsync();
        var told = RoutingExplanation.Of(
            await desk.DecisionAsync(id),
            desk.Time.GetUtcNow(),
            await desk.PictureAsync(),
            CultureInfo.GetCultureInfo("en")
        );
        told.What.ShouldStartWith("Read as “Lost or stolen card” (");
        told.What.ShouldContain("because of");
        told.Who.ShouldStartWith("Given to Anna Alder: ");
        told.Priority.Select(p => p.Text).ShouldContain("urgent words: stolen, urgent");
        told.Candidates.Select(c => c.Name).ShouldBe(["Anna Alder", "Boris Birch", "Lea Lead"], ignoreOrder: true);
        told.Candidates[0].IsChosen.ShouldBeTrue();
        told.Candidates.Single(c => c.Name == "Boris Birch").Against.ShouldContain("away");
        told.Candidates.Single(c => c.Name == "Lea Lead").WouldChange.ShouldBe(["carrying 0.5 less"]);
        string[] all =
        [
            told.What,
            told.Who,
            .. told.NoAutoAnswer,
            .. told.Candidates.SelectMany(c => c.For.Concat(c.Against)),
        ];
        all.ShouldAllBe(text => !text.Contains('{') && !text.Contains("Reason."));
    }

    [Fact]
    public async Task A_desk_that_knows_no_topics_still_routes_to_its_default_team()
    {
        await using var desk = await RoutingDesk.OpenAsync(withTopics: false);
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        var ticket = await desk.ReadAsync(id);
        (ticket.TeamId, ticket.TopicId, ticket.Type).ShouldBe((desk.Team.Id, null, null));
        ticket.Frequency.ShouldBeNull();
        ticket.SpecialistId.ShouldNotBeNull();
        (await desk.DecisionAsync(id)).Details.TopicBy.ShouldBe("no-model");
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task What_came_before_there_was_a_model_is_classified_when_there_is_one_and_stays_in_the_hands_that_began(
        string database
    )
    {
        await using var desk = await RoutingDesk.OpenAsync(database, isTrained: false);
        const string loanQuestion = "How high is the interest on a loan?";
        const string lost = "Somebody has stolen my card";
        var untouched = await desk.OpenTicketAsync(loanQuestion, loanQuestion, "a@example.org");
        var (answered, drafted) = (
            await desk.OpenTicketAsync(lost, lost, "b@example.org"),
            await desk.OpenTicketAsync(loanQuestion, loanQuestion, "c@example.org")
        );
        var (byPerson, closed) = (
            await desk.OpenTicketAsync(lost, lost, "d@example.org"),
            await desk.OpenTicketAsync(lost, lost, "e@example.org")
        );
        await desk.RouteAsync();
        (await desk.Get<TicketRouting>().ReadLateAsync()).ShouldBe(0);
        var before = await desk.ReadAsync(drafted);
        (before.Type, before.TopicId, before.TeamId).ShouldBe((null, null, desk.Team.Id));
        RoutingExplanation
            .Of(
                await desk.DecisionAsync(drafted),
                before.CreatedAt,
                await desk.PictureAsync(),
                System.Globalization.CultureInfo.InvariantCulture
            )
            .What.ShouldContain("not classified yet: a medium request");
        var holder = before.SpecialistId!.Value;
        await using (var db = desk.OpenDatabase())
        {
            db.Drafts.Add(
                new Draft
                {
                    TicketId = drafted,
                    UserId = holder,
                    Text = "Dear",
                    SavedAt = desk.Time.GetUtcNow(),
                }
            );
            await db.SaveChangesAsync();
        }
        var staff = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        var words = new MessageContent { Text = "We are looking." };
        await desk.ChangeAsync(answered, (t, terms, now) => t.Reply(words, staff, TicketStatus.Open, terms, now));
        await desk.ChangeAsync(
            closed,
            (t, terms, now) => t.Resolve(note: null, articleId: null, Actor.System, terms, now)
        );
        var loan = await desk.TopicAsync("loan_rate");
        await desk.ChangeAsync(byPerson, (t, _, now) => t.ChangeTopic(loan, staff, now));
        var hands = (await desk.ReadAsync(answered)).SpecialistId;

        await desk.Get<ModelTraining>().EnsureAsync();
        (await desk.Get<TicketRouting>().ReadLateAsync()).ShouldBe(3);
        (await desk.Get<TicketRouting>().ReadLateAsync()).ShouldBe(0);

        var ticket = await desk.ReadAsync(untouched);
        (ticket.TopicId, ticket.TeamId, ticket.Type).ShouldBe((loan.Id, loan.TeamId, TicketType.Typical));
        ticket.Notifications.Count(n => n.Kind is NotificationKind.Acknowledgement).ShouldBe(1);
        ticket.AutoAnswer.ShouldBe(AutoAnswerState.None);
        ticket = await desk.ReadAsync(drafted);
        (ticket.TopicId, ticket.TeamId, ticket.SpecialistId).ShouldBe((loan.Id, desk.Team.Id, holder));
        ticket.Notifications.Count.ShouldBe(before.Notifications.Count);
        var decision = await desk.DecisionAsync(drafted);
        (decision.Outcome, decision.Details.TopicBy).ShouldBe((RoutingOutcome.Kept, "read"));
        RoutingExplanation
            .Of(
                decision,
                ticket.CreatedAt,
                await desk.PictureAsync(),
                System.Globalization.CultureInfo.InvariantCulture
            )
            .Who.ShouldContain("has begun to work on it");
        ticket = await desk.ReadAsync(answered);
        (ticket.Type, ticket.SpecialistId, ticket.Status).ShouldBe((TicketType.Typical, hands, TicketStatus.Open));
        (await desk.ReadAsync(byPerson)).TopicIsManual.ShouldBeTrue();
        (await desk.DecisionAsync(byPerson)).Details.TopicBy.ShouldBe("no-model");
        (await desk.ReadAsync(closed)).Type.ShouldBeNull();
    }

    [Fact]
    public async Task Another_node_that_routed_without_a_model_reads_its_tickets_later_too()
    {
        await using var desk = await RoutingDesk.OpenAsync(isTrained: false);
        using var other = desk.OtherNode();
        var id = await desk.OpenTicketAsync("Somebody has stolen my card", "Somebody has stolen my card");
        await other.RunAsync();
        await desk.Get<ModelTraining>().EnsureAsync();
        await Task.WhenAll(other.ReadLateAsync(), desk.Get<TicketRouting>().ReadLateAsync());
        (await desk.ReadAsync(id)).TopicId.ShouldBe((await desk.TopicAsync("lost_card")).Id);
        await using var db = desk.OpenDatabase();
        (await db.Set<RoutingDecision>().CountAsync(d => d.TicketId == id)).ShouldBe(2);
    }

    [Fact]
    public async Task What_came_before_there_was_a_model_is_read_a_batch_at_a_time_the_oldest_first()
    {
        await using var desk = await RoutingDesk.OpenAsync(isTrained: false);
        long last = 0;
        for (var i = 0; i < 51; i++)
            last = await desk.OpenTicketAsync(text: "I lost my card", address: $"c{i}@example.org");
        while (await desk.RouteAsync() > 0) { }
        await desk.Get<ModelTraining>().EnsureAsync();
        var routing = desk.Get<TicketRouting>();
        (await routing.ReadLateAsync()).ShouldBe(50);
        await using (var db = desk.OpenDatabase())
            (await db.Tickets.SingleAsync(t => t.Type == null)).Id.ShouldBe(last);
        (await routing.ReadLateAsync()).ShouldBe(1);
        (await routing.ReadLateAsync()).ShouldBe(0);
        (await desk.ReadAsync(last)).Type.ShouldBe(TicketType.Typical);
    }

    [Fact]
    public async Task What_could_not_be_committed_is_read_again_later()
    {
        await using var desk = await RoutingDesk.OpenAsync(isTrained: false);
        var (stuck, other) = (
            await desk.OpenTicketAsync(text: "I lost my card", address: "a@example.org"),
            await desk.OpenTicketAsync(text: "I lost my card", address: "b@example.org")
        );
        await desk.RouteAsync();
        await desk.Get<ModelTraining>().EnsureAsync();
        await using var db = desk.OpenDatabase();
        await db.Database.ExecuteSqlAsync(
            $"CREATE TRIGGER Stuck BEFORE INSERT ON RoutingDecisions WHEN NEW.TicketId = 1 BEGIN SELECT RAISE(ABORT, 'busy'); END"
        );
        stuck.ShouldBe(1);
        var routing = desk.Get<TicketRouting>();
        (await routing.ReadLateAsync()).ShouldBe(2);
        (await routing.ReadLateAsync()).ShouldBe(0);
        (await desk.ReadAsync(stuck)).Type.ShouldBeNull();
        (await desk.ReadAsync(other)).Type.ShouldBe(TicketType.Typical);

        await db.Database.ExecuteSqlAsync($"DROP TRIGGER Stuck");
        desk.Time.Advance(TimeSpan.FromSeconds(31));
        (await routing.ReadLateAsync()).ShouldBe(1);
        (await desk.ReadAsync(stuck)).Type.ShouldBe(TicketType.Typical);
        (await routing.ReadLateAsync()).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_somebody_took_before_routing_came_to_it_is_only_classified(string database)
    {
        await using var desk = await AutoAnswer.AnsweringDesk.OpenAsync(database);
        await AutoAnswer.AnsweringDesk.SetAsync(desk, Routing.AutoAnswer.AnsweringState.Answering);
        var (answerable, urgent) = (
            await desk.OpenTicketAsync("Where is my new card?", AutoAnswer.AnsweringDesk.Question, "a@example.org"),
            await desk.OpenTicketAsync("Stolen", "Somebody has stolen my card, urgent!", "b@example.org")
        );
        await desk.ChangeAsync(
            answerable,
            (t, _, now) => t.AssignTo(desk.Anna, Actor.Staff(desk.Anna.Id, desk.Anna.Name), null, now)
        );
        await desk.ChangeAsync(urgent, (t, _, now) => t.AssignTo(desk.Lead, Actor.System, "escalation", now));
        (await desk.RouteAsync()).ShouldBe(0);
        var before = await desk.ReadAsync(urgent);
        desk.Time.Advance(TimeSpan.FromMinutes(5));
        using var node = desk.OtherNode();
        (await node.ReadLateAsync()).ShouldBe(2);

        var ticket = await desk.ReadAsync(answerable);
        ticket.TopicId.ShouldBe((await desk.TopicAsync("card_arrival")).Id);
        (ticket.SpecialistId, ticket.AutoAnswer, ticket.Status).ShouldBe(
            (desk.Anna.Id, AutoAnswerState.None, TicketStatus.New)
        );
        ticket.Notifications.ShouldBeEmpty();
        ticket.Messages.ShouldHaveSingleItem();
        ticket = await desk.ReadAsync(urgent);
        (ticket.Type, ticket.SpecialistId).ShouldBe((TicketType.Typical, desk.Lead.Id));
        (ticket.Priority, ticket.PriorityScore, ticket.DueAt, ticket.NextEscalationAt).ShouldBe(
            (before.Priority, before.PriorityScore, before.DueAt, before.NextEscalationAt)
        );
        ticket.Notifications.Count.ShouldBe(before.Notifications.Count);
        var decision = await desk.DecisionAsync(urgent);
        (decision.Outcome, decision.Priority).ShouldBe((RoutingOutcome.Kept, before.Priority));
    }

    [Fact]
    public async Task Supervisors_are_told_once_that_nobody_fits()
    {
        await using var desk = await RoutingDesk.OpenAsync(isTrained: false);
        await using (var db = desk.OpenDatabase())
            await db.TeamMembers.ExecuteDeleteAsync();
        desk.Get<DeskDirectory>().Forget();
        var id = await desk.OpenTicketAsync(text: "I lost my card");
        await desk.RouteAsync();
        (await desk.DecisionAsync(id)).Outcome.ShouldBe(RoutingOutcome.NobodyFits);
        await desk.Get<ModelTraining>().EnsureAsync();
        (await desk.Get<TicketRouting>().ReadLateAsync()).ShouldBe(1);
        var decision = await desk.DecisionAsync(id);
        (decision.Outcome, decision.Details.TopicBy).ShouldBe((RoutingOutcome.NobodyFits, "read"));
        (await desk.ReadAsync(id)).Notifications.Count(n => n.Kind is NotificationKind.NobodyFits).ShouldBe(1);
    }

    [Fact]
    public async Task What_nobody_has_classified_is_still_not_when_it_is_pulled()
    {
        await using var desk = await RoutingDesk.OpenAsync(isTrained: false);
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Anna, desk.Boris);
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Available, desk.Anna);
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(1);
        var decision = await desk.DecisionAsync(id);
        (decision.Outcome, decision.Details.IsUnread).ShouldBe((RoutingOutcome.Pulled, true));
    }

    [Fact]
    public async Task A_damaged_model_does_not_stop_the_line()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            var model = await db.Set<ClassifierModel>().Include(m => m.Blob).OrderBy(m => m.Id).LastAsync();
            var bytes = Tickets.Blobs.Blob.Of("not a model"u8);
            db.Blobs.Add(bytes);
            await db.SaveChangesAsync();
            db.Add(
                new ClassifierModel
                {
                    Kind = ModelKind.Topics,
                    Format = model.Format,
                    BlobHash = bytes.Hash,
                    TrainedAt = desk.Time.GetUtcNow(),
                    Examples = 1,
                    Tickets = 0,
                    Topics = 3,
                    IsActive = true,
                }
            );
            await db.SaveChangesAsync();
        }
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        (await desk.ReadAsync(id)).RoutedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_vip_is_served_before_those_who_came_earlier()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Boris);
        await desk.ChangePeopleAsync(p => p.Capacity = 1, desk.Anna);
        await desk.MakeVipAsync("vera@vip.example");
        var first = await desk.OpenTicketAsync(text: "I am still waiting for the card I ordered");
        var vip = await desk.OpenTicketAsync(
            text: "I am still waiting for the card I ordered",
            address: "vera@vip.example"
        );
        await desk.RouteAsync();
        (await desk.ReadAsync(vip)).SpecialistId.ShouldBe(desk.Anna.Id);
        (await desk.ReadAsync(vip)).Priority.ShouldBe(TicketPriority.Urgent);
        (await desk.ReadAsync(first)).SpecialistId.ShouldBeNull();
        (await desk.DecisionAsync(first)).Outcome.ShouldBe(RoutingOutcome.Queued);
    }

    [Fact]
    public async Task Supervisors_are_told_once_of_a_vip_whom_nobody_can_take_at_once()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Boris, desk.Anna);
        await desk.MakeVipAsync("vera@vip.example");
        var other = await desk.OpenTicketAsync(text: "I am still waiting for the card I ordered");
        var vip = await desk.OpenTicketAsync(
            text: "I am still waiting for the card I ordered",
            address: "vera@vip.example"
        );
        await desk.RouteAsync();
        await desk.ChangeAsync(vip, (t, _, now) => t.RequestRouting(now));
        await desk.RouteAsync();
        (await desk.DecisionAsync(vip)).Outcome.ShouldBe(RoutingOutcome.Queued);
        (await SaidOfAsync(vip)).ShouldContain("those who supervise were told, and it is the first to go");
        (await SaidOfAsync(other)).ShouldNotContain("supervise");
        (await desk.ReadAsync(vip))
            .Notifications.Single(n => n.Kind is NotificationKind.VipWaits)
            .UserId.ShouldBe(desk.Supervisor.Id);
        (await desk.ReadAsync(other)).Notifications.ShouldNotContain(n => n.Kind == NotificationKind.VipWaits);

        async Task<string> SaidOfAsync(long id) =>
            RoutingExplanation
                .Of(
                    await desk.DecisionAsync(id),
                    desk.Time.GetUtcNow(),
                    await desk.PictureAsync(),
                    CultureInfo.InvariantCulture
                )
                .Who;
    }

    [Fact]
    public async Task Capacity_holds_within_a_batch()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Capacity = 4, desk.Lead, desk.Anna, desk.Boris);
        for (var i = 0; i < 20; i++)
            await desk.OpenTicketAsync(address: $"c{i}@example.org");
        await desk.RouteAsync();
        foreach (var person in new[] { desk.Lead, desk.Anna, desk.Boris })
            (await desk.WorkOfAsync(person)).ShouldBe(4);
        await using var db = desk.OpenDatabase();
        (await db.Tickets.CountAsync(t => t.SpecialistId == null && t.RoutedAt != null)).ShouldBe(8);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Two_nodes_at_once_neither_exceed_capacity_nor_decide_twice(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        await desk.ChangePeopleAsync(p => p.Capacity = 7, desk.Lead, desk.Anna, desk.Boris);
        for (var i = 0; i < 30; i++)
            await desk.OpenTicketAsync(address: $"c{i}@example.org");
        using var other = desk.OtherNode();
        await Task.WhenAll(desk.RouteAsync(), other.RunAsync());
        while (await desk.RouteAsync() + await other.RunAsync() > 0) { }
        foreach (var person in new[] { desk.Lead, desk.Anna, desk.Boris })
            (await desk.WorkOfAsync(person)).ShouldBe(7);
        await using var db = desk.OpenDatabase();
        (await db.Set<RoutingDecision>().CountAsync()).ShouldBe(30);
        (await db.Notifications.CountAsync(n => n.Kind == NotificationKind.Acknowledgement)).ShouldBe(30);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whoever_is_more_important_is_never_given_out_later(int seed)
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Capacity = 0, desk.Lead, desk.Boris, desk.Anna);
        var random = new Random(seed);
        var points = new Dictionary<long, int>();
        for (var i = 0; i < 8; i++)
        {
            var worth = random.Next(0, 6) * 10;
            var address = $"c{i}@example.org";
            await using (var db = desk.OpenDatabase())
            {
                var tier = new Tier
                {
                    Name = $"Tier {i}",
                    Rank = worth,
                    PriorityPoints = worth,
                };
                db.Customers.Add(new Customer(address, "", desk.Time.GetUtcNow()) { Tier = tier });
                await db.SaveChangesAsync();
            }
            desk.Get<DeskDirectory>().Forget();
            points[await desk.OpenTicketAsync("Card", "My card has not arrived", address)] = worth;
            desk.Time.Advance(TimeSpan.FromMinutes(random.Next(1, 20)));
            await desk.RouteAsync();
        }
        var given = new List<long>();
        for (var capacity = 1; given.Count < points.Count && capacity < 50; capacity++)
        {
            await desk.ChangePeopleAsync(p => p.Capacity = capacity, desk.Anna);
            await desk.Get<WaitingTickets>().PullAsync();
            await using var db = desk.OpenDatabase();
            var has = await db.Tickets.Where(t => t.SpecialistId == desk.Anna.Id).Select(t => t.Id).ToListAsync();
            has.Except(given).Count().ShouldBeLessThan(2);
            given.AddRange(has.Except(given).ToList());
        }
        given.Count.ShouldBe(points.Count);
        given.Select(id => points[id]).ShouldBeInOrder(SortDirection.Descending);
        // and of those who are alike the first who came
        foreach (var alike in given.GroupBy(id => points[id]))
            alike.ShouldBeInOrder();
    }

    [Fact]
    public async Task Freed_capacity_pulls_the_most_important_waiting_ticket()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Boris);
        await desk.ChangePeopleAsync(p => p.Capacity = 1, desk.Anna);
        var busy = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        var calm = await desk.OpenTicketAsync(text: "Where is my card? No rush.", address: "a@example.org");
        var pressing = await desk.OpenTicketAsync(text: "Where is my card? Urgent!", address: "b@example.org");
        await desk.RouteAsync();
        var waiting = desk.Get<WaitingTickets>();
        (await waiting.PullAsync()).ShouldBe(0);

        desk.Time.Advance(TimeSpan.FromMinutes(20));
        await desk.ChangeAsync(busy, (t, terms, now) => t.Resolve("done", null, Actor.System, terms, now));
        (await waiting.PullAsync()).ShouldBe(1);
        (await desk.ReadAsync(pressing)).SpecialistId.ShouldBe(desk.Anna.Id);
        (await desk.ReadAsync(calm)).SpecialistId.ShouldBeNull();
        var told = RoutingExplanation.Of(
            await desk.DecisionAsync(pressing),
            desk.Time.GetUtcNow() - TimeSpan.FromMinutes(20),
            await desk.PictureAsync(),
            CultureInfo.InvariantCulture
        );
        told.Who.ShouldStartWith("Given to Anna Alder 20 min after it came");
        // what was read when it came is not forgotten
        told.Urgency.ShouldBe("Priority normal, because of: urgent words: urgent.");
        (await desk.DecisionAsync(pressing)).Details.Topics.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task A_VIP_that_waits_is_pulled_first_then_whom_an_automatic_answer_did_not_help(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        await desk.MakeVipAsync("vip@example.org");
        await using (var db = desk.OpenDatabase())
            await db.Tiers.ExecuteUpdateAsync(set => set.SetProperty(t => t.PriorityPoints, 0));
        desk.Get<DeskDirectory>().Forget();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Boris, desk.Anna);
        var pressing = await desk.OpenTicketAsync(text: "Where is my card? Urgent!", address: "b@example.org");
        var declined = await desk.OpenTicketAsync(text: "Where is my card? No rush.", address: "c@example.org");
        var vip = await desk.OpenTicketAsync(text: "Where is my card? No rush.", address: "vip@example.org");
        await desk.RouteAsync();
        await using (var db = desk.OpenDatabase())
            await db
                .Tickets.Where(t => t.Id == declined)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.PersonWantedAt, desk.Time.GetUtcNow()));
        var order = new List<long>();
        for (var room = 1; room <= 3; room++)
        {
            var capacity = room;
            await desk.ChangePeopleAsync(p => (p.Capacity, p.Presence) = (capacity, Presence.Available), desk.Anna);
            (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(1);
            await using var db = desk.OpenDatabase();
            order.Add(
                await db
                    .Tickets.Where(t => t.SpecialistId == desk.Anna.Id && !order.Contains(t.Id))
                    .Select(t => t.Id)
                    .SingleAsync()
            );
        }
        order.ShouldBe([vip, declined, pressing]);
    }

    [Fact]
    public async Task What_an_escalation_raised_stays_raised_when_it_is_decided_anew()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        await using (var db = desk.OpenDatabase())
            await db
                .Tickets.Where(t => t.Id == id)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(t => t.Priority, TicketPriority.Urgent).SetProperty(t => t.EscalationLevel, 100)
                );
        await desk.ChangeAsync(id, (t, _, now) => t.RequestRouting(now));
        await desk.RouteAsync();
        (await desk.ReadAsync(id)).Priority.ShouldBe(TicketPriority.Urgent);
    }

    [Fact]
    public async Task What_nobody_can_ever_take_is_told_instead_of_waiting_for_ever()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Capacity = 0.5, desk.Anna, desk.Boris, desk.Lead);
        var heavy = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        (await desk.DecisionAsync(heavy)).Outcome.ShouldBe(RoutingOutcome.NobodyFits);
        // who is only full, or away, comes again
        await desk.ChangePeopleAsync(p => p.Capacity = 1, desk.Anna);
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Anna);
        var waits = await desk.OpenTicketAsync(address: "d@example.org");
        await desk.RouteAsync();
        (await desk.DecisionAsync(waits)).Outcome.ShouldBe(RoutingOutcome.Queued);
    }

    [Fact]
    public async Task A_long_queue_of_a_full_team_does_not_keep_another_team_waiting()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        Team other;
        await using (var db = desk.OpenDatabase())
        {
            other = await db.Teams.SingleAsync(t => t.Name == "Loans");
            db.Add(new TeamMember { TeamId = other.Id, SpecialistId = desk.Boris.Id });
            await db.SaveChangesAsync();
        }
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Anna, desk.Boris);
        for (var i = 0; i < 201; i++)
            await desk.OpenTicketAsync(text: "Somebody has stolen my card! Urgent!", address: $"c{i}@example.org");
        var loans = await desk.TopicAsync("loan_rate");
        var behind = await desk.OpenTicketAsync(text: "I want to borrow money, no rush", address: "last@example.org");
        while (await desk.RouteAsync() > 0) { }
        await desk.ChangeAsync(behind, (t, _, now) => t.MoveTo(other, Actor.System, now));
        await desk.ChangePeopleAsync(
            p => p.Skills.Add(new() { SkillId = loans.SkillId!.Value, Level = 2 }),
            desk.Boris
        );
        // still of the full team as well, but not there
        await using (var db = desk.OpenDatabase())
            await db
                .TeamMembers.Where(m => m.SpecialistId == desk.Boris.Id && m.TeamId == desk.Team.Id)
                .ExecuteDeleteAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Available, desk.Boris);
        desk.Get<DeskDirectory>().Forget();
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(1);
        (await desk.ReadAsync(behind)).SpecialistId.ShouldBe(desk.Boris.Id);
    }

    [Fact]
    public async Task A_long_queue_for_an_expert_does_not_keep_the_others_of_the_team_idle()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var loans = await desk.TopicAsync("loan_rate");
        await using (var db = desk.OpenDatabase())
            await db
                .Topics.Where(t => t.Key == "lost_card")
                .ExecuteUpdateAsync(t => t.SetProperty(x => x.SkillId, loans.SkillId));
        desk.Get<DeskDirectory>().Forget();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Anna);
        await desk.ChangePeopleAsync(p => p.Capacity = 0, desk.Boris);
        for (var i = 0; i < 201; i++)
            await desk.OpenTicketAsync(text: "Somebody has stolen my card! Urgent!", address: $"c{i}@example.org");
        var behind = await desk.OpenTicketAsync(text: "My card has not arrived, no rush", address: "last@example.org");
        while (await desk.RouteAsync() > 0) { }
        await desk.ChangePeopleAsync(p => p.Capacity = 10, desk.Boris);
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(1);
        (await desk.ReadAsync(behind)).SpecialistId.ShouldBe(desk.Boris.Id);
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_waits_is_planned_for_whoever_comes_next_and_has_room()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var now = desk.Time.GetUtcNow();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead);
        await desk.ChangePeopleAsync(
            p => (p.AbsentUntil, p.KeepsWork, p.Capacity) = (now.AddDays(2), true, 1),
            desk.Anna
        );
        await desk.ChangePeopleAsync(
            p => (p.Presence, p.PresenceUntil, p.Capacity) = (Presence.Away, now.AddHours(3), 1),
            desk.Boris
        );
        var calm = await desk.OpenTicketAsync(text: "Where is my card? No rush.", address: "a@example.org");
        var pressing = await desk.OpenTicketAsync(text: "Where is my card? Urgent!", address: "b@example.org");
        var third = await desk.OpenTicketAsync(text: "Where is my card? No rush at all.", address: "c@example.org");
        await desk.RouteAsync();
        var waiting = desk.Get<WaitingTickets>();
        var plan = await waiting.PlanAsync();
        plan[pressing].ShouldBe(new PlannedTurn(desk.Boris.Id, desk.Boris.Name, now.AddHours(3)));
        plan.Keys.ShouldBeSubsetOf([calm, pressing, third]);
        // one of the others when Anna is back; nobody who is to come has room for the last, and when the lead returns nobody knows
        plan.Values.Count(t => t == new PlannedTurn(desk.Anna.Id, desk.Anna.Name, now.AddDays(2))).ShouldBe(1);
        plan.Count.ShouldBe(2);

        // and so it comes
        desk.Time.MoveTo(now.AddHours(3));
        (await waiting.PullAsync()).ShouldBe(1);
        (await desk.ReadAsync(pressing)).SpecialistId.ShouldBe(desk.Boris.Id);
        (await waiting.PlanAsync()).Keys.ShouldNotContain(pressing);
    }

    [Fact]
    public async Task At_night_it_is_planned_for_the_first_shift_of_the_morning()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var now = desk.Time.GetUtcNow();
        await using (var db = desk.OpenDatabase())
        {
            var tomorrow = now.AddDays(1);
            BusinessHours Shift(string name, int from) =>
                new()
                {
                    Name = name,
                    TimeZoneId = "Etc/UTC",
                    Week = $"{tomorrow.DayOfWeek.ToString()[..3]} {from:00}:00-{from + 4:00}:00",
                };
            (await db.Specialists.SingleAsync(s => s.Id == desk.Anna.Id)).BusinessHours = Shift("Late", 12);
            (await db.Specialists.SingleAsync(s => s.Id == desk.Boris.Id)).BusinessHours = Shift("Early", 6);
            (await db.Specialists.SingleAsync(s => s.Id == desk.Lead.Id)).BusinessHours = Shift("Early too", 6);
            // back in the middle of the early shift
            (await db.Specialists.SingleAsync(s => s.Id == desk.Lead.Id)).AbsentUntil = new(
                tomorrow.Date.AddHours(8),
                TimeSpan.Zero
            );
            await db.SaveChangesAsync();
        }
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        var turn = (await desk.Get<WaitingTickets>().PlanAsync())[id];
        (turn.SpecialistId, turn.At).ShouldBe(
            (desk.Boris.Id, new DateTimeOffset(now.AddDays(1).Date.AddHours(6), default))
        );
        await desk.ChangePeopleAsync(p => p.Capacity = 0, desk.Boris);
        turn = (await desk.Get<WaitingTickets>().PlanAsync())[id];
        (turn.SpecialistId, turn.At).ShouldBe(
            (desk.Lead.Id, new DateTimeOffset(now.AddDays(1).Date.AddHours(8), default))
        );
    }

    [Fact]
    public async Task Who_is_away_for_a_while_gets_what_waits_when_it_is_over()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Anna);
        await desk.ChangePeopleAsync(
            p => (p.Presence, p.PresenceUntil) = (Presence.Away, desk.Time.GetUtcNow().AddHours(1)),
            desk.Boris
        );
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(0);
        desk.Time.MoveTo(desk.Time.GetUtcNow().AddHours(1));
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(1);
        (await desk.ReadAsync(id)).SpecialistId.ShouldBe(desk.Boris.Id);
    }

    [Fact]
    public async Task Whoever_gave_a_ticket_back_is_not_given_it_again()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Boris);
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        await desk.ChangeAsync(id, (t, _, now) => t.Unassign(Actor.Staff(desk.Anna.Id, desk.Anna.Name), null, now));
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(0);
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Available, desk.Boris);
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(1);
        (await desk.ReadAsync(id)).SpecialistId.ShouldBe(desk.Boris.Id);
    }

    [Fact]
    public async Task A_corrected_topic_takes_the_ticket_to_its_team_and_stands()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        var loans = await desk.TopicAsync("loan_rate");
        await desk.ChangeAsync(
            id,
            (t, _, now) =>
            {
                t.ChangeTopic(loans, Actor.Staff(desk.Anna.Id, desk.Anna.Name), now);
                t.RequestRouting(now);
            }
        );
        await desk.RouteAsync();
        var ticket = await desk.ReadAsync(id);
        (ticket.TopicId, ticket.TeamId, ticket.SpecialistId).ShouldBe((loans.Id, loans.TeamId, null));
        ticket.Notifications.Count(n => n.Kind is NotificationKind.Acknowledgement).ShouldBe(1);
        var decision = await desk.DecisionAsync(id);
        decision.Details.TopicBy.ShouldBe("person");
        decision.Outcome.ShouldBe(RoutingOutcome.NobodyFits);
        ticket.Notifications.Single(n => n.Kind is NotificationKind.NobodyFits).UserId.ShouldBe(desk.Supervisor.Id);
    }

    [Fact]
    public async Task What_a_person_corrected_of_the_reading_stands_and_is_explained()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        await desk.ChangeAsync(
            id,
            (t, _, now) =>
            {
                t.CorrectReading(TicketType.Special, Complexity.Complex, "de", anna, now);
                t.RequestRouting(now);
            }
        );
        await desk.RouteAsync();
        var ticket = await desk.ReadAsync(id);
        (ticket.Type, ticket.TopicId, ticket.Complexity, ticket.Language).ShouldBe(
            (TicketType.Special, null, Complexity.Complex, "de")
        );
        ticket
            .Events.Where(e => e.ActorKind is ActorKind.Staff)
            .Select(e => e.Kind)
            .ShouldBe([TicketEventKind.ReadingCorrected, TicketEventKind.TopicChanged], ignoreOrder: true);
        var decision = await desk.DecisionAsync(id);
        (decision.Type, decision.TopicId, decision.Confidence).ShouldBe((TicketType.Special, null, 1));
        (decision.Details.TopicBy, decision.Details.Language).ShouldBe(("person", "de"));
        (decision.Details.Complexity, decision.Details.ComplexityProbability).ShouldBe((Complexity.Complex, 1));
        RoutingExplanation
            .Of(decision, desk.Time.GetUtcNow(), await desk.PictureAsync(), CultureInfo.GetCultureInfo("en"))
            .What.ShouldContain("none of the known topics: a special");

        await Should.ThrowAsync<RuleViolationException>(() =>
            desk.ChangeAsync(id, (t, _, now) => t.CorrectReading(TicketType.Typical, null, null, anna, now))
        );
        var arrival = await desk.TopicAsync("card_arrival");
        await desk.ChangeAsync(id, (t, _, now) => t.ChangeTopic(arrival, anna, now));
        ticket = await desk.ReadAsync(id);
        (ticket.Type, ticket.TypeIsManual, ticket.Complexity).ShouldBe((TicketType.Typical, false, Complexity.Complex));
    }

    [Fact]
    public async Task How_a_request_about_no_topic_came_to_its_team_is_told()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync("Card", "My card has not arrived");
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        await desk.RouteAsync();
        (await WhoAsync()).ShouldStartWith("Given to ");
        await desk.ChangeAsync(
            id,
            (t, _, now) =>
            {
                t.CorrectReading(TicketType.Special, null, null, anna, now);
                t.RequestRouting(now);
            }
        );
        await desk.RouteAsync();
        (await desk.DecisionAsync(id)).Details.TeamShare!.Value.ShouldBeGreaterThan(0.5);
        (await WhoAsync()).ShouldStartWith($"It is with {desk.Team.Name} because what it comes nearest to is theirs");

        async Task<string> WhoAsync() =>
            RoutingExplanation
                .Of(
                    await desk.DecisionAsync(id),
                    desk.Time.GetUtcNow(),
                    await desk.PictureAsync(),
                    CultureInfo.GetCultureInfo("en")
                )
                .Who;
    }

    [Fact]
    public async Task The_tone_is_read_and_what_a_person_says_of_it_stands()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var angry = await desk.OpenTicketAsync("Card", "This is ridiculous, my card has not arrived");
        var calm = await desk.OpenTicketAsync("Card", "My card has not arrived", "calm@example.org");
        await desk.RouteAsync();
        (await desk.ReadAsync(calm)).Tone.ShouldBe(CustomerTone.Ordinary);
        (await desk.ReadAsync(angry)).Tone.ShouldBe(CustomerTone.Upset);
        (await desk.DecisionAsync(angry)).Details.NoAutoAnswer.ShouldContain("upset");

        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        foreach (var (id, tone) in new[] { (angry, CustomerTone.Ordinary), (calm, CustomerTone.Upset) })
            await desk.ChangeAsync(
                id,
                (t, _, now) =>
                {
                    t.CorrectTone(tone, anna, now);
                    t.RequestRouting(now);
                }
            );
        await desk.RouteAsync();
        (await desk.ReadAsync(angry)).Tone.ShouldBe(CustomerTone.Ordinary);
        (await desk.DecisionAsync(angry)).Details.NoAutoAnswer.ShouldNotContain("upset");
        var ticket = await desk.ReadAsync(calm);
        (ticket.Tone, ticket.ToneIsManual).ShouldBe((CustomerTone.Upset, true));
        ticket.Events.Single(e => e.Kind is TicketEventKind.ReadingCorrected).Details["tone"].ShouldBe("Upset");
        var details = (await desk.DecisionAsync(calm)).Details;
        details.ToneByPerson.ShouldBe(CustomerTone.Upset);
        details.NoAutoAnswer.ShouldContain("upset");
    }

    [Fact]
    public async Task The_tickets_of_somebody_absent_go_to_the_deputy()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Boris);
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Available, desk.Lead, desk.Boris);
        await desk.ChangePeopleAsync(
            p => (p.AbsentUntil, p.DeputyId) = (desk.Time.GetUtcNow().AddDays(7), desk.Boris.Id),
            desk.Anna
        );
        (await desk.Get<SpecialistRelease>().RunAsync(desk.Anna.Id)).ShouldBe(1);
        await desk.RouteAsync();
        (await desk.ReadAsync(id)).SpecialistId.ShouldBe(desk.Boris.Id);
        (await desk.DecisionAsync(id)).Details.Candidates[0].Counted.ShouldContain(r => r.Code == "deputy");
    }

    [Fact]
    public async Task Asked_again_without_a_reason_the_ticket_stays_where_it_is()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        var before = (await desk.ReadAsync(id)).SpecialistId;
        await desk.ChangeAsync(id, (t, _, now) => t.RequestRouting(now));
        await desk.RouteAsync();
        (await desk.ReadAsync(id)).SpecialistId.ShouldBe(before);
        (await desk.DecisionAsync(id)).Outcome.ShouldBe(RoutingOutcome.Kept);
        (await desk.ReadAsync(id)).Notifications.Count(n => n.Kind is NotificationKind.Assigned).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_desk_and_request_give_the_same_decision()
    {
        var chosen = new List<(int?, string?, int)>();
        for (var run = 0; run < 2; run++)
        {
            await using var desk = await RoutingDesk.OpenAsync();
            var id = await desk.OpenTicketAsync(text: "My card is missing, please block it");
            await desk.RouteAsync();
            var ticket = await desk.ReadAsync(id);
            chosen.Add((ticket.TopicId, ticket.Specialist?.Name, ticket.PriorityScore));
        }
        chosen[1].ShouldBe(chosen[0]);
    }
}
