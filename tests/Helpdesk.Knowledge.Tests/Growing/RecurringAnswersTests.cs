using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Growing;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Growing;

public sealed class RecurringAnswersTests
{
    private const string Answer = "Please open Settings, choose Devices and remove the old telephone, then pair again.";

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Requests_asked_and_answered_alike_are_one_proposal_without_names(StorageProvider provider)
    {
        await using var desk = await KnowledgeDesk.CreateAsync(provider);
        var alike = await PairingAsync(desk, 3);
        await AnsweredAsync(
            desk,
            "New telephone cannot be paired",
            "I cannot pair my telephone.",
            "We closed the branch in May.",
            "x@x.example"
        );
        await AnsweredAsync(
            desk,
            "Opening hours",
            "When do you open?",
            "We open at nine every day but Sunday.",
            "y@x.example"
        );
        (await RunAsync(desk)).ShouldBe(1);
        var proposal = (await ProposalsAsync(desk)).ShouldHaveSingleItem();
        proposal.Tickets.Select(t => t.TicketId).Order().ShouldBe(alike);
        proposal.Title.ShouldNotContain("@");
        proposal.Title.ShouldNotContain("4111");
        proposal.NearArticleId.ShouldBeNull();
        (await RunAsync(desk)).ShouldBe(0);
        await using var db = desk.Desk.OpenDatabase();
        (await db.Set<Article>().CountAsync()).ShouldBe(0, "nothing is written by itself");
    }

    [Fact]
    public async Task What_comes_later_joins_its_group_and_what_was_dismissed_stays_dismissed()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await PairingAsync(desk, 3);
        await RunAsync(desk);
        await PairingAsync(desk, 1, from: 10);
        (await RunAsync(desk)).ShouldBe(0);
        (await ProposalsAsync(desk)).ShouldHaveSingleItem().Tickets.Count.ShouldBe(4);
        await using (var db = desk.Desk.OpenDatabase())
        {
            (await db.Set<RecurringAnswer>().SingleAsync()).Dismiss(Actor.System, desk.Desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        await PairingAsync(desk, 4, from: 20);
        (await RunAsync(desk)).ShouldBe(0);
        var dismissed = (await ProposalsAsync(desk)).ShouldHaveSingleItem();
        dismissed.State.ShouldBe(RecurringAnswerState.Dismissed);
        Should.Throw<RuleViolationException>(() => dismissed.Take(1, Actor.System, desk.Desk.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_large_group_takes_what_comes_later_so_that_it_is_not_looked_at_again()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var group = new RecurringAnswer { Title = "Pair a telephone", FoundAt = desk.Desk.Time.GetUtcNow() };
        foreach (var id in await PairingAsync(desk, RecurringAnswers.MostTickets))
            group.Tickets.Add(new RecurringAnswerTicket { TicketId = id });
        await using (var db = desk.Desk.OpenDatabase())
        {
            db.Add(group);
            await db.SaveChangesAsync();
        }
        await PairingAsync(desk, 1, from: 100);
        (await RunAsync(desk)).ShouldBe(0);
        (await ProposalsAsync(desk)).Single().Tickets.Count.ShouldBe(RecurringAnswers.MostTickets + 1);
    }

    [Fact]
    public async Task One_customer_alone_and_what_an_article_answered_make_no_proposal()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        for (var i = 0; i < 4; i++)
            await AnsweredAsync(desk, "Pair my telephone", "How do I pair my new telephone?", Answer, "same@x.example");
        (await RunAsync(desk)).ShouldBe(0);
        var id = await desk.PublishAsync("Pair a telephone", Answer);
        for (var i = 0; i < 4; i++)
            await AnsweredAsync(
                desk,
                "Pair my telephone",
                "How do I pair my new telephone?",
                Answer,
                $"c{i}@x.example",
                id
            );
        (await RunAsync(desk)).ShouldBe(0);
    }

    [Fact]
    public async Task What_an_article_nearly_says_is_proposed_as_an_addition_to_it()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await desk.PublishAsync(
            "How do I pair my new telephone?",
            "Hold both devices together. How do I pair my new telephone? Like this."
        );
        await desk.PublishAsync("Exchange rates", "We use the market rate of the minute, and charge nothing.");
        await desk.PublishAsync("Lost cards", "Freeze the card at once, then order another.");
        await PairingAsync(desk, 3);
        (await RunAsync(desk)).ShouldBe(1);
        (await ProposalsAsync(desk)).Single().NearArticleId.ShouldBe(id);
    }

    private static async Task<long[]> PairingAsync(KnowledgeDesk desk, int count, int from = 0)
    {
        var ids = new List<long>();
        for (var i = from; i < from + count; i++)
            ids.Add(
                await AnsweredAsync(
                    desk,
                    "How do I pair my new telephone? 4111 1111 1111",
                    $"Hello, I bought a new telephone number {i} and cannot pair it with the app. How do I pair it? Regards, Maria",
                    "Dear Maria,\n\n" + Answer + (i % 2 == 0 ? " It takes a minute." : "") + "\n\nBest regards\nAnna",
                    $"maria{i}@x.example"
                )
            );
        return [.. ids];
    }

    private static async Task<long> AnsweredAsync(
        KnowledgeDesk desk,
        string subject,
        string question,
        string answer,
        string address,
        long? articleId = null
    )
    {
        var id = await desk.Desk.OpenTicketAsync(subject, question, address);
        await desk.Desk.ChangeAsync(
            id,
            (ticket, terms, now) =>
            {
                ticket.Reply(new MessageContent { Text = answer }, Actor.System, TicketStatus.Waiting, terms, now);
                ticket.Resolve(null, articleId, Actor.System, terms, now);
            }
        );
        return id;
    }

    private static async Task<int> RunAsync(KnowledgeDesk desk)
    {
        await desk.Get<TicketIndexFeed>().CatchUpAsync();
        return await desk.Get<RecurringAnswers>().RunAsync();
    }

    private static async Task<List<RecurringAnswer>> ProposalsAsync(KnowledgeDesk desk)
    {
        await using var db = desk.Desk.OpenDatabase();
        return await db.Set<RecurringAnswer>().AsNoTracking().Include(a => a.Tickets).ToListAsync();
    }
}
