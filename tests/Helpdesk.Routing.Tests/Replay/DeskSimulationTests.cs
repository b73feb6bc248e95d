using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Routing.Replay;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Replay;

public class DeskSimulationTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 7, 0, 0, TimeSpan.Zero);
    private static readonly BusinessCalendar Days = BusinessCalendar.Parse(
        "Etc/UTC",
        "Mon 08:00-16:00; Tue 08:00-16:00; Wed 08:00-16:00; Thu 08:00-16:00; Fri 08:00-16:00",
        []
    );

    private static SimulatedPerson Person(int number, double capacity = 4, int? level = null) =>
        new()
        {
            Id = new Guid(number, 0, 0, new byte[8]),
            Name = $"Person {number}",
            Teams = new HashSet<int> { 1 },
            Capacity = capacity,
            Hours = Days,
            Skills = level is { } l ? new Dictionary<int, int> { [1] = l } : [],
        };

    private static SimulatedRequest Request(int id, int minute, bool isVip = false, int score = 20) =>
        new()
        {
            Id = id,
            At = Monday.AddMinutes(minute),
            TeamId = 1,
            CustomerId = id,
            IsVip = isVip,
            Score = score,
            Complexity = (Complexity)(id % 3),
            Effort = TimeSpan.FromMinutes(10 + (id % 50)),
            DueAt = Monday.AddMinutes(minute + 240),
        };

    private static SimulatedRun Run(
        IReadOnlyList<SimulatedPerson> people,
        IReadOnlyList<SimulatedRequest> requests,
        SimulatedStrategy strategy = SimulatedStrategy.Routing
    ) => DeskSimulation.Run(people, requests, strategy, Monday.AddDays(20));

    private static readonly Gen<List<SimulatedRequest>> Requests =
        from minutes in Gen.ListOf(Gen.Choose(0, 3000))
        from vips in Gen.ListOf(Gen.Choose(0, 9), minutes.Count)
        from scores in Gen.ListOf(Gen.Choose(0, 90), minutes.Count)
        select minutes.Select((m, i) => Request(i + 1, m, vips[i] == 0, scores[i])).ToList();

    [Fact]
    public void Capacity_is_never_exceeded_and_nothing_is_lost_or_done_twice() =>
        Prop.ForAll(
                Requests.ToArbitrary(),
                requests =>
                {
                    var run = Run([Person(1), Person(2, 6, 3), Person(3, 3.5, 1)], requests);
                    return run.MostOverCapacity <= 1 + 1e-9
                        && run.Outcomes.Count == requests.Count
                        && run.Outcomes.All(o => o.HandOvers == 0)
                        && run.Outcomes.Where(o => o.FinishedAt is not null).All(o => o.StartedAt >= o.Request.At);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_desk_gives_the_same_run() =>
        Prop.ForAll(
                Requests.ToArbitrary(),
                requests =>
                    Run([Person(1), Person(2)], requests)
                        .Outcomes.SequenceEqual(
                            Run([Person(2), Person(1)], [.. requests.AsEnumerable().Reverse()]).Outcomes
                        )
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Of_two_that_wait_for_one_person_the_more_important_is_begun_first() =>
        Prop.ForAll(
                Gen.Choose(0, 90).Two().Where(s => s.Item1 != s.Item2).ToArbitrary(),
                scores =>
                {
                    // the first keeps the person busy; the other two wait for the same person
                    var busy = Request(1, 60, score: 50) with
                    {
                        Effort = TimeSpan.FromHours(3),
                    };
                    var (a, b) = (
                        Request(3, 70, score: scores.Item1) with
                        {
                            Complexity = Complexity.Simple,
                        },
                        Request(6, 75, score: scores.Item2) with
                        {
                            Complexity = Complexity.Simple,
                        }
                    );
                    var outcomes = Run([Person(1)], [busy, a, b]).Outcomes;
                    var (first, second) = (
                        outcomes.Single(o => o.Request.Id == 3).StartedAt,
                        outcomes.Single(o => o.Request.Id == 6).StartedAt
                    );
                    return scores.Item1 > scores.Item2 ? first <= second : second <= first;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Work_waits_for_the_shift_and_an_absence_gives_it_to_the_deputy()
    {
        var early = Run([Person(1)], [Request(3, 0)]).Outcomes[0];
        early.StartedAt.ShouldBe(Monday.AddHours(1));

        var ill = Person(1) with { Absences = [(Monday.AddHours(2), Monday.AddDays(5))], DeputyId = Person(2).Id };
        var busy = Request(3, 60) with { Effort = TimeSpan.FromHours(4), CustomerId = 7 };
        var left = Request(6, 90) with { CustomerId = 7 };
        var run = Run([ill, Person(2, capacity: 1), Person(3, capacity: 1)], [busy, left]);
        var outcome = run.Outcomes.Single(o => o.Request.Id == 6);
        if (outcome.First == ill.Id)
            outcome.Last.ShouldBe(Person(2).Id);
        outcome.FinishedAt.ShouldNotBeNull();
    }

    [Fact]
    public void Who_lacks_the_skill_hands_it_on_where_nobody_looks_at_skills()
    {
        var request = Request(3, 60) with { SkillId = 1 };
        var run = Run([Person(1, level: 2), Person(2)], [request], SimulatedStrategy.RoundRobin);
        run.Outcomes[0].Last.ShouldBe(Person(1).Id);
        Run([Person(1, level: 2), Person(2)], [request]).HandOvers.ShouldBe(0);
    }
}
