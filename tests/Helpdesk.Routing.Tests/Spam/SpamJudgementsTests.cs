using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Spam;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Spam;

public class SpamJudgementsTests
{
    private static Actor Of(Specialist person) => Actor.Staff(person.Id, person.Name);

    private static async Task SpamAsync(Desk desk, Specialist by, string sender)
    {
        var id = await desk.OpenTicketAsync("Offer", $"Cheap watches for {sender}", sender, channel: Channel.Email);
        await desk.ChangeAsync(id, (t, _, now) => t.MarkSpam(Of(by), now));
    }

    private static async Task AnswerAsync(Desk desk, Specialist by, string sender)
    {
        var id = await desk.OpenTicketAsync("Question", $"Where is {sender}?", sender, channel: Channel.Email);
        await using var db = desk.OpenDatabase();
        var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
        var specialist = await db.Specialists.SingleAsync(s => s.Id == by.Id);
        var now = desk.Time.GetUtcNow();
        ticket.AssignTo(specialist, Of(by), reason: null, now);
        ticket.Reply(new MessageContent { Text = "Here." }, Of(by), TicketStatus.Resolved, terms: null, now);
        await db.SaveChangesAsync();
    }

    private static async Task<SpamMaterial> MaterialAsync(Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await SpamMaterial.LoadAsync(db, 1000, desk.Time.GetUtcNow(), CancellationToken.None);
    }

    private static double Spam(SpamMaterial material) => material.Examples.Where(e => e.IsSpam).Sum(e => e.Weight);

    [Fact]
    public async Task Who_calls_far_more_spam_than_colleagues_waits_for_a_supervisor()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 30; i++)
            await AnswerAsync(desk, desk.Boris, $"c{i}@example.org");
        for (var i = 0; i < 4; i++)
            await SpamAsync(desk, desk.Boris, $"s{i}@spam.example");
        for (var i = 0; i < 15; i++)
            await SpamAsync(desk, desk.Anna, $"n{i}@example.net");
        Spam(await MaterialAsync(desk)).ShouldBe(4, 0.01);

        var book = desk.Get<LabelShiftBook>();
        var shift = (await book.OpenAsync()).ShouldHaveSingleItem();
        (shift.Kind, shift.UserId, shift.FromTopicId, shift.ToTopicId).ShouldBe(
            (LabelShiftKind.Spam, desk.Anna.Id, null, null)
        );
        (shift.Corrections, shift.Decisions, shift.OthersCorrections, shift.OthersDecisions).ShouldBe((15, 15, 4, 34));
        await using (var db = desk.OpenDatabase())
            (await db.Notifications.SingleAsync(n => n.Kind == NotificationKind.LabelShift)).UserId.ShouldBe(
                desk.Supervisor.Id
            );
        // asked once, and said the same by whoever only looks
        Spam(await MaterialAsync(desk)).ShouldBe(4, 0.01);
        await using (var db = desk.OpenDatabase())
            Spam(await SpamMaterial.LoadAsync(db, 1000, now: null, CancellationToken.None)).ShouldBe(4, 0.01);
        (await book.OpenAsync()).Count.ShouldBe(1);

        await book.DecideAsync(shift.Id, accept: true, Actor.Staff(desk.Supervisor.Id, "Ingrid"));
        Spam(await MaterialAsync(desk)).ShouldBe(19, 0.01);
        // what topics learn from has its own judgements
        await using (var read = desk.OpenDatabase())
            (await LabelShiftBook.DoubtedAsync(read, LabelShiftKind.Topic, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_one_person_calls_spam_counts_as_much_as_all_the_rest_and_as_fifty_mails()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 80; i++)
            await SpamAsync(desk, desk.Anna, $"s{i}@spam.example");
        for (var i = 0; i < 10; i++)
            await SpamAsync(desk, desk.Boris, $"t{i}@spam.example");
        Spam(await MaterialAsync(desk)).ShouldBe(60, 0.01);
        for (var i = 10; i < 65; i++)
            await SpamAsync(desk, desk.Boris, $"t{i}@spam.example");
        // 65 of Boris' hold up as much of Anna's
        Spam(await MaterialAsync(desk)).ShouldBe(130, 0.01);
    }

    [Fact]
    public async Task A_customer_whom_a_colleague_answered_is_no_example_of_spam()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await AnswerAsync(desk, desk.Boris, "c1@example.org");
        await AnswerAsync(desk, desk.Anna, "c2@example.org");
        await SpamAsync(desk, desk.Anna, "c1@example.org");
        await SpamAsync(desk, desk.Anna, "c2@example.org");
        await SpamAsync(desk, desk.Anna, "c3@example.org");
        (await MaterialAsync(desk)).Examples.Count(e => e.IsSpam).ShouldBe(2);
    }
}
