using Helpdesk.Testing;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Shouldly;

namespace Helpdesk.Tickets.Tests.Escalation;

public sealed class EscalationTests
{
    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Theory, MemberData(nameof(Databases))]
    public async Task An_overdue_first_response_is_escalated_once_per_level(StorageProvider provider)
    {
        await using var desk = await Desk.CreateAsync(provider);
        var id = await desk.OpenTicketAsync();
        await desk.ChangeAsync(id, (t, _, now) => t.AssignTo(desk.Anna, Actor.System, null, now));

        (await desk.RunEscalationAsync()).ShouldBe(0);
        desk.Time.Advance(TimeSpan.FromMinutes(45));
        (await desk.RunEscalationAsync()).ShouldBe(1);
        (await desk.RunEscalationAsync()).ShouldBe(0);
        desk.Time.Advance(TimeSpan.FromMinutes(15));
        (await desk.RunEscalationAsync()).ShouldBe(1);
        desk.Time.Advance(TimeSpan.FromMinutes(30));
        (await desk.RunEscalationAsync()).ShouldBe(1);
        (await desk.RunEscalationAsync()).ShouldBe(0);

        var ticket = await desk.ReadAsync(id);
        ticket.Escalations.Select(e => e.Percent).ShouldBe([75, 100, 150]);
        ticket.Priority.ShouldBe(TicketPriority.High);
        ticket.SpecialistId.ShouldBe(desk.Lead.Id);
        ticket.FirstResponseKept.ShouldBe(false);
        ticket
            .Notifications.Select(n => n.Kind)
            .ShouldBe([
                NotificationKind.Assigned,
                NotificationKind.DueSoon,
                NotificationKind.Breached,
                NotificationKind.Assigned,
            ]);
    }

    [Fact]
    public async Task A_sweep_that_comes_late_acts_on_all_levels_once()
    {
        await using var desk = await Desk.CreateAsync();
        var id = await desk.OpenTicketAsync();
        desk.Time.Advance(TimeSpan.FromHours(4));
        (await desk.RunEscalationAsync()).ShouldBe(3);
        (await desk.RunEscalationAsync()).ShouldBe(0);
        (await desk.ReadAsync(id)).NextEscalationAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_promise_that_was_broken_before_the_pause_stays_broken_when_the_pause_ends_with_the_solution()
    {
        await using var desk = await Desk.CreateAsync();
        var id = await desk.OpenTicketAsync();
        desk.Time.Advance(TimeSpan.FromDays(10)); // and no sweep has looked
        await desk.ChangeAsync(id, (t, terms, now) => t.WaitForCustomer(Actor.System, terms, now));
        desk.Time.Advance(TimeSpan.FromHours(1));
        await desk.ChangeAsync(id, (t, terms, now) => t.Resolve(null, null, Actor.System, terms, now));
        var ticket = await desk.ReadAsync(id);
        ticket.ResolutionKept.ShouldBe(false);
        ticket.BreachedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_request_that_comes_back_to_somebody_who_left_is_routed_anew()
    {
        await using var desk = await Desk.CreateAsync();
        var id = await desk.OpenTicketAsync();
        await desk.ChangeAsync(id, (t, _, now) => t.AssignTo(desk.Anna, Actor.System, null, now));
        await desk.ChangeAsync(id, (t, terms, now) => t.Resolve(null, null, Actor.System, terms, now));
        await using (var db = desk.OpenDatabase())
        {
            (await db.Specialists.FindAsync(desk.Anna.Id))!.IsActive = false;
            await db.SaveChangesAsync();
        }
        await desk.ChangeAsync(id, (t, terms, now) => t.Reopen(Actor.System, terms, now));
        (await desk.ReadAsync(id)).RoutedAt.ShouldBeNull();
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Two_sweeps_at_once_act_once(StorageProvider provider)
    {
        await using var desk = await Desk.CreateAsync(provider);
        var ids = new List<long>();
        for (var i = 0; i < 10; i++)
            ids.Add(await desk.OpenTicketAsync(address: $"c{i}@example.org"));
        desk.Time.Advance(TimeSpan.FromMinutes(70));
        await Task.WhenAll(desk.RunEscalationAsync(), desk.RunEscalationAsync(), desk.RunEscalationAsync());
        await desk.RunEscalationAsync();
        foreach (var id in ids)
            (await desk.ReadAsync(id)).Escalations.Select(e => e.Percent).ShouldBe([75, 100]);
    }

    [Fact]
    public async Task Waiting_for_the_customer_stops_the_clocks_and_their_answer_starts_them_again()
    {
        await using var desk = await Desk.CreateAsync();
        var id = await desk.OpenTicketAsync();
        desk.Time.Advance(TimeSpan.FromMinutes(30));
        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
                t.Reply(
                    new MessageContent { Text = "Which card?" },
                    Actor.Staff(desk.Anna.Id, desk.Anna.Name),
                    TicketStatus.Waiting,
                    terms,
                    now
                )
        );
        desk.Time.Advance(TimeSpan.FromHours(100));
        (await desk.RunEscalationAsync()).ShouldBe(0);
        (await desk.ReadAsync(id)).DueAt.ShouldBeNull();

        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
                t.AddCustomerMessage(new MessageContent { Text = "The blue one." }, Actor.System, terms, now)
        );
        var ticket = await desk.ReadAsync(id);
        ticket.Status.ShouldBe(TicketStatus.Open);
        ticket.PausedWorkingTime.ShouldBe(TimeSpan.FromHours(100));
        ticket.DueAt.ShouldBe(desk.Time.GetUtcNow() + TimeSpan.FromHours(2));
        desk.Time.Advance(TimeSpan.FromMinutes(90));
        (await desk.RunEscalationAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_resolved_ticket_has_no_clocks_and_a_reopened_one_starts_new_ones()
    {
        await using var desk = await Desk.CreateAsync();
        var id = await desk.OpenTicketAsync();
        await desk.ChangeAsync(id, (t, terms, now) => t.Resolve("done", null, Actor.System, terms, now));
        desk.Time.Advance(TimeSpan.FromDays(3));
        (await desk.RunEscalationAsync()).ShouldBe(0);
        await desk.ChangeAsync(
            id,
            (t, terms, now) => t.AddCustomerMessage(new MessageContent { Text = "Again." }, Actor.System, terms, now)
        );
        var ticket = await desk.ReadAsync(id);
        (ticket.Status, ticket.Reopenings).ShouldBe((TicketStatus.Open, 1));
        ticket.ResolutionStartedAt.ShouldBe(desk.Time.GetUtcNow());
        ticket.NextEscalationAt.ShouldNotBeNull();
    }
}
