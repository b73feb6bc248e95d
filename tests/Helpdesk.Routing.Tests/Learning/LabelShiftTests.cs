using Helpdesk.Routing.Learning;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Learning;

public class LabelShiftTests
{
    /// <summary>A request about a card that has not arrived, read so, and finished by somebody.</summary>
    /// <param name="topic">What that person said it is about; null = special.</param>
    private static async Task FinishAsync(Desk desk, int number, Specialist by, string? topic)
    {
        var read = await desk.TopicAsync("card_arrival");
        var made = topic is null ? null : await desk.TopicAsync(topic);
        var actor = Actor.Staff(by.Id, by.Name);
        var id = await desk.OpenTicketAsync("Card", $"My card has not arrived {number}", $"c{number}@example.org");
        await using var db = desk.OpenDatabase();
        var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
        var now = desk.Time.GetUtcNow();
        var specialist = await db.Specialists.SingleAsync(s => s.Id == by.Id);
        ticket.Route(
            new RoutingResult
            {
                Type = TicketType.Typical,
                Complexity = Complexity.Simple,
                TopicId = read.Id,
                Specialist = specialist,
                Priority = TicketPriority.Normal,
                PriorityScore = 20,
            },
            terms: null,
            now
        );
        if (made is null)
            ticket.CorrectReading(TicketType.Special, complexity: null, language: null, actor, now);
        else if (made.Id != read.Id)
            ticket.ChangeTopic(made, actor, now);
        ticket.Reply(new MessageContent { Text = "Like this." }, actor, TicketStatus.Resolved, terms: null, now);
        await db.SaveChangesAsync();
    }

    private static async Task<TrainingMaterial> MaterialAsync(Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await LoadAsync(desk, db);
    }

    private static Task<TrainingMaterial> LoadAsync(Desk desk, HelpdeskDbContext db) =>
        TrainingMaterial.LoadAsync(db, 1000, desk.Time.GetUtcNow(), CancellationToken.None);

    /// <summary>Lets another node be quicker by a moment, once: between what this one read and what it writes.</summary>
    private static Func<int> Lose(HelpdeskDbContext db, Action other)
    {
        var times = 0;
        db.SavingChanges += (_, _) =>
        {
            if (times++ == 0)
                other();
        };
        return () => times;
    }

    /// <summary>What another node writes that found the same at the same moment.</summary>
    private static void Write(Desk desk, HelpdeskDbContext found)
    {
        using var quicker = desk.OpenDatabase();
        foreach (var shift in found.ChangeTracker.Entries<LabelShift>().Select(e => e.Entity))
            quicker.Add(
                new LabelShift
                {
                    UserId = shift.UserId,
                    UserName = shift.UserName,
                    FromTopicId = shift.FromTopicId,
                    ToTopicId = shift.ToTopicId,
                    FoundAt = shift.FoundAt,
                    Until = shift.Until,
                    Decisions = shift.Decisions,
                    Corrections = shift.Corrections,
                    OthersDecisions = shift.OthersDecisions,
                    OthersCorrections = shift.OthersCorrections,
                    TicketIds = shift.TicketIds,
                }.Opened()
            );
        foreach (var told in found.ChangeTracker.Entries<Notification>().Select(e => e.Entity))
            quicker.Add(
                Notification.ToColleague(
                    told.Kind,
                    told.UserId!.Value,
                    told.Address,
                    NotificationFacts.Read(told.Data),
                    told.CreatedAt
                )
            );
        quicker.SaveChanges();
    }

    private static int Lost(TrainingMaterial material) => Of(material, "lost_card");

    private static int Of(TrainingMaterial material, string? topic) => material.Tickets.Count(t => t.Topic == topic);

    [Fact]
    public async Task Two_hundred_mischievous_corrections_count_only_when_a_supervisor_says_so()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 40; i++)
            await FinishAsync(desk, i, desk.Anna, i % 20 == 0 ? "lost_card" : "card_arrival");
        (Lost(await MaterialAsync(desk)), (await desk.Get<LabelShiftBook>().ReadAsync()).Count).ShouldBe((2, 0));

        for (var i = 100; i < 300; i++)
            await FinishAsync(desk, i, desk.Boris, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(2);
        await MaterialAsync(desk); // found again, it is still one
        var shift = (await desk.Get<LabelShiftBook>().ReadAsync()).ShouldHaveSingleItem();
        (shift.UserId, shift.Corrections, shift.Decisions).ShouldBe((desk.Boris.Id, 200, 200));
        (shift.OthersCorrections, shift.OthersDecisions, shift.State).ShouldBe((2, 40, LabelShiftState.Open));
        shift.TicketIds.Split(' ').Length.ShouldBe(200);

        await desk.Get<LabelShiftBook>().DecideAsync(shift.Id, accept: true, Actor.Staff(Guid.NewGuid(), "Sofia"));
        Lost(await MaterialAsync(desk)).ShouldBe(202);
        await Should.ThrowAsync<RuleViolationException>(() =>
            desk.Get<LabelShiftBook>().DecideAsync(shift.Id, accept: false, Actor.Staff(Guid.NewGuid(), "Sofia"))
        );
    }

    [Theory]
    [InlineData("Sqlite", true)]
    [InlineData("Sqlite", false)]
    [InlineData("Postgres", true)]
    public async Task Requests_that_one_person_alone_calls_special_wait_for_a_supervisor_too(
        string database,
        bool isAccepted
    )
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        for (var i = 0; i < 30; i++)
            await FinishAsync(desk, i, desk.Anna, i == 0 ? null : "card_arrival");
        for (var i = 100; i < 130; i++)
            await FinishAsync(desk, i, desk.Boris, topic: null);
        // Anna's own counts
        var material = await MaterialAsync(desk);
        (Of(material, null), Of(material, "card_arrival")).ShouldBe((1, 29));
        (await ToldAsync(desk)).ShouldBe(1);
        await MaterialAsync(desk); // found again, it is still one, and told once
        (await ToldAsync(desk)).ShouldBe(1);
        var shift = (await desk.Get<LabelShiftBook>().OpenAsync()).ShouldHaveSingleItem();
        (shift.UserId, shift.FromTopicId, shift.ToTopicId).ShouldBe(
            (desk.Boris.Id, (await desk.TopicAsync("card_arrival")).Id, null)
        );
        (shift.Corrections, shift.Decisions).ShouldBe((30, 30));
        (shift.OthersCorrections, shift.OthersDecisions).ShouldBe((1, 30));

        await desk.Get<LabelShiftBook>().DecideAsync(shift.Id, isAccepted, Actor.Staff(Guid.NewGuid(), "Sofia"));
        Of(await MaterialAsync(desk), null).ShouldBe(isAccepted ? 31 : 1);
    }

    [Fact]
    public async Task Rejected_corrections_never_count_and_later_ones_are_judged_anew()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 30; i++)
            await FinishAsync(desk, i, desk.Anna, "card_arrival");
        for (var i = 100; i < 130; i++)
            await FinishAsync(desk, i, desk.Boris, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(0);
        var shift = (await desk.Get<LabelShiftBook>().ReadAsync()).Single();
        await desk.Get<LabelShiftBook>().DecideAsync(shift.Id, accept: false, Actor.Staff(Guid.NewGuid(), "Sofia"));
        Lost(await MaterialAsync(desk)).ShouldBe(0);
        desk.Time.Advance(TimeSpan.FromDays(1));
        await FinishAsync(desk, 500, desk.Boris, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(1);
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Two_nodes_that_find_the_same_shift_write_it_once_and_tell_supervisors_once_and_again_after_a_week(
        string database
    )
    {
        await using var desk = await MischiefAsync(database);
        await using (var db = desk.OpenDatabase())
        {
            var saves = Lose(db, () => Write(desk, db));
            Lost(await LoadAsync(desk, db)).ShouldBe(0);
            saves().ShouldBe(2); // the first one lost
        }
        (await desk.Get<LabelShiftBook>().OpenAsync()).ShouldHaveSingleItem();
        (await ToldAsync(desk)).ShouldBe(1);
        await MaterialAsync(desk);
        await desk.Get<LabelShiftBook>().RemindAsync();
        (await ToldAsync(desk)).ShouldBe(1);

        desk.Time.Advance(LabelShift.RemindAfter);
        await desk.Get<LabelShiftBook>().RemindAsync();
        await desk.Get<LabelShiftBook>().RemindAsync();
        (await ToldAsync(desk)).ShouldBe(2);
    }

    [Fact]
    public async Task An_undecided_shift_lapses_what_it_holds_stays_out_and_later_corrections_are_judged_anew()
    {
        await using var desk = await MischiefAsync();
        Lost(await MaterialAsync(desk)).ShouldBe(0);
        desk.Time.Advance(TimeSpan.FromDays(1));
        await FinishAsync(desk, 500, desk.Boris, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(0); // while it waits, the same person's later ones wait too
        await FinishAsync(desk, 501, desk.Anna, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(1); // others' count all the time

        desk.Time.Advance(LabelShift.LapsesAfter);
        await FinishAsync(desk, 502, desk.Boris, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(2);
        var shift = (await desk.Get<LabelShiftBook>().ReadAsync()).ShouldHaveSingleItem();
        shift.State.ShouldBe(LabelShiftState.Lapsed);
        (await desk.Get<LabelShiftBook>().OpenAsync()).ShouldBeEmpty();

        // again too many: a second one, about the later ones only
        for (var i = 600; i < 630; i++)
            await FinishAsync(desk, i, desk.Boris, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(1);
        (await desk.Get<LabelShiftBook>().OpenAsync()).ShouldHaveSingleItem().Corrections.ShouldBe(31);

        // and the first may still be decided about
        await desk.Get<LabelShiftBook>().DecideAsync(shift.Id, accept: false, Actor.Staff(Guid.NewGuid(), "Sofia"));
        Lost(await MaterialAsync(desk)).ShouldBe(1);
    }

    [Theory]
    [InlineData("Sqlite", true)]
    [InlineData("Sqlite", false)]
    [InlineData("Postgres", true)]
    [InlineData("Postgres", false)]
    public async Task What_is_decided_or_lapses_while_another_node_looks_holds_for_it_too(
        string database,
        bool isAccepted
    )
    {
        await using var desk = await MischiefAsync(database);
        Lost(await MaterialAsync(desk)).ShouldBe(0);
        desk.Time.Advance(LabelShift.LapsesAfter);
        await using var db = desk.OpenDatabase();
        var saves = Lose(
            db,
            () =>
            {
                using var quicker = desk.OpenDatabase();
                var shift = quicker.Set<LabelShift>().Single();
                if (isAccepted)
                    shift.Decide(accept: true, "Sofia", desk.Time.GetUtcNow());
                else
                    shift.Lapse();
                quicker.SaveChanges();
            }
        );
        Lost(await LoadAsync(desk, db)).ShouldBe(isAccepted ? 30 : 0);
        saves().ShouldBe(2); // the first one lost
        (await ToldAsync(desk)).ShouldBe(1);
        var shift = (await desk.Get<LabelShiftBook>().ReadAsync()).ShouldHaveSingleItem();
        shift.State.ShouldBe(isAccepted ? LabelShiftState.Accepted : LabelShiftState.Lapsed);
        // the same context puts the model to use afterwards
        db.Add(new TopicPhrase { TopicId = (await desk.TopicAsync("lost_card")).Id, Text = "It is gone" });
        (await db.SaveChangesAsync()).ShouldBe(1);
    }

    private static async Task<Desk> MischiefAsync(string database = "Sqlite")
    {
        var desk = await RoutingDesk.OpenAsync(database);
        for (var i = 0; i < 30; i++)
            await FinishAsync(desk, i, desk.Anna, "card_arrival");
        for (var i = 100; i < 130; i++)
            await FinishAsync(desk, i, desk.Boris, "lost_card");
        return desk;
    }

    private static async Task<int> ToldAsync(Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Notifications.CountAsync(n => n.Kind == NotificationKind.LabelShift);
    }

    [Fact]
    public async Task What_everybody_corrects_is_the_models_error_and_counts()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 60; i++)
            await FinishAsync(desk, i, i % 2 == 0 ? desk.Anna : desk.Boris, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(60);
        (await desk.Get<LabelShiftBook>().ReadAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 10, 0.3, 1)]
    [InlineData(10, 10, 0.5, 0.0009765625)]
    [InlineData(3, 4, 0.5, 0.3125)]
    public void The_tail_of_the_binomial_is_exact(int least, int of, double share, double chance) =>
        LabelShiftTest.Tail(least, of, share).ShouldBe(chance, 1e-9);
}
