using Helpdesk.Mail.Outbound;
using Helpdesk.Testing;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Helpdesk.Mail.Tests.Outbound;

public sealed class DestinationRestsTests
{
    [Fact]
    public void Full_mailboxes_that_stay_full_do_not_keep_their_neighbours_waiting()
    {
        var time = new ManualTime(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));
        var rests = new DestinationRests(time, Options.Create(new OutboundQueueOptions()));
        for (var person = 0; person < DestinationRests.PeopleBefore; person++)
            rests.Note(Later($"full{person}@example.org"));
        var until = rests.Of("good@example.org").ShouldNotBeNull();
        time.Advance(until - time.GetUtcNow() + TimeSpan.FromSeconds(1));

        // the longest waiting one is tried, in vain, and then lets others go first
        rests.Of("full0@example.org").ShouldBeNull();
        rests.Note(Later("full0@example.org"));
        until = rests.Of("good@example.org").ShouldNotBeNull();
        time.Advance(until - time.GetUtcNow() + TimeSpan.FromSeconds(1));
        rests.Of("full0@example.org").ShouldNotBeNull();
        rests.Of("good@example.org").ShouldBeNull();
        rests.Note(new("good@example.org", DeliveryState.Sent, "250 ok"));
        rests.Of("full0@example.org").ShouldBeNull();
    }

    private static Delivery Later(string address) => new(address, DeliveryState.TryLater, "451 later");
}
