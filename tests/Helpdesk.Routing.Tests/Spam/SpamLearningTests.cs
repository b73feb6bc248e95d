using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Spam;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Spam;

public class SpamLearningTests
{
    private static readonly string[] Offers =
    [
        "CHEAP watches!!! Buy now, 90% OFF, limited offer, click http://deal.example",
        "You have WON a lottery prize of $1,000,000. Claim now!!!",
        "Lose weight fast with our miracle pills, FREE trial, order today!",
        "Make $$$ money at home, guaranteed income, no risk, act now!",
    ];

    private static readonly string[] Questions =
    [
        "Good morning, my new card has not arrived yet. When will it come?",
        "I lost my card on the bus, please block it and send another one.",
        "How high is the interest for a loan of two years?",
        "The transfer I made on Monday is still pending, can you check it?",
    ];

    private static Actor Anna(Desk desk) => Actor.Staff(desk.Anna.Id, desk.Anna.Name);

    private static async Task<long> SpamAsync(Desk desk, int number, int senders)
    {
        var id = await desk.OpenTicketAsync(
            "Offer",
            $"{Offers[number % 4]} Ref {number}",
            $"s{number % senders}@spam.example"
        );
        await desk.ChangeAsync(id, (t, _, now) => t.MarkSpam(Anna(desk), now));
        return id;
    }

    private static async Task GoodAsync(Desk desk, int number)
    {
        var id = await desk.OpenTicketAsync(
            "Question",
            $"{Questions[number % 4]} Customer {number}",
            $"c{number % 25}@example.org",
            channel: Channel.Email
        );
        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
                t.Reply(new MessageContent { Text = "Like this." }, Anna(desk), TicketStatus.Resolved, terms, now)
        );
    }

    [Fact]
    public async Task The_desk_learns_spam_from_its_people_and_forgets_what_they_take_back()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var learning = desk.Get<SpamLearning>();
        var marked = new List<long>();
        for (var i = 0; i < 50; i++)
            await GoodAsync(desk, i);
        for (var i = 0; i < 19; i++)
            marked.Add(await SpamAsync(desk, i, 8));
        (await learning.RefreshAsync()).ShouldBeFalse();
        (await learning.FindAsync()).ShouldBeNull();

        marked.Add(await SpamAsync(desk, 19, 8));
        (await learning.RefreshAsync()).ShouldBeTrue();
        (await learning.RefreshAsync()).ShouldBeFalse();
        var filter = (await learning.FindAsync())!;
        filter.Read("CHEAP pills!!! FREE offer, buy now, click http://deal.example").IsSpam.ShouldBeTrue();
        filter.Read("Hello, my card has not arrived, can you send another one?").IsSpam.ShouldBeFalse();
        filter.Explain("CHEAP watches, buy now. Good morning", 3).ShouldContain(w => w == "CHEAP" || w == "watches");
        // other models are none of its business
        await using (var db = desk.OpenDatabase())
            (await db.Set<ClassifierModel>().CountAsync(m => m.IsActive && m.Kind == ModelKind.Topics)).ShouldBe(1);

        var marking = await MarkingAsync(desk, marked[0]);
        await desk.ChangeAsync(marked[0], (t, terms, now) => t.UnmarkSpam(marking, Anna(desk), terms, now));
        await learning.RefreshAsync();
        desk.Time.Advance(TimeSpan.FromMinutes(1));
        (await learning.FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_hundred_mails_of_one_sender_count_like_three_and_are_not_enough()
    {
        await using var desk = await RoutingDesk.OpenAsync(withTopics: false);
        for (var i = 0; i < 40; i++)
            await SpamAsync(desk, i, 1);
        for (var i = 0; i < 50; i++)
            await GoodAsync(desk, i);
        await using var db = desk.OpenDatabase();
        var material = await SpamMaterial.LoadAsync(db, 1000, desk.Time.GetUtcNow(), CancellationToken.None);
        material.Examples.Where(e => e.IsSpam).Sum(e => e.Weight).ShouldBe(3, 0.01);
        material.IsEnough.ShouldBeFalse();
    }

    [Fact]
    public async Task Called_spam_it_ends_without_a_word_and_undone_it_stands_where_it_stood()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync("Hello", "My card has not arrived", "new@example.org");
        await desk.RouteAsync();
        var before = await desk.ReadAsync(id);
        await using (var db = desk.OpenDatabase())
            await db.Notifications.ExecuteDeleteAsync();
        await desk.ChangeAsync(id, (t, _, now) => t.MarkSpam(Anna(desk), now));
        var spam = await desk.ReadAsync(id);
        (spam.Status, spam.IsSpam, spam.DueAt, spam.NextEscalationAt).ShouldBe(
            (TicketStatus.Closed, true, (DateTimeOffset?)null, (DateTimeOffset?)null)
        );
        await desk.RouteAsync();
        await desk.RunEscalationAsync();

        var marking = await MarkingAsync(desk, id);
        await desk.ChangeAsync(id, (t, terms, now) => t.UnmarkSpam(marking, Anna(desk), terms, now));
        var after = await desk.ReadAsync(id);
        (after.Status, after.SpecialistId, after.DueAt, after.RoutedAt, after.Reopenings).ShouldBe(
            (before.Status, before.SpecialistId, before.DueAt, before.RoutedAt, before.Reopenings)
        );
        (after.IsSpam, after.ClosedAt, after.ResolvedAt).ShouldBe((false, null, null));
        await using var read = desk.OpenDatabase();
        (await read.Notifications.CountAsync(n => n.Kind != NotificationKind.Assigned)).ShouldBe(0);
    }

    [Fact]
    public async Task What_somebody_answered_is_no_spam()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync();
        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
                t.Reply(new MessageContent { Text = "Like this." }, Anna(desk), TicketStatus.Waiting, terms, now)
        );
        await Should.ThrowAsync<RuleViolationException>(() =>
            desk.ChangeAsync(id, (t, _, now) => t.MarkSpam(Anna(desk), now))
        );
    }

    [Fact]
    public void A_filter_reads_the_same_after_it_was_stored()
    {
        var examples = Enumerable
            .Range(0, 40)
            .Select(i => new SpamExample($"{(i % 2 == 0 ? Offers : Questions)[i % 4]} {i}", i % 2 == 0, $"{i}"))
            .ToList();
        var model = SpamModel.Train(examples)!;
        var stored = SpamModel.Load(model.ToBytes().ToArray());
        foreach (var example in examples)
            stored.Read(example.Text).Probability.ShouldBe(model.Read(example.Text).Probability, 0.01f);
        Should.Throw<InvalidDataException>(() => SpamModel.Load([1, 2, 3]));
        SpamModel.Train([.. examples.Where(e => e.IsSpam)]).ShouldBeNull();
    }

    private static async Task<TicketEvent> MarkingAsync(Desk desk, long ticketId)
    {
        await using var db = desk.OpenDatabase();
        return await db.TicketEvents.SingleAsync(e => e.TicketId == ticketId && e.Kind == TicketEventKind.MarkedSpam);
    }
}
