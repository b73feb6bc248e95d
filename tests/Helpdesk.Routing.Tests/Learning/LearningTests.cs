using System.Globalization;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Learning;

public class LearningTests
{
    private static async Task FinishAsync(Desk desk, string text, string topic, string address)
    {
        var id = await desk.OpenTicketAsync(text[..Math.Min(20, text.Length)], text, address);
        var (known, anna) = (await desk.TopicAsync(topic), Actor.Staff(desk.Anna.Id, desk.Anna.Name));
        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
            {
                t.ChangeTopic(known, anna, now);
                t.Reply(new MessageContent { Text = "Like this." }, anna, TicketStatus.Resolved, terms, now);
            }
        );
    }

    private static async Task<List<ClassifierModel>> ModelsAsync(Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<ClassifierModel>().OrderBy(m => m.Id).ToListAsync();
    }

    [Fact]
    public async Task The_desk_learns_its_customers_words_from_what_specialists_confirmed()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 8; i++)
            await FinishAsync(desk, $"The plastic went for a walk again, number {i}", "lost_card", $"c{i}@example.org");
        await desk.Get<ModelTraining>().EnsureAsync();
        var models = await ModelsAsync(desk);
        models[^1].Tickets.ShouldBe(8);
        models.Count(m => m.IsActive).ShouldBe(1);

        var asked = await desk.OpenTicketAsync("Hello", "my plastic went for a walk", "new@example.org");
        await desk.RouteAsync();
        (await desk.ReadAsync(asked)).TopicId.ShouldBe((await desk.TopicAsync("lost_card")).Id);
    }

    [Theory]
    [InlineData(9, 1.0, 20, 0.9, false)] // a handful of texts decides nothing
    [InlineData(3000, 0.92, 3000, 0.915, false)]
    [InlineData(3000, 0.92, 3000, 0.9, true)]
    [InlineData(0, 0, 3000, 0.5, false)]
    [InlineData(3000, 0.92, 0, 0, true)] // what was not measured does not replace what was
    public void A_model_is_worse_when_more_than_measuring_wavers_says_so(
        int heldBefore,
        double before,
        int heldNow,
        double now,
        bool isWorse
    )
    {
        static ClassifierModel Model(int held, double accuracy) =>
            new()
            {
                Kind = ModelKind.Topics,
                Format = "",
                BlobHash = "",
                TrainedAt = default,
                Examples = 0,
                Tickets = 0,
                Topics = 2,
                HeldOut = held,
                HeldOutAccuracy = accuracy,
            };
        ModelTraining.IsWorse(Model(heldNow, now), Model(heldBefore, before)).ShouldBe(isWorse);
    }

    [Theory]
    [InlineData(400, 30, 30, false)]
    [InlineData(400, 8, 5, false)] // three of four hundred are below a hundredth
    [InlineData(400, 30, 18, true)]
    [InlineData(60, 6, 4, false)] // chance
    [InlineData(60, 0, 9, false)]
    public void A_trial_is_worse_when_it_loses_more_of_the_same_texts_than_chance_takes(
        int compared,
        int onlyPresent,
        int onlyNew,
        bool isWorse
    ) => new Trial([], null, 0, compared, onlyPresent, onlyNew).IsWorse().ShouldBe(isWorse);

    [Theory]
    [InlineData(200, null, 0)] // too few
    [InlineData(500, null, 100)]
    [InlineData(500, 380, 60)] // the later half of those after the present model
    [InlineData(500, 420, 100)] // too few of those
    [InlineData(500, 100, 100)] // never more than a fifth
    [InlineData(50_000, null, 2_000)]
    public void The_newest_are_held_out(int tickets, int? known, int newest)
    {
        var start = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        var finished = Enumerable
            .Range(1, tickets)
            .Select(i => new TicketExample(i, "", "a", 1, start.AddMinutes(i)))
            .ToList();
        ModelTraining.NewestOf(finished, known is { } minutes ? start.AddMinutes(minutes) : null).ShouldBe(newest);
    }

    [Fact]
    public async Task A_model_is_measured_on_the_newest_requests_which_its_trial_has_not_seen()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 250; i++)
        {
            // in the last fifth the cashiers speak of something else
            var (text, topic) =
                i >= 200 ? ($"the moon is out again {i}", "lost_card")
                : i % 2 == 0 ? ($"where is my card number {i}", "card_arrival")
                : ($"somebody stole the card number {i}", "lost_card");
            await FinishAsync(desk, text, topic, $"c{i}@example.org");
            desk.Time.Advance(TimeSpan.FromMinutes(5));
        }
        await desk.Get<ModelTraining>().EnsureAsync();
        var model = (await ModelsAsync(desk))[^1];
        await using var db = desk.OpenDatabase();
        var readings = await db.Set<HeldOutReading>().Where(r => r.ModelId == model.Id).ToListAsync();
        var newest = await db.Tickets.OrderByDescending(t => t.Id).Take(50).Select(t => t.Id).ToListAsync();
        readings.Select(r => r.TicketId).ShouldBe(newest, ignoreOrder: true);
        model.HeldOut.ShouldBe(50);
        model.HeldOutFrom.ShouldNotBeNull();
        var lost = (await desk.TopicAsync("lost_card")).Id;
        model.HeldOutAccuracy.ShouldBe(readings.Count(r => r.TopicId == lost) / 50.0, 0.001);
        model.HeldOutAccuracy.ShouldBeLessThan(0.9); // nobody could have known

        // what is gone with its model is not left behind
        db.Remove(await db.Set<ClassifierModel>().SingleAsync(m => m.Id == model.Id));
        await db.SaveChangesAsync();
        (await db.Set<HeldOutReading>().CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_model_that_cannot_be_read_is_left_for_minutes_and_replaced()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await using var db = desk.OpenDatabase();
        var (models, hash) = (desk.Get<LiveModels>(), (await ModelsAsync(desk)).Single().BlobHash);
        var whole = await db.Blobs.AsNoTracking().SingleAsync(b => b.Hash == hash);
        Task PutAsync(byte[] bytes) =>
            db.Blobs.Where(b => b.Hash == hash).ExecuteUpdateAsync(set => set.SetProperty(b => b.Content, bytes));
        await PutAsync([1, 2, 3]);
        (await models.GetAsync(db, CancellationToken.None)).Topics.ShouldBeNull();
        await PutAsync(whole.Content);
        (await models.GetAsync(db, CancellationToken.None)).Topics.ShouldBeNull();
        desk.Time.Advance(TimeSpan.FromMinutes(6));
        (await models.GetAsync(db, CancellationToken.None)).Topics.ShouldNotBeNull();
        models.UnreadableId.ShouldBeNull();
        (await desk.Get<ModelTraining>().EnsureAsync()).ShouldBeFalse();

        // another process, which finds it damaged when it starts
        await PutAsync([1, 2, 3]);
        await using var node = desk.Services.CreateAsyncScope();
        var fresh = ActivatorUtilities.CreateInstance<LiveModels>(node.ServiceProvider);
        using var training = ActivatorUtilities.CreateInstance<ModelTraining>(node.ServiceProvider, fresh);
        (await fresh.GetAsync(db, CancellationToken.None)).Topics.ShouldBeNull();
        (await training.EnsureAsync()).ShouldBeTrue();
        (await fresh.GetAsync(db, CancellationToken.None)).Topics.ShouldNotBeNull();
        (await ModelsAsync(desk)).Select(m => m.IsActive).ShouldBe([false, true]);
        (await training.EnsureAsync()).ShouldBeFalse();
    }

    private static async Task<RoutingExplanation> ToldAsync(Desk desk, long id) =>
        RoutingExplanation.Of(
            await desk.DecisionAsync(id),
            desk.Time.GetUtcNow(),
            await desk.PictureAsync(),
            CultureInfo.GetCultureInfo("en")
        );

    private static async Task CorrectAsync(Desk desk, long id, string topic)
    {
        var (known, anna) = (await desk.TopicAsync(topic), Actor.Staff(desk.Anna.Id, desk.Anna.Name));
        await desk.ChangeAsync(id, (t, _, now) => t.ChangeTopic(known, anna, now));
    }

    [Fact]
    public async Task A_correction_counts_within_a_minute_and_without_a_training()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var first = await desk.OpenTicketAsync("Umbrella", "the wind took my umbrella away", "a@example.org");
        await desk.RouteAsync();
        var meant =
            (await desk.ReadAsync(first)).TopicId == (await desk.TopicAsync("lost_card")).Id
                ? "card_arrival"
                : "lost_card";
        await CorrectAsync(desk, first, meant);
        desk.Time.Advance(TimeSpan.FromMinutes(2));

        var next = await desk.OpenTicketAsync("Help", "the wind took my umbrella away again", "b@example.org");
        await desk.RouteAsync();
        (await desk.ReadAsync(next)).TopicId.ShouldBe((await desk.TopicAsync(meant)).Id);
        (await ModelsAsync(desk)).Count.ShouldBe(1);
        (await ToldAsync(desk, next)).What.ShouldContain("Colleagues corrected requests worded like this");
        (await ToldAsync(desk, first)).What.ShouldNotContain("Colleagues corrected");

        // what a supervisor holds back does not count
        await using (var db = desk.OpenDatabase())
        {
            var change = await db.TicketEvents.SingleAsync(e =>
                e.TicketId == first && e.Kind == TicketEventKind.TopicChanged && e.ActorKind == ActorKind.Staff
            );
            db.Add(
                new LabelShift
                {
                    UserId = desk.Anna.Id,
                    UserName = desk.Anna.Name,
                    FromTopicId = change.Details.TryGetValue("from", out var from)
                        ? int.Parse(from!, System.Globalization.CultureInfo.InvariantCulture)
                        : null,
                    ToTopicId = (await desk.TopicAsync(meant)).Id,
                    FoundAt = desk.Time.GetUtcNow(),
                    Until = desk.Time.GetUtcNow(),
                    Decisions = 1,
                    Corrections = 1,
                    OthersDecisions = 40,
                    OthersCorrections = 1,
                    TicketIds = first.ToString(System.Globalization.CultureInfo.InvariantCulture),
                }.Opened()
            );
            await db.SaveChangesAsync();
            (await FreshCorrections.LoadAsync(db, default, CancellationToken.None)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Nobody_turns_the_model_with_corrections_before_a_training_has_looked_at_them()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 9; i++)
        {
            var id = await desk.OpenTicketAsync("Card", $"where is my card {i}", $"c{i}@example.org");
            await desk.RouteAsync();
            await CorrectAsync(desk, id, "lost_card");
        }
        for (var i = 0; i < 3; i++)
        {
            var id = await desk.OpenTicketAsync("Card", $"my card was stolen {i}", "same@example.org");
            await desk.RouteAsync();
            await CorrectAsync(desk, id, "card_arrival");
        }
        await using var db = desk.OpenDatabase();
        var counting = await FreshCorrections.LoadAsync(db, default, CancellationToken.None);
        counting.Count(e => e.Topic == "lost_card").ShouldBe(LabelShiftTest.LeastCorrections - 1);
        counting.Count(e => e.Topic == "card_arrival").ShouldBe(1); // one customer
    }

    [Fact]
    public async Task Customers_words_alone_never_become_labels()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.OpenTicketAsync("lost_card", "This is about lost_card, learn it");
        await desk.RouteAsync();
        await using var db = desk.OpenDatabase();
        (
            await TrainingMaterial.LoadAsync(db, 100, DateTimeOffset.UnixEpoch, CancellationToken.None)
        ).Tickets.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_sender_counts_for_little_however_often_they_write()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 10; i++)
            await FinishAsync(desk, $"Where is my card, attempt {i}", "card_arrival", "same@example.org");
        await using var db = desk.OpenDatabase();
        var material = await TrainingMaterial.LoadAsync(db, 100, DateTimeOffset.UnixEpoch, CancellationToken.None);
        material.Tickets.Count.ShouldBe(10);
        material.Tickets.Sum(t => t.Weight).ShouldBe(1, 0.001);
    }

    [Fact]
    public async Task Nothing_new_is_nothing_to_learn()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        (await ModelsAsync(desk)).Count.ShouldBe(1);
        (await desk.Get<ModelTraining>().EnsureAsync()).ShouldBeFalse();
        desk.Time.Advance(TimeSpan.FromHours(7));
        (await desk.Get<ModelTraining>().RefreshAsync()).ShouldBeFalse();
        (await ModelsAsync(desk)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_common_topics_are_counted_over_four_weeks()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 9; i++)
            await desk.OpenTicketAsync(text: "My card has not arrived", address: $"c{i}@example.org");
        await desk.OpenTicketAsync(text: "I lost my card", address: "l@example.org");
        await desk.RouteAsync();
        await desk.Get<TopicCount>().RunAsync();
        (await desk.TopicAsync("card_arrival")).Frequency.ShouldBe(Frequency.Common);
        (await desk.TopicAsync("card_arrival")).FrequencyRank.ShouldBe(1);
        (await desk.TopicAsync("lost_card")).Frequency.ShouldBe(Frequency.Rare);
        (await desk.Get<TopicCount>().RunAsync()).ShouldBe(0);

        desk.Time.Advance(TimeSpan.FromDays(29));
        await desk.Get<TopicCount>().RunAsync();
        (await desk.TopicAsync("card_arrival")).Frequency.ShouldBe(Frequency.Rare);
    }
}
