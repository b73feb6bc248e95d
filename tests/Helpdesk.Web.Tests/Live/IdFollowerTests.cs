using Helpdesk.Testing;
using Helpdesk.Web.Live;
using Shouldly;

namespace Helpdesk.Web.Tests.Live;

public sealed class IdFollowerTests
{
    private readonly ManualTime time = new();
    private readonly IdFollower follower = new(TimeSpan.FromSeconds(30));

    [Fact]
    public void Every_id_is_handed_out_once()
    {
        Take(1, 2, 3).ShouldBe([1, 2, 3]);
        Take(2, 3, 4).ShouldBe([4]);
        follower.Missing.ShouldBeEmpty();
    }

    [Fact]
    public void An_id_that_commits_late_is_waited_for_and_handed_out()
    {
        Take(1, 2, 5).ShouldBe([1, 2, 5]);
        follower.Missing.ShouldBe([3, 4]);
        Take(4).ShouldBe([4]);
        follower.Missing.ShouldBe([3]);
    }

    [Fact]
    public void A_number_that_was_never_used_is_given_up()
    {
        Take(1, 3);
        time.Advance(TimeSpan.FromSeconds(31));
        Take(4);
        follower.Missing.ShouldBeEmpty();
        Take(2).ShouldBeEmpty();
    }

    [Fact]
    public void What_was_there_at_the_start_is_not_news_but_its_gaps_are_watched()
    {
        follower.Start([96, 98, 99], time.GetUtcNow());
        follower.Missing.ShouldBe([97]);
        Take(97, 100).ShouldBe([97, 100]);
    }

    [Fact]
    public void A_jump_of_the_sequence_does_not_fill_the_memory()
    {
        Take(1);
        Take(5_000_000_000);
        follower.Missing.Count.ShouldBeLessThanOrEqualTo(IdFollower.MaxMissing);
    }

    private IEnumerable<long> Take(params long[] ids) => follower.Take(ids, time.GetUtcNow()).Order();
}
