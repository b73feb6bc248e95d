using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Topics;
using Helpdesk.Web.Sample;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Sample;

public sealed class DemoLoadTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Tickets_can_be_loaded_again_and_again_and_the_desk_goes_on_after_them(StorageProvider provider)
    {
        await using var desk = await EmptyDesk.CreateAsync(provider);
        var load = desk.Get<DemoLoad>();
        (await load.LoadAsync(200, seed: 5)).Tickets.ShouldBe(200);
        await load.LoadAsync(100, seed: 5);

        await using var db = desk.OpenDatabase();
        var ticket = await desk.Get<TicketIntake>()
            .OpenAsync(
                db,
                new NewRequest
                {
                    Channel = Channel.Web,
                    CustomerAddress = "somebody@postbox.example",
                    Subject = "Card",
                    Content = new MessageContent { Text = "Where is my card?" },
                }
            );
        await db.SaveChangesAsync();
        ticket.Id.ShouldBeGreaterThan(300);
        (await db.Tickets.CountAsync()).ShouldBe(301);
        (await db.Notifications.CountAsync(n => n.MailState == MailState.Pending)).ShouldBe(0);
    }

    [Fact]
    public async Task Tickets_can_be_added_to_the_sample_desk()
    {
        await using var desk = await EmptyDesk.CreateAsync();
        await desk.Get<SampleDesk>().LoadAsync(seed: 9, tickets: 50);
        var told = new List<int>();
        await desk.Get<DemoLoad>().LoadAsync(60, seed: 9, new Told(told));
        told.ShouldBe([60]);
        await using var db = desk.OpenDatabase();
        (await db.Tickets.CountAsync()).ShouldBe(110);
    }

    [Fact]
    public async Task A_desk_with_topics_of_its_own_is_refused()
    {
        await using var desk = await EmptyDesk.CreateAsync();
        await using (var db = desk.OpenDatabase())
        {
            db.Topics.Add(new Topic { Key = "plumbing", Name = "Plumbing" });
            await db.SaveChangesAsync();
        }
        await Should.ThrowAsync<RuleViolationException>(() => desk.Get<DemoLoad>().LoadAsync(10, seed: 1));
    }

    private sealed class Told(List<int> numbers) : IProgress<int>
    {
        public void Report(int value) => numbers.Add(value);
    }
}
