using System.Net;
using Helpdesk.Routing.Splitting;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Participants;
using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Components.Desk.Recipients;
using Helpdesk.Web.Components.Desk.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class RecipientsTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task An_answer_goes_to_whom_its_writer_saw_and_chose(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var id = await TicketWithAsync(desk, "bob@example.org", "carol@example.org");
        var view = await ReadAsync(desk, id);
        var choice = new RecipientChoice();
        choice.Follow(view, _ => false);
        choice.Remove(choice.Open.Single(r => r.Address == "carol@example.org"), isBlind: false);
        choice.TryAdd("Dan Dale <dan@example.org>; eve@example.org", isBlind: false, out _);
        choice.TryAdd("fay@example.org", isBlind: true, out _);
        (await AnswerAsync(desk, view, choice)).ShouldBeOfType<WorkOutcome.Done>();

        var after = await ReadAsync(desk, id);
        after
            .Copies[after.Messages[^1].Id]
            .Select(c => (c.Address, c.Kind))
            .ShouldBe(
                [
                    ("bob@example.org", CopyKind.Open),
                    ("dan@example.org", CopyKind.Open),
                    ("eve@example.org", CopyKind.Open),
                    ("fay@example.org", CopyKind.Blind),
                ],
                ignoreOrder: true
            );
        // left out once is not taken off; whom the writer added stays, and a blind copy is nobody's business
        after
            .Participants.Select(p => (p.Address, p.Name))
            .ShouldBe([
                ("bob@example.org", ""),
                ("carol@example.org", ""),
                ("dan@example.org", "Dan Dale"),
                ("eve@example.org", ""),
            ]);
    }

    [Fact]
    public async Task Whom_the_writer_added_for_this_answer_only_gets_no_other()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var view = await ReadAsync(desk, await TicketWithAsync(desk));
        var choice = new RecipientChoice { Keeps = false };
        choice.Follow(view, _ => false);
        choice.TryAdd("dan@example.org", isBlind: false, out _).ShouldBe(RecipientTrouble.None);
        await AnswerAsync(desk, view, choice);
        var after = await ReadAsync(desk, view.Ticket.Id);
        after.Participants.ShouldBeEmpty();
        after.Copies[after.Messages[^1].Id].ShouldHaveSingleItem().Address.ShouldBe("dan@example.org");
    }

    [Fact]
    public async Task Somebody_who_joined_meanwhile_is_shown_before_anything_is_sent()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var view = await ReadAsync(desk, await TicketWithAsync(desk));
        var choice = new RecipientChoice();
        choice.Follow(view, _ => false);
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        await AddAsync(desk, view.Ticket.Id, "bob@example.org");
        (await AnswerAsync(desk, view, choice)).ShouldBeOfType<WorkOutcome.Conflict>();
        choice.Follow(await ReadAsync(desk, view.Ticket.Id), _ => false);
        choice.Open.ShouldHaveSingleItem().Address.ShouldBe("bob@example.org");
    }

    [Theory]
    [InlineData("nonsense", RecipientTrouble.NoAddress)]
    [InlineData("good@example.org, nonsense", RecipientTrouble.NoAddress)]
    [InlineData("a b@example.org", RecipientTrouble.NoAddress)]
    [InlineData("Customer@Example.org", RecipientTrouble.IsCustomer)]
    [InlineData("support+x@desk.example", RecipientTrouble.IsOurs)]
    public async Task What_cannot_be_an_address_of_an_answer_is_not_taken(string typed, RecipientTrouble trouble)
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var choice = new RecipientChoice();
        choice.Follow(
            await ReadAsync(desk, await TicketWithAsync(desk)),
            (await desk.PictureAsync()).Settings.Receives
        );
        choice.TryAdd(typed, isBlind: false, out var problem).ShouldBe(trouble);
        typed.ShouldContain(problem);
        choice.TryAdd(typed, isBlind: true, out _).ShouldBe(trouble);
        choice.Open.ShouldBeEmpty();
        choice.Blind.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whom_a_copy_did_not_reach_gets_the_next_one_only_if_somebody_says_so()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var id = await TicketWithAsync(desk, "bob@example.org");
        await using (var db = desk.OpenDatabase())
        {
            (await db.Participants.SingleAsync()).MarkUndeliverable(desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        var view = await ReadAsync(desk, id);
        var choice = new RecipientChoice();
        choice.Follow(view, _ => false);
        choice.Open.ShouldBeEmpty();
        choice.PutBack(choice.LeftOut.Single());
        choice.Follow(view, _ => false); // the page is read again while somebody writes
        choice.Open.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Whom_only_a_mail_named_gets_nothing_until_a_person_adds_them_and_everything_from_then_on()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var id = await desk.OpenTicketAsync();
        await using (var db = desk.OpenDatabase())
        {
            var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
            var message = await db.Messages.SingleAsync(m => m.TicketId == id);
            ticket.TakeNamed([new("bob@example.org", "Bob")], message, Actor.System, desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        var view = await ReadAsync(desk, id);
        var choice = new RecipientChoice();
        choice.Follow(view, _ => false);
        choice.Open.ShouldBeEmpty();
        choice.LeftOut.Single().IsProposed.ShouldBeTrue();
        (await AnswerAsync(desk, view, choice)).ShouldBeOfType<WorkOutcome.Done>();
        (await CopiesAsync()).ShouldBe(0);

        view = await ReadAsync(desk, id);
        choice.Begin();
        choice.Follow(view, _ => false);
        choice.PutBack(choice.LeftOut.Single());
        (await AnswerAsync(desk, view, choice)).ShouldBeOfType<WorkOutcome.Done>();
        (await CopiesAsync()).ShouldBe(1);

        choice.Begin();
        choice.Follow(view, _ => false); // the page as it was is followed once more before it is read again
        view = await ReadAsync(desk, id);
        view.Participants.Single().Origin.ShouldBe(ParticipantOrigin.Staff);
        choice.Follow(view, _ => false);
        choice.Open.ShouldHaveSingleItem();

        async Task<int> CopiesAsync()
        {
            await using var db = desk.OpenDatabase();
            return await db.Notifications.CountAsync(n => n.Copy == CopyKind.Open);
        }
    }

    [Fact]
    public async Task The_parts_of_a_request_keep_its_people()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var id = await TicketWithAsync(desk, "bob@example.org");
        await using (var db = desk.OpenDatabase())
        {
            var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
            await db.Entry(ticket).Collection(t => t.Participants).LoadAsync();
            RequestSplit.Apply(
                db,
                ticket,
                [new("card", "Where is my card?"), new("fee", "And why a fee?")],
                Actor.System,
                await desk.PictureAsync(),
                tell: false,
                desk.Time.GetUtcNow()
            );
            await db.SaveChangesAsync();
        }
        await using var read = desk.OpenDatabase();
        (await read.Participants.Where(p => p.TicketId != id).Select(p => p.Address).ToListAsync()).ShouldBe([
            "bob@example.org",
        ]);
    }

    [Fact]
    public async Task The_ticket_shows_who_takes_part_and_what_became_of_copies()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var id = await TicketWithAsync(desk, "bob@example.org");
        await desk.ChangeAsync(
            id,
            (ticket, terms, now) =>
            {
                var answer = ticket.Reply(
                    new MessageContent { Text = "Here it is." },
                    Actor.Staff(desk.Anna.Id, "Anna"),
                    TicketStatus.Open,
                    terms,
                    now
                );
                ticket.CopyAnswer(answer, new(["bob@example.org"], ["fay@example.net"]), _ => false, now);
                ticket.AddCustomerMessage(
                    new MessageContent
                    {
                        Text = "Thank you from me too.",
                        FromOtherSender = true,
                        SenderAddress = "bob@example.org",
                        SenderName = "Bob",
                    },
                    new Actor(ActorKind.Customer, null, "Bob"),
                    terms,
                    now
                );
            }
        );
        await using (var db = desk.OpenDatabase())
            await db
                .Notifications.Where(n => n.Address == "bob@example.org")
                .ExecuteUpdateAsync(set => set.SetProperty(n => n.MailState, MailState.Failed));
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        var page = WebUtility.HtmlDecode(await anna.GetStringAsync($"/desk/tickets/{id}"));
        page.ShouldContain("Also on this request");
        page.ShouldContain("Take bob@example.org out of this answer");
        page.ShouldContain("Take bob@example.org off this request");
        page.ShouldContain("fay@example.net");
        page.ShouldContain("not delivered");
        page.ShouldContain("also on this request: bob@example.org");
        page.ShouldNotContain("from another address");
        var history = WebUtility.HtmlDecode(await anna.GetStringAsync($"/desk/tickets/{id}?about=history"));
        history.ShouldContain("put bob@example.org on the request");
    }

    private static async Task<long> TicketWithAsync(Testing.Desk desk, params string[] people)
    {
        var id = await desk.OpenTicketAsync();
        await AddAsync(desk, id, people);
        return id;
    }

    private static async Task AddAsync(Testing.Desk desk, long id, params string[] people)
    {
        foreach (var address in people)
            await desk.ChangeAsync(
                id,
                (ticket, _, now) =>
                    ticket.AddParticipant(
                        new(address),
                        ParticipantOrigin.Staff,
                        _ => false,
                        Actor.Staff(desk.Anna.Id, "Anna"),
                        now
                    )
            );
    }

    private static async Task<TicketView> ReadAsync(Testing.Desk desk, long id)
    {
        await using var seat = SeatOf(desk);
        var person = await seat.ServiceProvider.GetRequiredService<DeskPerson>().FindAsync();
        return (await desk.Get<TicketReader>().ReadAsync(person!, id))!;
    }

    private static async Task<WorkOutcome> AnswerAsync(Testing.Desk desk, TicketView view, RecipientChoice choice)
    {
        await using var seat = SeatOf(desk);
        return await seat
            .ServiceProvider.GetRequiredService<TicketWork>()
            .ChangeAsync(
                view.Ticket.Id,
                view.Ticket.Version,
                async piece =>
                    await choice.ApplyAsync(
                        piece,
                        piece.Ticket.Reply(
                            new MessageContent { Text = "Here it is." },
                            piece.Actor,
                            TicketStatus.Waiting,
                            piece.Terms,
                            piece.Now
                        )
                    )
            );
    }

    private static AsyncServiceScope SeatOf(Testing.Desk desk)
    {
        var scope = desk.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<SignedIn>().UserId = desk.Anna.Id;
        return scope;
    }
}
