using Helpdesk.Routing.Learning;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Learning;

public class LabelShiftTests
{
    /// <summary>A request about a card that has not arrived, read so, and finished by somebody.</summary>
    private static async Task FinishAsync(Desk desk, int number, Specialist by, string topic)
    {
        var read = await desk.TopicAsync("card_arrival");
        var made = await desk.TopicAsync(topic);
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
                TopicId = read.Id,
                Specialist = specialist,
                Priority = TicketPriority.Normal,
                PriorityScore = 20,
            },
            terms: null,
            now
        );
        if (made.Id != read.Id)
            ticket.ChangeTopic(made, actor, now);
        ticket.Reply(new MessageContent { Text = "Like this." }, actor, TicketStatus.Resolved, terms: null, now);
        await db.SaveChangesAsync();
    }

    private static async Task<TrainingMaterial> MaterialAsync(Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await TrainingMaterial.LoadAsync(db, 1000, desk.Time.GetUtcNow(), CancellationToken.None);
    }

    private static int Lost(TrainingMaterial material) => material.Tickets.Count(t => t.Topic == "lost_card");

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

        await desk.Get<LabelShiftBook>().DecideAsync(shift.Id, accept: true, "Sofia");
        Lost(await MaterialAsync(desk)).ShouldBe(202);
        await Should.ThrowAsync<RuleViolationException>(() =>
            desk.Get<LabelShiftBook>().DecideAsync(shift.Id, accept: false, "Sofia")
        );
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
        await desk.Get<LabelShiftBook>().DecideAsync(shift.Id, accept: false, "Sofia");
        Lost(await MaterialAsync(desk)).ShouldBe(0);
        desk.Time.Advance(TimeSpan.FromDays(1));
        await FinishAsync(desk, 500, desk.Boris, "lost_card");
        Lost(await MaterialAsync(desk)).ShouldBe(1);
    }

    [Fact]
    public async Task Two_nodes_that_find_the_same_shift_write_it_once_and_tell_supervisors_once_and_again_after_a_week()
    {
        await using var desk = await MischiefAsync();
        Lost(await MaterialAsync(desk)).ShouldBe(0);
        var written = (await desk.Get<LabelShiftBook>().OpenAsync()).ShouldHaveSingleItem();
        await using (var other = desk.OpenDatabase())
        {
            // what another node would write that had looked a moment before
            other.Add(
                new LabelShift
                {
                    UserId = written.UserId,
                    UserName = written.UserName,
                    FromTopicId = written.FromTopicId,
                    ToTopicId = written.ToTopicId,
                    FoundAt = written.FoundAt,
                    Until = written.Until,
                    Decisions = written.Decisions,
                    Corrections = written.Corrections,
                    OthersDecisions = written.OthersDecisions,
                    OthersCorrections = written.OthersCorrections,
                    TicketIds = written.TicketIds,
                }.Opened()
            );
            await Should.ThrowAsync<DbUpdateException>(() => other.SaveChangesAsync());
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
        await desk.Get<LabelShiftBook>().DecideAsync(shift.Id, accept: false, "Sofia");
        Lost(await MaterialAsync(desk)).ShouldBe(1);
    }

    private static async Task<Desk> MischiefAsync()
    {
        var desk = await RoutingDesk.OpenAsync();
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
