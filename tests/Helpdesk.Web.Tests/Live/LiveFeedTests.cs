using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Live;
using Helpdesk.Web.Tests.Desk;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Helpdesk.Web.Tests.Live;

public sealed class LiveFeedTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Listeners_hear_of_each_change_once_and_people_of_what_concerns_them(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var feed = desk.Get<LiveFeed>();
        await desk.OpenTicketAsync("before anybody listened");
        await feed.ReadAsync(CancellationToken.None);
        var heard = new List<LiveBatch>();
        using var subscription = feed.Subscribe(heard.Add);

        var id = await desk.OpenTicketAsync();
        await desk.ChangeAsync(id, (t, _, now) => t.AssignTo(desk.Anna, Actor.System, reason: null, now));
        (await feed.ReadAsync(CancellationToken.None)).ShouldBeTrue();
        (await feed.ReadAsync(CancellationToken.None)).ShouldBeFalse();

        heard.Count.ShouldBe(1);
        heard[0]
            .Changes.Select(c => (c.TicketId, c.Kind))
            .ShouldBe([(id, TicketEventKind.Opened), (id, TicketEventKind.Assigned)]);
        heard[0].News.Select(n => n.UserId).ShouldBe([desk.Anna.Id]);
        feed.Since(heard[0].Changes[0].EventId).Select(c => c.Kind).ShouldBe([TicketEventKind.Assigned]);
        subscription.Dispose();
        await desk.ChangeAsync(id, (t, terms, now) => t.Resolve(null, null, Actor.System, terms, now));
        await feed.ReadAsync(CancellationToken.None);
        heard.Count.ShouldBe(1);
    }

    [Fact]
    public void Colleagues_see_each_other_until_the_page_is_left()
    {
        var presence = new DeskPresence(NullLogger<DeskPresence>.Instance);
        var (anna, boris) = (Guid.NewGuid(), Guid.NewGuid());
        var told = new List<long>();
        using var subscription = presence.Subscribe(told.Add);
        using var visit = presence.Enter(7, anna, "Anna");
        var second = presence.Enter(7, anna, "Anna");
        second.Replying(true);

        presence.Others(7, except: boris).ShouldBe([new Visitor(anna, "Anna", IsReplying: true)]);
        presence.Others(7, except: anna).ShouldBeEmpty();
        second.Dispose();
        presence.Others(7, except: boris).ShouldBe([new Visitor(anna, "Anna", IsReplying: false)]);
        visit.Dispose();
        presence.Others(7, except: boris).ShouldBeEmpty();
        told.ShouldBe([7, 7, 7, 7, 7]);
    }
}
