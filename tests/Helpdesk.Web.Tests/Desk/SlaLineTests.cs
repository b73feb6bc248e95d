using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Components.Desk.Work;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class SlaLineTests
{
    // Tuesday 16:40 to Wednesday 14:32, as in the design's picture
    private static readonly DateTimeOffset Opened = At(3, 16, 40);
    private static readonly DateTimeOffset Now = At(4, 14, 32);

    [Fact]
    public void A_day_and_a_half_falls_into_working_closed_paused_and_left()
    {
        var line = Line(Now, paused: TimeSpan.FromMinutes(214))!;
        line.Segments.Select(s => (s.Kind, s.Length.ToString(@"d\.hh\:mm")))
            .ShouldBe([
                (SlaStretch.Working, "0.01:20"),
                (SlaStretch.Closed, "0.14:00"),
                (SlaStretch.Working, "0.02:10"),
                (SlaStretch.Paused, "0.03:34"),
                (SlaStretch.Working, "0.00:48"),
                (SlaStretch.Left, "0.01:42"),
            ]);
        line.Commitment.DueAt.ShouldBe(At(4, 16, 14));
        line.Used.ShouldBe(new TimeSpan(4, 18, 0));
        (line.Used + line.Left).ShouldBe(line.Commitment.Promised);
    }

    [Fact]
    public void What_is_late_is_told_apart()
    {
        var line = Line(At(4, 17, 14), paused: TimeSpan.FromMinutes(214))!;
        line.Segments[^1]
            .ShouldBe(new SlaSegment(SlaStretch.Late, At(4, 16, 14), At(4, 17, 14), TimeSpan.FromHours(1)));
        line.Left.ShouldBe(TimeSpan.FromHours(-1));
    }

    [Fact]
    public void While_paused_what_is_left_stands_still()
    {
        var timeline = Timeline() with { PausedSince = At(4, 10, 10) };
        SlaLine Read(DateTimeOffset now) => SlaLine.Of(Terms(), timeline, [(At(4, 10, 10), null)], now)!;
        Read(At(4, 11, 0)).Left.ShouldBe(Read(At(4, 17, 0)).Left);
        Read(At(4, 17, 0))
            .Segments.Select(s => s.Kind)
            .ShouldBe([SlaStretch.Working, SlaStretch.Closed, SlaStretch.Working, SlaStretch.Paused, SlaStretch.Left]);
    }

    [Fact]
    public void Segments_join_without_gap_and_the_picture_is_filled()
    {
        var line = Line(At(26, 12, 0), paused: TimeSpan.FromMinutes(214))!;
        line.Segments.Count.ShouldBeLessThanOrEqualTo(9);
        line.Segments.Zip(line.Segments.Skip(1)).ShouldAllBe(pair => pair.First.To == pair.Second.From);
        var places = SlaDrawing.Place(line.Segments);
        places[0].X.ShouldBe(0);
        (places[^1].X + places[^1].Width).ShouldBe(SlaDrawing.Width, 0.01);
        places.ShouldAllBe(p => p.Width > 10);
    }

    [Fact]
    public void Pauses_are_read_from_the_history()
    {
        EventFacts Status(long id, DateTimeOffset at, string to) =>
            new(id, TicketEventKind.StatusChanged, at, ActorKind.Staff, null, "", $$"""{"to":"{{to}}"}""");
        SlaLine
            .PausesIn([
                Status(3, At(4, 13, 44), "Open"),
                Status(1, Opened, "Open"),
                Status(2, At(4, 10, 10), "Waiting"),
            ])
            .ShouldBe([(At(4, 10, 10), At(4, 13, 44))]);
        SlaLine
            .PausesIn([
                Status(1, Opened, "Waiting"),
                new(2, TicketEventKind.Resolved, Now, ActorKind.Staff, null, "", null),
            ])
            .ShouldBe([(Opened, Now)]);
        SlaLine.PausesIn([Status(1, Opened, "Waiting")]).ShouldBe([(Opened, null)]);
    }

    private static SlaLine? Line(DateTimeOffset now, TimeSpan paused) =>
        SlaLine.Of(Terms(), Timeline() with { Paused = paused }, [(At(4, 10, 10), At(4, 13, 44))], now);

    private static SlaTimeline Timeline() =>
        new()
        {
            Priority = TicketPriority.Urgent,
            CreatedAt = Opened,
            ResolutionStartedAt = Opened,
            FirstRespondedAt = Opened,
        };

    private static SlaTerms Terms() =>
        new(
            new SlaPolicy
            {
                Name = "VIP, business hours",
                BusinessHours = new BusinessHours
                {
                    Name = "Week",
                    TimeZoneId = "Etc/UTC",
                    Week = "Mon 08:00-18:00; Tue 08:00-18:00; Wed 08:00-18:00; Thu 08:00-18:00; Fri 08:00-18:00",
                },
                Promises =
                {
                    new SlaPromise { Priority = TicketPriority.Urgent, ResolutionMinutes = 360 },
                },
            }
        );

    private static DateTimeOffset At(int day, int hour, int minute) =>
        new(2026, 3, day, hour, minute, 0, TimeSpan.Zero);
}
