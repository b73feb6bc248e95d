using System.Net;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Desk.Writing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class NewTicketTests
{
    [Fact]
    public async Task What_a_specialist_writes_down_is_a_ticket_like_all_others_in_the_customers_name()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (services, _) => services.AddQueues());
        await SmallDesk.AddAsync(desk);
        var topic = (await desk.PictureAsync()).TopicsByKey["transfer_fee"].Id;
        var form = Form("Treasurer@harbour.example ");
        (form.TopicId, form.Priority) = (topic, TicketPriority.High);

        var written = (await SendAsync(desk, form)).ShouldBeOfType<WritingOutcome.Written>();

        var ticket = await desk.ReadAsync(written.TicketId);
        ticket.Customer.Address.ShouldBe("treasurer@harbour.example");
        ticket.Channel.ShouldBe(Channel.Phone);
        (ticket.TopicId, ticket.TopicIsManual).ShouldBe((topic, true));
        (ticket.Priority, ticket.PriorityIsManual).ShouldBe((TicketPriority.High, true));
        ticket.RoutedAt.ShouldBeNull();
        ticket.FirstRespondedAt.ShouldBeNull();
        written.DueAt.ShouldBe(ticket.DueAt);
        var message = ticket.Messages.ShouldHaveSingleItem();
        (message.Kind, message.AuthorName).ShouldBe((MessageKind.Customer, "Tess Treasurer"));
        ticket.Events[0].ActorName.ShouldBe(desk.Anna.Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_customer_is_told_only_when_the_box_is_ticked(bool isTicked)
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (services, _) => services.AddQueues());
        var form = Form("new@example.org");
        form.TellCustomer = isTicked;

        var id = (await SendAsync(desk, form)).ShouldBeOfType<WritingOutcome.Written>().TicketId;
        // what routing does with every ticket
        await desk.ChangeAsync(id, (t, _, now) => t.Acknowledge(data: null, now));

        await using var db = desk.OpenDatabase();
        (
            await db.Notifications.CountAsync(n => n.TicketId == id && n.Kind == NotificationKind.Acknowledgement)
        ).ShouldBe(isTicked ? 1 : 0);
    }

    [Fact]
    public async Task The_same_form_sent_twice_is_one_ticket_and_other_words_are_not_swallowed()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (services, _) => services.AddQueues());
        var form = Form("new@example.org");

        var both = await Task.WhenAll(SendAsync(desk, form), SendAsync(desk, form));
        both[0].ShouldBe(both[1]);
        form.Text = "Something else";
        var other = (await SendAsync(desk, form)).ShouldBeOfType<WritingOutcome.KeyUsed>();

        other.TicketId.ShouldBe(((WritingOutcome.Written)both[0]).TicketId);
        await using var db = desk.OpenDatabase();
        (await db.Tickets.CountAsync()).ShouldBe(1);
        (await db.Customers.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_topic_that_is_gone_is_refused_and_nothing_is_saved()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (services, _) => services.AddQueues());
        var form = Form("new@example.org");
        form.TopicId = 4711;

        (await SendAsync(desk, form)).ShouldBeOfType<WritingOutcome.Refused>();

        await using var db = desk.OpenDatabase();
        (await db.Tickets.AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Customers_are_found_by_address_name_and_organization()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (services, _) => services.AddQueues());
        await SmallDesk.AddAsync(desk);
        var finder = desk.Get<CustomerFinder>();

        (await finder.FindAsync("treas")).ShouldHaveSingleItem().Name.ShouldBe("Tess Treasurer");
        (await finder.FindAsync("tess")).ShouldHaveSingleItem().Organization.ShouldBe("Harbour Foods");
        (await finder.FindAsync("LINDEN")).ShouldHaveSingleItem().Name.ShouldBe("Olga Office");
        (await finder.FindAsync("t")).ShouldBeEmpty();
        (await finder.FindAsync("100%_")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_tickets_that_the_specialist_may_see_are_shown_as_still_open()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (services, _) => services.AddQueues());
        var ids = await SmallDesk.AddAsync(desk);
        var finder = desk.Get<CustomerFinder>();
        var inTeam = new Viewer.Staff(desk.Anna.Id, "Anna", false, false, [desk.Team.Id]);
        var elsewhere = new Viewer.Staff(Guid.NewGuid(), "Eve", false, false, []);

        var known = await finder.ByAddressAsync(" TREASURER@harbour.example", inTeam);
        known!.Value.Open.ShouldHaveSingleItem().Id.ShouldBe(ids[1]);
        (await finder.ByAddressAsync("treasurer@harbour.example", elsewhere))!.Value.Open.ShouldBeEmpty();
        (await finder.ByAddressAsync("nobody@harbour.example", inTeam)).ShouldBeNull();
        (await finder.ByAddressAsync("treasurer", inTeam)).ShouldBeNull();
    }

    [Fact]
    public async Task The_page_is_for_staff()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var customer = site.ClientFor(desk.Anna.Id, Roles.Customer);

        var page = WebUtility.HtmlDecode(await anna.GetStringAsync("/desk/new"));
        page.ShouldContain("What they said");
        page.ShouldNotContain("style=\"");
        (await customer.GetAsync("/desk/new")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var stranger = site.ClientFor(Guid.NewGuid());
        (await stranger.GetAsync("/desk/new")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static NewTicketForm Form(string address) =>
        new()
        {
            Address = address,
            Subject = "A fee I do not know",
            Text = "There is a fee of two pounds on my statement.",
        };

    private static Task<WritingOutcome> SendAsync(Testing.Desk desk, NewTicketForm form) =>
        desk.Get<TicketWriting>()
            .SendAsync(new Viewer.Staff(desk.Anna.Id, desk.Anna.Name, false, false, [desk.Team.Id]), form);
}
