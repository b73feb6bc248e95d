using Bunit;
using Helpdesk.Web.Components.Parts;
using Shouldly;

namespace Helpdesk.Web.Tests.Parts;

public sealed class SlaClockTests : PartTest
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(48, 60, "ok", 80)]
    [InlineData(12, 60, "soon", 20)] // half an hour or less
    [InlineData(59, 240, "soon", 25)] // a quarter or less
    [InlineData(61, 240, "ok", 25)]
    [InlineData(0, 60, "late", 100)]
    [InlineData(-26, 60, "late", 100)]
    [InlineData(1, 1000, "soon", 1)]
    [InlineData(600, 60, "ok", 100)] // more left than promised: a policy changed meanwhile
    public void The_ring_shows_the_share_left(int left, int promised, string expected, int percent)
    {
        var face = SlaFace.Of(TimeSpan.FromMinutes(left), TimeSpan.FromMinutes(promised), paused: false, took: null);
        face.Class.ShouldBe(expected);
        face.ShouldBeOfType<SlaFace.Running>().Percent.ShouldBe(percent);
    }

    [Fact]
    public void A_running_clock_says_the_time_left_in_words()
    {
        var clock = Render<SlaClock>(p => p.Add(c => c.Left, TimeSpan.FromMinutes(12)).Add(c => c.Promised, Hour));
        clock.Find(".clock.soon").TextContent.Trim().ShouldBe("12 min left");
        clock.FindAll("circle")[1].GetAttribute("stroke-dasharray").ShouldBe("20 100");
    }

    [Fact]
    public void A_late_clock_has_a_full_ring() =>
        Render<SlaClock>(p => p.Add(c => c.Left, TimeSpan.FromMinutes(-26)).Add(c => c.Promised, Hour))
            .Find(".late")
            .TextContent.Trim()
            .ShouldBe("Late by 26 min");

    [Fact]
    public void A_paused_clock_says_so_whatever_is_left() =>
        Render<SlaClock>(p =>
                p.Add(c => c.Left, TimeSpan.FromMinutes(-26)).Add(c => c.Promised, Hour).Add(c => c.Paused, true)
            )
            .Find(".paused")
            .TextContent.Trim()
            .ShouldBe("Paused");

    [Fact]
    public void A_settled_promise_says_whether_it_was_kept()
    {
        Render<SlaClock>(p =>
                p.Add(c => c.Took, TimeSpan.FromMinutes(12)).Add(c => c.Promised, TimeSpan.FromMinutes(30))
            )
            .Find(".met")
            .TextContent.Trim()
            .ShouldBe("Kept, 12 of 30 min");
        Render<SlaClock>(p =>
                p.Add(c => c.Took, TimeSpan.FromMinutes(45)).Add(c => c.Promised, TimeSpan.FromMinutes(30))
            )
            .Find(".late")
            .TextContent.Trim()
            .ShouldBe("Late, 45 of 30 min");
    }

    [Fact]
    public void What_is_due_on_another_day_shows_the_instant() =>
        Render<SlaClock>(p =>
                p.Add(c => c.Left, TimeSpan.FromHours(12))
                    .Add(c => c.Promised, TimeSpan.FromHours(16))
                    .Add(c => c.DueAt, Now.AddHours(19))
            )
            .Find(".clock")
            .TextContent.Trim()
            .ShouldBe("Tomorrow 09:32");

    [Fact]
    public void In_a_tickets_head_it_names_the_promise() =>
        Render<SlaClock>(p =>
                p.Add(c => c.Left, TimeSpan.FromMinutes(12))
                    .Add(c => c.Promised, Hour)
                    .Add(c => c.Promise, "Next answer")
                    .Add(c => c.Tag, true)
            )
            .Find(".clock.tag")
            .TextContent.Trim()
            .ShouldBe("Next answer: 12 min left");
}
