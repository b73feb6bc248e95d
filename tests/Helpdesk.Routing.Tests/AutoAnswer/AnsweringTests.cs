using Helpdesk.Knowledge.Articles;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.AutoAnswer;

public class AnsweringTests
{
    public static TheoryData<string> Databases => [.. RoutingDesk.Databases];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_topic_that_may_answer_sends_the_article_instead_of_an_acknowledgement(string database)
    {
        await using var desk = await AnsweringDesk.OpenAsync(database);
        (await desk.SetAsync(AnsweringState.Answering)).ShouldBeNull();
        var id = await desk.AskAsync();

        var ticket = await desk.ReadAsync(id);
        (ticket.Status, ticket.AutoAnswer).ShouldBe((TicketStatus.Waiting, AutoAnswerState.Sent));
        (ticket.FirstRespondedAt, ticket.Replies, ticket.DueAt).ShouldBe((null, 0, null));
        ticket.SpecialistId.ShouldNotBeNull();
        ticket.Messages[^1].Kind.ShouldBe(MessageKind.Automatic);
        ticket.Messages[^1].Text.ShouldContain("five working days");
        var notification = ticket.Notifications.ShouldHaveSingleItem();
        (notification.Kind, notification.MessageId).ShouldBe((NotificationKind.AutoAnswer, ticket.Messages[^1].Id));
        notification.IsAutomatic.ShouldBeTrue();
        ticket.Events.Single(e => e.Kind is TicketEventKind.AutoAnswered).ActorId.ShouldBe("auto-answer");
        (await desk.DecisionAsync(id)).Details.NoAutoAnswer.ShouldBeEmpty();
        (await desk.AnswerAsync(id))!.IsSent.ShouldBeTrue();
        (await desk.RouteAsync()).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Two_nodes_at_once_answer_each_request_once(string database)
    {
        await using var desk = await AnsweringDesk.OpenAsync(database);
        await desk.ChangePeopleAsync(p => p.Capacity = 100, desk.Lead, desk.Anna, desk.Boris);
        await desk.SetAsync(AnsweringState.Answering);
        for (var i = 0; i < 12; i++)
            await desk.OpenTicketAsync("Where is my new card?", AnsweringDesk.Question, $"n{i}@example.org");
        using var other = desk.OtherNode();
        await Task.WhenAll(desk.RouteAsync(), other.RunAsync());
        while (await desk.RouteAsync() + await other.RunAsync() > 0) { }
        await using var db = desk.OpenDatabase();
        (await db.Notifications.CountAsync(n => n.Kind == NotificationKind.AutoAnswer)).ShouldBe(12);
        (await db.Set<ObservedAnswer>().CountAsync(a => a.IsSent)).ShouldBe(12);
        (await db.Messages.CountAsync(m => m.Kind == MessageKind.Automatic)).ShouldBe(12);
    }

    [Fact]
    public async Task Saying_no_brings_a_person_as_if_nothing_had_been_answered_and_never_a_second_article()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.SetAsync(AnsweringState.Answering);
        var plain = await desk.OpenTicketAsync("Something", "Something else entirely", "other@example.org");
        var id = await desk.AskAsync();
        var asked = desk.Time.GetUtcNow();
        desk.Time.Advance(TimeSpan.FromMinutes(50));
        await desk.ChangeAsync(id, (t, terms, now) => t.DeclineAutoAnswer(Actor.Customer(t.Customer), terms, now));
        await desk.ChangeAsync(id, (t, terms, now) => t.DeclineAutoAnswer(Actor.Customer(t.Customer), terms, now));

        var ticket = await desk.ReadAsync(id);
        (ticket.AutoAnswer, ticket.Status, ticket.RoutedAt).ShouldBe(
            (AutoAnswerState.Declined, TicketStatus.New, null)
        );
        // an hour is promised, and it counts from the request
        ticket.DueAt.ShouldBe(asked.AddHours(1));
        ticket.DueAt.ShouldBe((await desk.ReadAsync(plain)).DueAt);
        ticket.PersonWantedAt.ShouldBe(desk.Time.GetUtcNow());
        await desk.RouteAsync();
        ticket = await desk.ReadAsync(id);
        ticket.AutoAnswer.ShouldBe(AutoAnswerState.Declined);
        ticket.Notifications.Count(n => n.Kind is NotificationKind.AutoAnswer).ShouldBe(1);
        ticket.Notifications.Count(n => n.Kind is NotificationKind.Assigned).ShouldBe(1);
        ticket.Events.Count(e => e.Kind is TicketEventKind.PersonWanted).ShouldBe(1);

        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
                t.Reply(new MessageContent { Text = "Here." }, Actor.System, TicketStatus.Resolved, terms, now)
        );
        ticket = await desk.ReadAsync(id);
        (ticket.PersonWantedAt, ticket.FirstResponseKept).ShouldBe((null, true));
        await desk.Get<AnswerFollowUp>().RunAsync();
        (await desk.AnswerAsync(id))!.Verdict.ShouldBe(AnswerVerdict.Wrong);
    }

    [Fact]
    public async Task A_written_word_counts_as_no_unless_it_comes_with_a_yes()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.SetAsync(AnsweringState.Answering);
        var (wrote, thanked) = (await desk.AskAsync("a@example.org"), await desk.AskAsync("b@example.org"));
        var words = new MessageContent { Text = "That I know already." };
        await desk.ChangeAsync(wrote, (t, terms, now) => t.AddCustomerMessage(words, Actor.System, terms, now));
        (await desk.ReadAsync(wrote)).AutoAnswer.ShouldBe(AutoAnswerState.Declined);
        desk.Time.Advance(TimeSpan.FromHours(30));
        await desk.ChangeAsync(
            thanked,
            (t, terms, now) =>
            {
                t.AddCustomerMessage(words, Actor.System, terms, now, saysSolved: true);
                t.AcceptAutoAnswer(7, Actor.Customer(t.Customer), terms, now);
            }
        );
        var ticket = await desk.ReadAsync(thanked);
        (ticket.AutoAnswer, ticket.Status).ShouldBe((AutoAnswerState.Accepted, TicketStatus.Resolved));
        (ticket.FirstRespondedAt, ticket.SolutionArticleId).ShouldBe((ticket.AutoAnsweredAt, 7));
        // thirty hours of reading are nobody's delay
        (ticket.FirstResponseKept, ticket.ResolutionKept).ShouldBe((true, true));
        await desk.Get<AnswerFollowUp>().RunAsync();
        (await desk.AnswerAsync(thanked))!.Verdict.ShouldBe(AnswerVerdict.Right);
        await desk.ChangeAsync(thanked, (t, terms, now) => t.Reopen(Actor.System, terms, now));
        await desk.Get<AnswerFollowUp>().RunAsync();
        (await desk.AnswerAsync(thanked))!.Verdict.ShouldBe(AnswerVerdict.Wrong);
    }

    [Fact]
    public async Task Silence_ends_in_a_week_and_judges_nothing_and_a_mail_that_is_lost_brings_a_person()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.SetAsync(AnsweringState.Answering);
        var (silent, lost) = (await desk.AskAsync("a@example.org"), await desk.AskAsync("b@example.org"));
        await using (var db = desk.OpenDatabase())
        {
            await db
                .Notifications.Where(n => n.TicketId == lost)
                .ExecuteUpdateAsync(n => n.SetProperty(x => x.MailState, MailState.Suppressed));
            await db
                .Notifications.Where(n => n.TicketId == silent)
                .ExecuteUpdateAsync(n => n.SetProperty(x => x.MailState, MailState.Sent));
        }
        await desk.Get<AnswerFollowUp>().RunAsync();
        (await desk.ReadAsync(lost)).AutoAnswer.ShouldBe(AutoAnswerState.Undelivered);
        (await desk.ReadAsync(lost)).PersonWantedAt.ShouldNotBeNull();
        (await desk.ReadAsync(silent)).AutoAnswer.ShouldBe(AutoAnswerState.Sent);
        desk.Time.Advance(TimeSpan.FromDays(8));
        await desk.Get<AnswerFollowUp>().RunAsync();
        var ticket = await desk.ReadAsync(silent);
        (ticket.AutoAnswer, ticket.Status).ShouldBe((AutoAnswerState.Silent, TicketStatus.Resolved));
        (ticket.FirstRespondedAt, ticket.SolutionArticleId).ShouldBe((null, null));
        foreach (var id in new[] { silent, lost })
            (await desk.AnswerAsync(id))!.Verdict.ShouldBe(AnswerVerdict.NotJudged);
        // silence that is broken says that it was no answer
        desk.Time.Advance(TimeSpan.FromDays(55));
        await desk.ChangeAsync(silent, (t, terms, now) => t.Reopen(Actor.System, terms, now));
        await desk.Get<AnswerFollowUp>().RunAsync();
        (await desk.AnswerAsync(silent))!.Verdict.ShouldBe(AnswerVerdict.Wrong);
        (await desk.AnswerAsync(lost))!.Verdict.ShouldBe(AnswerVerdict.NotJudged);
    }

    [Fact]
    public async Task A_note_is_right_only_where_the_last_answer_was_its_article()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        var (article, words) = (await desk.ArticleAsync(), new MessageContent { Text = "See there." });
        async Task<AnswerVerdict> VerdictAsync(string address, params long?[] answers)
        {
            var id = await desk.AskAsync(address);
            foreach (var used in answers)
                await desk.ChangeAsync(
                    id,
                    (t, terms, now) => t.Reply(words, Actor.System, TicketStatus.Waiting, terms, now, used)
                );
            await desk.ChangeAsync(
                id,
                (t, terms, now) => t.Resolve(note: null, articleId: null, Actor.System, terms, now)
            );
            await desk.Get<AnswerFollowUp>().RunAsync();
            return (await desk.AnswerAsync(id))!.Verdict;
        }

        (await VerdictAsync("a@example.org", article)).ShouldBe(AnswerVerdict.Right);
        (await VerdictAsync("b@example.org", article, null)).ShouldBe(AnswerVerdict.Wrong);
        (await VerdictAsync("c@example.org", (long?)null)).ShouldBe(AnswerVerdict.Wrong);
        (await VerdictAsync("d@example.org")).ShouldBe(AnswerVerdict.NotJudged);
    }

    [Fact]
    public async Task A_topic_set_by_a_slip_and_set_back_before_the_answer_counts_nothing_against_the_note()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        var (arrival, other) = (await desk.TopicAsync("card_arrival"), await desk.TopicAsync("lost_card"));
        var article = await desk.ArticleAsync();
        async Task<AnswerVerdict> VerdictAfterAsync(long id, Action<Ticket> change)
        {
            await desk.ChangeAsync(id, (t, _, _) => change(t));
            await desk.Get<AnswerFollowUp>().RunAsync();
            return (await desk.AnswerAsync(id))!.Verdict;
        }
        void Resolve(Ticket ticket) =>
            ticket.Reply(
                new MessageContent { Text = "See there." },
                Actor.System,
                TicketStatus.Resolved,
                terms: null,
                desk.Time.GetUtcNow(),
                article
            );
        var now = desk.Time.GetUtcNow();
        var slip = await desk.AskAsync("slip@example.org");
        (await VerdictAfterAsync(slip, t => t.ChangeTopic(other, Actor.System, now))).ShouldBe(AnswerVerdict.Open);
        (await VerdictAfterAsync(slip, t => t.ChangeTopic(arrival, Actor.System, now))).ShouldBe(AnswerVerdict.Open);
        (await VerdictAfterAsync(slip, Resolve)).ShouldBe(AnswerVerdict.Right);
        var meant = await desk.AskAsync("meant@example.org");
        (await VerdictAfterAsync(meant, t => t.ChangeTopic(other, Actor.System, now))).ShouldBe(AnswerVerdict.Open);
        (await VerdictAfterAsync(meant, Resolve)).ShouldBe(AnswerVerdict.Wrong);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Who_gets_a_person_may_change_while_it_answers_and_what_was_sent_before_still_counts(
        string database
    )
    {
        await using var desk = await AnsweringDesk.OpenAsync(database);
        (await desk.SetAsync(AnsweringState.Answering)).ShouldBeNull();
        var allowed = (await desk.InForceAsync())!;
        desk.Time.Advance(TimeSpan.FromHours(1));
        // by these it could not be switched on now
        await AnsweringDesk.ObserveAsync(desk, 20, right: 17, sent: true);
        (await desk.SetAsync(AnsweringState.Answering, seen: 1, excludedTiers: 7)).ShouldBeNull();
        var changed = (await desk.InForceAsync())!;
        (changed.Threshold, changed.Judged, changed.Right).ShouldBe((allowed.Threshold, allowed.Judged, allowed.Right));
        changed.ExcludedTierIds.ShouldBe([7]);
        // another promise needs what every promise needs
        (await desk.SetAsync(AnsweringState.Answering, seen: 2, promise: 0.99)).ShouldBe(AnsweringRefusal.NotReady);
        desk.Time.Advance(TimeSpan.FromHours(1));
        await AnsweringDesk.ObserveAsync(desk, 2, right: 0, sent: true);
        await desk.Get<AnswerFollowUp>().RunAsync();
        var stopped = (await desk.InForceAsync())!;
        (stopped.State, stopped.Judged, stopped.Right).ShouldBe((AnsweringState.Withdrawn, 22, 17));
    }

    [Fact]
    public async Task What_was_noted_before_it_was_off_and_lets_it_answer_stays_its_evidence()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        (await desk.SetAsync(AnsweringState.Off)).ShouldBeNull();
        (await desk.SetAsync(AnsweringState.Answering, seen: 1)).ShouldBeNull();
        var inForce = (await desk.InForceAsync())!;
        await using var db = desk.OpenDatabase();
        var noted = await AnsweringBook.AnswersAsync(db, DateTimeOffset.UnixEpoch, inForce.TopicId, default);
        AnsweringBook.Counting(noted, inForce).Count.ShouldBe(80);
    }

    [Fact]
    public async Task Shared_passages_are_part_of_what_is_sent()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.SetAsync(AnsweringState.Answering);
        await using (var db = desk.OpenDatabase())
        {
            db.Add(new SharedText(SharedTextKind.Snippet, "days", "six days", Actor.System, desk.Time.GetUtcNow()));
            await db.SaveChangesAsync();
            await db.Set<Article>()
                .ExecuteUpdateAsync(set => set.SetProperty(a => a.Body, "It takes {{snippet:days}}."));
        }
        var sent = (await desk.ReadAsync(await desk.AskAsync())).Messages[^1];
        (sent.Kind, sent.Text.Contains("It takes six days.", StringComparison.Ordinal)).ShouldBe(
            (MessageKind.Automatic, true)
        );
    }

    [Fact]
    public async Task A_request_that_was_reopened_before_its_first_decision_is_routed_without_an_article()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.SetAsync(AnsweringState.Answering);
        var id = await desk.OpenTicketAsync("Where is my new card?", AnsweringDesk.Question);
        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
            {
                t.Resolve(note: null, articleId: null, Actor.System, terms, now);
                t.Reopen(Actor.System, terms, now);
            }
        );
        await desk.RouteAsync();
        var ticket = await desk.ReadAsync(id);
        (ticket.AutoAnswer, ticket.RoutedAt is null).ShouldBe((AutoAnswerState.None, false));
    }

    [Fact]
    public async Task Robots_VIPs_and_tiers_left_out_get_no_article_and_a_reopened_request_neither()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.MakeVipAsync("vip@example.org");
        int gold;
        await using (var db = desk.OpenDatabase())
        {
            var tier = new Tickets.People.Tier
            {
                Name = "Gold",
                Rank = 1,
                PriorityPoints = 10,
            };
            db.Add(tier);
            await db.SaveChangesAsync();
            gold = tier.Id;
            db.Customers.Add(
                new Tickets.People.Customer("gold@example.org", "Gus Gold", desk.Time.GetUtcNow()) { TierId = gold }
            );
            await db.SaveChangesAsync();
        }
        desk.Get<Tickets.Settings.DeskDirectory>().Forget();
        await desk.SetAsync(AnsweringState.Answering, excludedTiers: gold);
        var robot = await desk.OpenTicketAsync("Where is my new card?", AnsweringDesk.Question, "robot@example.org");
        await desk.ChangeAsync(robot, (t, _, _) => t.SuppressAcknowledgement());
        var none = new[] { await desk.AskAsync("vip@example.org"), await desk.AskAsync("gold@example.org"), robot };
        await desk.RouteAsync();
        foreach (var id in none)
            (await desk.ReadAsync(id)).AutoAnswer.ShouldBe(AutoAnswerState.None);
        var reopened = await desk.AskAsync();
        await desk.ChangeAsync(
            reopened,
            (t, terms, now) =>
            {
                t.AcceptAutoAnswer(1, Actor.System, terms, now);
                t.Reopen(Actor.System, terms, now);
                t.RequestRouting(now);
            }
        );
        await desk.RouteAsync();
        (await desk.ReadAsync(reopened)).Messages.Count(m => m.Kind is MessageKind.Automatic).ShouldBe(1);
    }

    [Fact]
    public async Task Only_an_administrator_lets_it_answer_and_only_what_was_observed_long_enough()
    {
        await using var desk = await AnsweringDesk.OpenAsync(observations: 40);
        var supervisor = desk.Administrator() with { IsAdministrator = false };
        var anna = supervisor with { SeesAll = false };
        (await desk.SetAsync(AnsweringState.Answering, who: supervisor)).ShouldBe(AnsweringRefusal.NotYours);
        (await desk.SetAsync(AnsweringState.Off, who: anna)).ShouldBe(AnsweringRefusal.NotYours);
        (await desk.SetAsync(AnsweringState.Answering)).ShouldBe(AnsweringRefusal.NotReady);
        (await desk.SetAsync(AnsweringState.Answering, promise: 0.5)).ShouldBe(AnsweringRefusal.Gone);
        await AnsweringDesk.ObserveAsync(desk, 40, right: 40);
        (await desk.SetAsync(AnsweringState.Answering)).ShouldBeNull();
        // somebody else saw it before that
        (await desk.SetAsync(AnsweringState.Off)).ShouldBe(AnsweringRefusal.Changed);
        (await desk.SetAsync(AnsweringState.Withdrawn, seen: 1, who: anna)).ShouldBe(AnsweringRefusal.NotYours);
        (await desk.SetAsync(AnsweringState.Withdrawn, seen: 1, who: supervisor)).ShouldBeNull();
        // it shows itself anew
        (await desk.SetAsync(AnsweringState.Answering, seen: 2)).ShouldBe(AnsweringRefusal.NotReady);
        var noted = await desk.AskAsync();
        (await desk.ReadAsync(noted)).AutoAnswer.ShouldBe(AutoAnswerState.None);
        (await desk.AnswerAsync(noted))!.IsSent.ShouldBeFalse();
        (await desk.SetAsync(AnsweringState.Off, seen: 2)).ShouldBeNull();
        (await desk.AnswerAsync(await desk.AskAsync("x@example.org"))).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_broken_promise_stops_the_topic_and_everybody_is_told_once(string database)
    {
        await using var desk = await AnsweringDesk.OpenAsync(database);
        await desk.SetAsync(AnsweringState.Answering);
        desk.Time.Advance(TimeSpan.FromHours(1));
        await AnsweringDesk.ObserveAsync(desk, 20, right: 17, sent: true);
        await desk.Get<AnswerFollowUp>().RunAsync();
        (await desk.InForceAsync())!.State.ShouldBe(AnsweringState.Answering);
        await AnsweringDesk.ObserveAsync(desk, 2, right: 0, sent: true);
        await desk.Get<AnswerFollowUp>().RunAsync();
        await desk.Get<AnswerFollowUp>().RunAsync();
        var stopped = (await desk.InForceAsync())!;
        (stopped.State, stopped.Judged, stopped.Right).ShouldBe((AnsweringState.Withdrawn, 22, 17));
        stopped.ByUserId.ShouldBeNull();
        await using var db = desk.OpenDatabase();
        (await db.Notifications.CountAsync(n => n.Kind == NotificationKind.AnsweringWithdrawn)).ShouldBe(1);
        (await desk.ReadAsync(await desk.AskAsync())).AutoAnswer.ShouldBe(AutoAnswerState.None);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task One_customer_neither_lets_a_topic_answer_nor_stops_it(string database)
    {
        await using var desk = await AnsweringDesk.OpenAsync(database, observations: 0);
        await AnsweringDesk.ObserveAsync(desk, 80, right: 80, address: "friend@example.org");
        desk.Time.Advance(TimeSpan.FromDays(20));
        (await desk.SetAsync(AnsweringState.Answering)).ShouldBe(AnsweringRefusal.NotReady);
        await AnsweringDesk.ObserveAsync(desk, 60, right: 60);
        (await desk.SetAsync(AnsweringState.Answering)).ShouldBeNull();
        desk.Time.Advance(TimeSpan.FromHours(1));
        await AnsweringDesk.ObserveAsync(desk, 10, right: 10, sent: true);
        await AnsweringDesk.ObserveAsync(desk, 30, right: 0, sent: true, address: "angry@example.org");
        await desk.Get<AnswerFollowUp>().RunAsync();
        (await desk.InForceAsync())!.State.ShouldBe(AnsweringState.Answering);
        // two others are angry too
        await AnsweringDesk.ObserveAsync(desk, 2, right: 0, sent: true);
        await desk.Get<AnswerFollowUp>().RunAsync();
        var stopped = (await desk.InForceAsync())!;
        (stopped.State, stopped.Judged, stopped.Right).ShouldBe((AnsweringState.Withdrawn, 15, 10));
    }

    [Fact]
    public async Task What_is_for_chosen_customers_is_offered_to_them_by_a_link_to_sign_in_and_never_sent()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.SetAsync(AnsweringState.Answering);
        await using (var db = desk.OpenDatabase())
        {
            var tier = await db.Tiers.FirstAsync(t => !t.IsVip);
            var article = await db.Set<Article>().SingleAsync();
            article.ShowTo(ArticleVisibility.Chosen, desk.Time.GetUtcNow());
            article.Choose(new([tier.Id], []), desk.Time.GetUtcNow());
            db.Add(
                new Helpdesk.Tickets.People.Customer("gold@example.org", null, desk.Time.GetUtcNow())
                {
                    TierId = tier.Id,
                }
            );
            await ArticleChanges.SaveAsync(db, desk.Get<Helpdesk.Tickets.Data.Bells>());
        }
        await desk.Get<Helpdesk.Knowledge.Search.ArticleIndexFeed>().CatchUpAsync();
        var (gold, plain) = (await desk.AskAsync("gold@example.org"), await desk.AskAsync("plain@example.org"));

        var offered = NotificationFacts
            .Articles(
                NotificationFacts.Read(
                    (await desk.ReadAsync(gold))
                        .Notifications.Single(n => n.Kind == NotificationKind.Acknowledgement)
                        .Data
                )
            )
            .ShouldHaveSingleItem();
        (offered.Slug, offered.NeedsSignIn).ShouldBe(("card-not-arrived", true));
        (await desk.ReadAsync(gold)).AutoAnswer.ShouldBe(AutoAnswerState.None);
        (await desk.DecisionAsync(gold)).Details.NoAutoAnswer.ShouldContain("no-article");
        NotificationFacts
            .Articles(
                NotificationFacts.Read(
                    (await desk.ReadAsync(plain))
                        .Notifications.Single(n => n.Kind == NotificationKind.Acknowledgement)
                        .Data
                )
            )
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("card-not-arrived", "de", false)]
    [InlineData("karte-nicht-da", "en", true)]
    public async Task Of_an_article_and_its_translations_the_one_in_the_customers_language_is_sent(
        string sent,
        string languageOfFirst,
        bool isTranslation
    )
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.SetAsync(AnsweringState.Answering);
        await using (var db = desk.OpenDatabase())
        {
            var (first, now) = (await db.Set<Article>().SingleAsync(), desk.Time.GetUtcNow());
            first.WriteIn(isTranslation ? "de" : "en", now);
            var second = new Article(
                "karte-nicht-da",
                new ArticleText(first.Title, first.Summary, "![way](/files/articles/7) five days"),
                topic: null,
                ArticleVisibility.Public,
                Actor.System,
                now
            );
            second.WriteIn(languageOfFirst, now);
            second.Learn(AnsweringDesk.Question, QuestionSource.Author, ticketId: null, now);
            second.Publish(Actor.System, now);
            second.Translate(first, now);
            db.Add(second);
            await ArticleChanges.SaveAsync(db, desk.Get<Helpdesk.Tickets.Data.Bells>());
        }
        await desk.Get<Helpdesk.Knowledge.Search.ArticleIndexFeed>().CatchUpAsync();
        var ticket = await desk.ReadAsync(await desk.AskAsync());
        ticket.AutoAnswer.ShouldBe(AutoAnswerState.Sent);
        ticket.Messages[^1].Text.ShouldContain($"/articles/{sent})");
        if (isTranslation)
            ticket.Messages[^1].Text.ShouldMatch(@"!\[way\]\(https?://[^)]+/files/articles/7\)");
    }

    [Fact]
    public async Task An_article_nested_too_deep_is_sent_as_words()
    {
        await using var desk = await AnsweringDesk.OpenAsync();
        await desk.SetAsync(AnsweringState.Answering);
        await using (var db = desk.OpenDatabase())
        {
            var article = await db.Set<Article>().SingleAsync();
            article.Edit(
                new(article.Title, article.Summary, new string('>', 2_000) + " five working days"),
                "",
                Actor.System,
                desk.Time.GetUtcNow()
            );
            await ArticleChanges.SaveAsync(db, desk.Get<Helpdesk.Tickets.Data.Bells>());
        }
        var ticket = await desk.ReadAsync(await desk.AskAsync());
        ticket.AutoAnswer.ShouldBe(AutoAnswerState.Sent);
        ticket.Messages[^1].Html!.Value.ShouldContain("five working days");
    }
}
