using Helpdesk.Web.Localisation;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Localisation;

/// <summary>Now is Wednesday, 18 November 2026, 14:32 in Berlin.</summary>
public sealed class ReaderClockTests : PartTest
{
    private ReaderClock Clock => Services.GetRequiredService<ReaderClock>();

    [Theory]
    [InlineData(0, "under 1 min")]
    [InlineData(59, "under 1 min")]
    [InlineData(60, "1 min")]
    [InlineData(26 * 60 + 59, "26 min")]
    [InlineData(3600, "1 h")]
    [InlineData(3900, "1 h 05 min")]
    [InlineData(-3900, "1 h 05 min")]
    [InlineData(14 * 3600 + 1800, "14 h")]
    [InlineData(47 * 3600, "47 h")]
    [InlineData(3 * 86400 + 4000, "3 days")]
    public void A_duration_is_said_as_people_say_it(int seconds, string words) =>
        Clock.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(words);

    [Theory]
    [InlineData(12, "12 min left")]
    [InlineData(0, "Late by under 1 min")]
    [InlineData(-26, "Late by 26 min")]
    public void Time_left_runs_into_time_late(int minutes, string words) =>
        Clock.TimeLeft(TimeSpan.FromMinutes(minutes)).ShouldBe(words);

    [Theory]
    [InlineData(30, "30 working minutes")]
    [InlineData(1, "1 working minute")]
    [InlineData(60, "1 working hour")]
    [InlineData(240, "4 working hours")]
    [InlineData(90, "1 working hour 30 min")]
    public void A_promise_is_counted_in_working_time(int minutes, string words) =>
        Clock.WorkingTime(TimeSpan.FromMinutes(minutes)).ShouldBe(words);

    [Theory]
    [InlineData(-2, "just now")]
    [InlineData(30, "just now")] // another node's clock may be ahead
    [InlineData(-20, "20 seconds ago")]
    [InlineData(-300, "5 min ago")]
    [InlineData(-4 * 86400, "4 days ago")]
    public void What_happened_is_named_by_its_age(int seconds, string words) =>
        Clock.Ago(Now.AddSeconds(seconds)).ShouldBe(words);

    [Fact]
    public void A_moment_of_today_is_a_bare_time_in_the_readers_zone()
    {
        Clock.Moment(Now.AddMinutes(-10)).ShouldBe("14:22");
        Reader.ZoneId = "America/New_York";
        Clock.Moment(Now.AddMinutes(-10)).ShouldBe("08:22");
    }

    [Fact]
    public void Days_are_named_as_near_as_they_are()
    {
        Clock.Moment(Now.AddDays(-1)).ShouldBe("yesterday 14:32");
        Clock.Moment(Now.AddDays(1)).ShouldBe("tomorrow 14:32");
        Clock.Moment(Now.AddDays(-2)).ShouldBe("Mon 14:32");
        Clock.Moment(Now.AddDays(-10)).ShouldBe("8 November 14:32");
        Clock.Moment(Now.AddYears(-1)).ShouldBe("18 November 2025 14:32");
        Clock.Full(Now).ShouldBe("Wednesday, 18 November 2026, 14:32");
        Clock.Date(Now).ShouldBe("18 November 2026");
    }

    [Fact]
    public void Yesterday_begins_at_the_readers_midnight()
    {
        var lateEvening = new DateTimeOffset(2026, 11, 17, 23, 30, 0, TimeSpan.Zero); // 00:30 in Berlin
        Clock.DayAndTime(lateEvening).ShouldBe("today 00:30");
        Reader.ZoneId = "Etc/UTC";
        Clock.DayAndTime(lateEvening).ShouldBe("yesterday 23:30");
    }

    [Fact]
    public void A_promise_names_the_time_first()
    {
        Clock.By(Now.AddMinutes(12)).ShouldBe("14:44 today");
        Clock.By(Now.AddDays(1)).ShouldBe("14:32 tomorrow");
        Clock.By(Now.AddDays(9)).ShouldBe("14:32 on 27 November");
    }

    [Fact]
    public void Clocks_going_back_do_not_confuse_the_wall_clock()
    {
        // 25 October 2026: 03:00 summer time becomes 02:00
        Clock.Time(new(2026, 10, 25, 0, 30, 0, TimeSpan.Zero)).ShouldBe("02:30");
        Clock.Time(new(2026, 10, 25, 1, 30, 0, TimeSpan.Zero)).ShouldBe("02:30");
    }

    [Fact]
    public void A_kept_promise_shows_both_times()
    {
        Clock.Of(TimeSpan.FromMinutes(12), TimeSpan.FromMinutes(30)).ShouldBe("12 of 30 min");
        Clock.Of(TimeSpan.FromMinutes(12), TimeSpan.FromHours(4)).ShouldBe("12 min of 4 h");
    }
}
