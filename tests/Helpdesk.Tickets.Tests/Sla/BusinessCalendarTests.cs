using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Tickets.Sla;
using Shouldly;

namespace Helpdesk.Tickets.Tests.Sla;

public sealed class BusinessCalendarTests
{
    private const string Weekdays =
        "Mon 08:00-12:00 13:00-18:00; Tue 08:00-18:00; Wed 08:00-18:00; Thu 08:00-18:00; Fri 08:00-16:00";

    private static readonly DateTimeOffset Epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly BusinessCalendar[] Calendars =
    [
        BusinessCalendar.AlwaysOpen,
        BusinessCalendar.Parse("Europe/Tallinn", Weekdays, [new DateOnly(2026, 3, 4), new DateOnly(2025, 12, 25)]),
        BusinessCalendar.Parse("America/New_York", "Sun 00:00-24:00; Mon 22:00-24:00; Tue 00:00-06:00", []),
        BusinessCalendar.Parse("Europe/London", "Sun 00:30-03:00", []), // right where clocks change
        BusinessCalendar.Parse("Australia/Lord_Howe", "always", [new DateOnly(2025, 4, 6)]), // half-hour summer time
        BusinessCalendar.Parse("Asia/Kathmandu", Weekdays, []),
        BusinessCalendar.Parse(
            "Europe/Berlin",
            "Mon 06:00-24:00; Tue 00:00-24:00; Wed 00:00-24:00; Thu 00:00-24:00; Fri 00:00-22:00",
            []
        ),
    ];

    private static readonly Arbitrary<(BusinessCalendar Calendar, DateTimeOffset Start, TimeSpan Length)> Cases = (
        from calendar in Gen.Elements(Calendars)
        from minute in Gen.Choose(0, 60 * 24 * 730)
        from length in Gen.Choose(0, 60 * 120)
        select (calendar, Epoch.AddMinutes(minute), TimeSpan.FromMinutes(length))
    ).ToArbitrary();

    [Fact]
    public void The_opening_of_an_instant_is_the_present_or_the_next_one_and_goes_over_midnight()
    {
        var calendar = BusinessCalendar.Parse(
            "Etc/UTC",
            "Mon 08:00-12:00 13:00-18:00; Tue 22:00-24:00; Wed 00:00-06:00",
            []
        );
        var monday = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        calendar.OpeningAt(monday.AddHours(10)).ShouldBe((monday.AddHours(8), monday.AddHours(12)));
        calendar.OpeningAt(monday.AddHours(12)).ShouldBe((monday.AddHours(13), monday.AddHours(18)));
        calendar.OpeningAt(monday.AddHours(20)).ShouldBe((monday.AddHours(46), monday.AddHours(54)));
        calendar.OpeningAt(monday.AddHours(50)).ShouldBe((monday.AddHours(46), monday.AddHours(54)));
        calendar
            .OpeningAt(monday.AddHours(60))
            .ShouldBe((monday.AddDays(7).AddHours(8), monday.AddDays(7).AddHours(12)));
        BusinessCalendar.AlwaysOpen.OpeningAt(monday).ShouldBeNull();
    }

    [Fact]
    public void An_opening_is_the_same_at_every_instant_in_it_however_long_it_is() =>
        Prop.ForAll(
                Cases,
                c =>
                {
                    if (c.Calendar.OpeningAt(c.Start) is not { } opening)
                        return c.Calendar.IsAlwaysOpen;
                    var length = opening.To - opening.From;
                    if (length > TimeSpan.FromDays(7))
                        return opening.From <= c.Start; // never closes in a week: its ends are not looked for
                    return opening.To > c.Start
                        && c.Calendar.Between(opening.From, opening.To) == length
                        && !c.Calendar.IsOpen(opening.From.AddTicks(-1))
                        && !c.Calendar.IsOpen(opening.To)
                        && c.Calendar.OpeningAt(opening.From) == opening
                        && c.Calendar.OpeningAt(opening.From + (length * 0.6)) == opening
                        && c.Calendar.OpeningAt(opening.To.AddTicks(-1)) == opening;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_beginning_of_what_never_closes_does_not_move_with_the_clock()
    {
        var calendar = BusinessCalendar.Parse("Etc/UTC", "always", [new DateOnly(2025, 12, 25)]);
        var noon = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
        calendar.OpeningAt(noon).ShouldBe(calendar.OpeningAt(noon.AddMinutes(7)));
    }

    [Fact]
    public void What_was_added_is_what_lies_between() =>
        Prop.ForAll(Cases, c => c.Calendar.Between(c.Start, c.Calendar.Add(c.Start, c.Length)) == c.Length)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Adding_in_two_steps_is_adding_at_once() =>
        Prop.ForAll(
                Cases,
                c =>
                    c.Calendar.Add(c.Calendar.Add(c.Start, c.Length / 2), c.Length - (c.Length / 2))
                    == c.Calendar.Add(c.Start, c.Length)
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void More_time_ends_later_and_a_later_start_never_ends_earlier() =>
        Prop.ForAll(
                Cases,
                c =>
                    c.Calendar.Add(c.Start, c.Length + TimeSpan.FromMinutes(1)) > c.Calendar.Add(c.Start, c.Length)
                    && c.Calendar.Add(c.Start.AddMinutes(17), c.Length + TimeSpan.FromMinutes(1))
                        >= c.Calendar.Add(c.Start, c.Length + TimeSpan.FromMinutes(1))
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void An_end_lies_in_opening_time() =>
        Prop.ForAll(
                Cases,
                c => c.Length == TimeSpan.Zero || c.Calendar.IsOpen(c.Calendar.Add(c.Start, c.Length).AddTicks(-1))
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Time_between_splits_at_any_instant() =>
        Prop.ForAll(
                Cases,
                c =>
                {
                    var end = c.Start + (c.Length * 3);
                    var middle = c.Start + c.Length;
                    return c.Calendar.Between(c.Start, middle) + c.Calendar.Between(middle, end)
                        == c.Calendar.Between(c.Start, end);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_weekend_and_a_holiday_do_not_count()
    {
        var calendar = BusinessCalendar.Parse("Europe/Tallinn", Weekdays, [new DateOnly(2026, 3, 9)]);
        var fridayAtThree = new DateTimeOffset(2026, 3, 6, 13, 0, 0, TimeSpan.Zero); // 15:00 in Tallinn, closes at 16:00
        calendar
            .Add(fridayAtThree, TimeSpan.FromHours(2))
            .ShouldBe(new DateTimeOffset(2026, 3, 10, 7, 0, 0, TimeSpan.Zero)); // Monday is a holiday; Tuesday 09:00
    }

    [Fact]
    public void A_night_on_which_clocks_go_forward_is_an_hour_shorter()
    {
        var calendar = BusinessCalendar.Parse("Europe/London", "Sun 00:00-06:00", []);
        var midnight = new DateTimeOffset(2026, 3, 29, 0, 0, 0, TimeSpan.Zero);
        calendar.Between(midnight, midnight.AddDays(1)).ShouldBe(TimeSpan.FromHours(5));
    }

    [Fact]
    public void A_week_that_never_opens_never_ends() =>
        BusinessCalendar.Parse("Etc/UTC", "", []).Add(Epoch, TimeSpan.FromMinutes(1)).ShouldBe(DateTimeOffset.MaxValue);

    [Theory]
    [InlineData("Mun 08:00-18:00", "\"Mun\"")]
    [InlineData("Mon 18:00-08:00", "18:00-08:00")]
    [InlineData("Mon 08:00-12:00 11:00-13:00", "11:00-13:00")]
    [InlineData("Mon 8-12", "\"8\"")]
    public void A_week_that_cannot_be_understood_names_the_part(string week, string part) =>
        Should.Throw<FormatException>(() => BusinessCalendar.Parse("Etc/UTC", week, [])).Message.ShouldContain(part);

    [Fact]
    public void A_negative_time_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => BusinessCalendar.AlwaysOpen.Add(Epoch, TimeSpan.FromTicks(-1)));
}
