using System.Net;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.People;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class QueuePageTests
{
    [Fact]
    public async Task The_queue_is_readable_before_the_circuit_is_up()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        var page = await anna.GetStringAsync("/desk/queues/team");
        page.ShouldContain("Transfer to a supplier declined, swallowed card");
        page.ShouldContain($"/desk/tickets/{ids[1]}?queue=team");
        page.ShouldContain("Tess Treasurer, Harbour Foods");
        page.ShouldContain("9 unresolved, 8 wait for us");
        page.ShouldContain("Open the next: late by");
        page.ShouldNotContain("style=\"");
    }

    [Fact]
    public async Task Filters_and_search_are_plain_addresses()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        var topic = (await desk.PictureAsync()).TopicsByKey["transfer_fee"].Id;

        var filtered = await anna.GetStringAsync($"/desk/queues/team?topic={topic}");
        filtered.ShouldContain("Why was a fee taken");
        filtered.ShouldNotContain("Locked out after changing my phone");
        var found = await anna.GetStringAsync("/desk/search?q=harbour");
        found.ShouldContain("Transfer to a supplier declined, swallowed card");
        found.ShouldNotContain("Locked out after changing my phone");
        (await anna.GetStringAsync("/desk/queues/team?topic=x&after=rubbish&before=1&from=-3&to=%00")).ShouldContain(
            "Locked out"
        );
    }

    [Fact]
    public async Task A_queue_that_does_not_exist_and_a_person_who_left_get_the_same_page()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var stranger = site.ClientFor(Guid.NewGuid());
        using var customer = site.ClientFor(desk.Anna.Id, Roles.Customer);

        (await anna.GetAsync("/desk/queues/nonsense")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync("/desk")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await customer.GetAsync("/desk")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await site.CreateClient().GetAsync("/desk")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
