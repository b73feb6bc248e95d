using System.Security.Claims;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Components.Desk.News;
using Helpdesk.Web.Components.Desk.Queues;
using Helpdesk.Web.Components.Desk.Work;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class TicketWorkTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Of_two_who_change_a_ticket_at_once_the_second_is_told_and_nothing_is_saved(
        StorageProvider provider
    )
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var id = await desk.OpenTicketAsync();
        await using var anna = Circuit(desk, desk.Anna);
        await using var boris = Circuit(desk, desk.Boris);
        var seen = (await desk.ReadAsync(id)).Version;

        (await anna.Work.ChangeAsync(id, seen, Priority(TicketPriority.High)))
            .ShouldBeOfType<WorkOutcome.Done>()
            .Version.ShouldBeGreaterThan(seen);
        (await boris.Work.ChangeAsync(id, seen, Priority(TicketPriority.Low))).ShouldBeOfType<WorkOutcome.Conflict>();
        (await desk.ReadAsync(id)).Priority.ShouldBe(TicketPriority.High);

        // also when the other commit falls between reading and writing
        var version = (await desk.ReadAsync(id)).Version;
        var outcome = await boris.Work.ChangeAsync(
            id,
            version,
            async piece =>
            {
                await desk.ChangeAsync(id, (t, _, now) => t.Unassign(Actor.System, null, now));
                await desk.ChangeAsync(id, (t, terms, now) => t.WaitForCustomer(Actor.System, terms, now));
                piece.Ticket.ChangePriority(TicketPriority.Low, piece.Actor, null, piece.Terms, piece.Now);
            }
        );
        outcome.ShouldBeOfType<WorkOutcome.Conflict>();
        (await desk.ReadAsync(id)).Priority.ShouldBe(TicketPriority.High);
    }

    [Fact]
    public async Task Rights_are_those_of_now_not_of_when_the_page_was_opened()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var id = await desk.OpenTicketAsync();
        await desk.ChangeAsync(id, (t, _, now) => t.MoveTo(desk.Team, Actor.System, now));
        await using var anna = Circuit(desk, desk.Anna);
        (await anna.Work.ChangeAnywayAsync(id, Priority(TicketPriority.High))).ShouldBeOfType<WorkOutcome.Done>();
        await using (var db = desk.OpenDatabase())
            await db.TeamMembers.Where(m => m.SpecialistId == desk.Anna.Id).ExecuteDeleteAsync();

        (await anna.Work.ChangeAnywayAsync(id, Priority(TicketPriority.Low))).ShouldBeOfType<WorkOutcome.NotThere>();
        (await anna.Work.ChangeAnywayAsync(9999, Priority(TicketPriority.Low))).ShouldBeOfType<WorkOutcome.NotThere>();
        (await desk.ReadAsync(id)).Priority.ShouldBe(TicketPriority.High);
    }

    [Fact]
    public async Task What_the_rules_do_not_allow_is_refused_with_the_reason()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var id = await desk.OpenTicketAsync();
        await using var anna = Circuit(desk, desk.Anna);

        var outcome = await anna.Work.ChangeAnywayAsync(
            id,
            p =>
            {
                p.Ticket.Reply(new MessageContent { Text = "  " }, p.Actor, TicketStatus.Open, p.Terms, p.Now);
                return ValueTask.CompletedTask;
            }
        );
        outcome.ShouldBeOfType<WorkOutcome.Refused>().Reason.ShouldContain("empty");
        (await desk.ReadAsync(id)).Messages.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_draft_is_kept_per_person_and_goes_with_the_answer(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var id = await desk.OpenTicketAsync();
        await using var anna = Circuit(desk, desk.Anna);
        var drafts = desk.Get<Drafts>();
        await drafts.SaveAsync(id, desk.Anna.Id, isNote: false, "Dear");
        await drafts.SaveAsync(id, desk.Anna.Id, isNote: false, "Dear customer");
        await drafts.SaveAsync(id, desk.Anna.Id, isNote: true, "ask Lea");
        await drafts.SaveAsync(id, desk.Boris.Id, isNote: false, "Hello");

        var view = await ReadAsync(anna, desk, id);
        view!.Drafts.OrderBy(d => d.IsNote).Select(d => d.Text).ShouldBe(["Dear customer", "ask Lea"]);
        await anna.Work.ChangeAnywayAsync(
            id,
            async p =>
            {
                p.Ticket.Reply(
                    new MessageContent { Text = "Dear customer" },
                    p.Actor,
                    TicketStatus.Waiting,
                    p.Terms,
                    p.Now
                );
                await Drafts.DiscardAsync(p.Database, id, desk.Anna.Id, isNote: false);
            }
        );
        (await ReadAsync(anna, desk, id))!.Drafts.Select(d => d.Text).ShouldBe(["ask Lea"]);
        await drafts.SaveAsync(id, desk.Anna.Id, isNote: true, "");
        (await ReadAsync(anna, desk, id))!.Drafts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task News_are_counted_until_they_were_seen(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var (first, second) = (await desk.OpenTicketAsync("first"), await desk.OpenTicketAsync("second"));
        foreach (var id in new[] { first, second })
            await desk.ChangeAsync(id, (t, _, now) => t.AssignTo(desk.Anna, Actor.System, null, now));
        await using var anna = Circuit(desk, desk.Anna);

        (await anna.News.CountUnseenAsync()).ShouldBe(2);
        await anna.News.MarkSeenAsync(first);
        (await anna.News.CountUnseenAsync()).ShouldBe(1);
        (await anna.News.ReadAsync())
            .Select(n => (n.Subject, n.IsUnseen))
            .ShouldBe([("second", true), ("first", false)]);
        await anna.News.MarkSeenAsync(ticketId: null);
        (await anna.News.CountUnseenAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_note_calls_those_it_names_who_may_read_it_and_nobody_else(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var id = await desk.OpenTicketAsync("called");
        await desk.ChangeAsync(id, (t, _, now) => t.MoveTo(desk.Team, Actor.System, now));
        var outsider = new Specialist
        {
            Id = Guid.CreateVersion7(),
            Name = "Otto Outside",
            Address = "otto@desk.example",
        };
        await using (var db = desk.OpenDatabase())
        {
            db.Users.Add(
                new AppUser
                {
                    Id = outsider.Id,
                    UserName = outsider.Address,
                    Email = outsider.Address,
                    DisplayName = outsider.Name,
                }
            );
            db.Specialists.Add(outsider);
            await db.SaveChangesAsync();
        }
        await using var anna = Circuit(desk, desk.Anna);
        await using var boris = Circuit(desk, desk.Boris);
        var (me, colleague) = (desk.Anna.Name, desk.Boris.Name);

        (
            await anna.Work.ChangeAnywayAsync(
                id,
                async p =>
                    await Mentions.TellAsync(
                        p.Database,
                        p.Ticket,
                        p.Ticket.AddNote(
                            new MessageContent { Text = $"@{colleague} @{colleague}, ask @Otto Outside. @{me}" },
                            p.Actor,
                            p.Now
                        ),
                        desk.Anna.Id,
                        p.Now
                    )
            )
        ).ShouldBeOfType<WorkOutcome.Done>();

        (await boris.News.CountMentionsAsync()).ShouldBe(1);
        (await boris.News.ReadAsync(onlyMentions: true)).ShouldHaveSingleItem().Subject.ShouldBe("called");
        (await anna.News.CountMentionsAsync()).ShouldBe(0);
        await using (var db = desk.OpenDatabase())
            (await db.Notifications.CountAsync(n => n.UserId == outsider.Id)).ShouldBe(0);
        await boris.News.MarkSeenAsync(ticketId: null, onlyMentions: true);
        (await boris.News.CountMentionsAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_view_is_its_owners_and_counts_what_it_shows(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        foreach (var subject in (string[])["refund one", "refund two", "something else"])
            await desk.OpenTicketAsync(subject);
        await using var anna = Circuit(desk, desk.Anna);
        await using var boris = Circuit(desk, desk.Boris);
        const string address = "/desk/queues/unassigned?q=refund";

        (await anna.Views.SaveAsync("Refunds", address)).ShouldBe(SaveOutcome.Saved);
        (await anna.Views.SaveAsync("refunds", "/desk/queues/vip?q=x")).ShouldBe(SaveOutcome.NameTaken);
        var view = (await anna.Views.ReadAsync()).ShouldHaveSingleItem();
        (view.Name, view.Address, view.Count).ShouldBe(("Refunds", address, 2));
        (await boris.Views.ReadAsync()).ShouldBeEmpty();

        await boris.Views.DeleteAsync(view.Id);
        (await anna.Views.ReadAsync()).Count.ShouldBe(1);
        await anna.Views.DeleteAsync(view.Id);
        (await anna.Views.ReadAsync()).ShouldBeEmpty();
        for (var i = 0; i < SavedView.MostPerPerson; i++)
            (await anna.Views.SaveAsync($"view {i}", address)).ShouldBe(SaveOutcome.Saved);
        (await anna.Views.SaveAsync("one more", address)).ShouldBe(SaveOutcome.TooMany);
    }

    private static Func<Workpiece, ValueTask> Priority(TicketPriority priority) =>
        piece =>
        {
            piece.Ticket.ChangePriority(priority, piece.Actor, null, piece.Terms, piece.Now);
            return ValueTask.CompletedTask;
        };

    private static async Task<TicketView?> ReadAsync(Seat seat, Testing.Desk desk, long id) =>
        await desk.Get<TicketReader>().ReadAsync((await seat.Person.FindAsync())!, id);

    private static Seat Circuit(Testing.Desk desk, Specialist specialist)
    {
        var scope = desk.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<SignedIn>().UserId = specialist.Id;
        return new(scope);
    }

    /// <summary>One person at one open page.</summary>
    private sealed class Seat(AsyncServiceScope scope) : IAsyncDisposable
    {
        public DeskPerson Person => scope.ServiceProvider.GetRequiredService<DeskPerson>();
        public TicketWork Work => scope.ServiceProvider.GetRequiredService<TicketWork>();
        public SavedViews Views => scope.ServiceProvider.GetRequiredService<SavedViews>();
        public NewsBox News => scope.ServiceProvider.GetRequiredService<NewsBox>();

        public ValueTask DisposeAsync() => scope.DisposeAsync();
    }
}
