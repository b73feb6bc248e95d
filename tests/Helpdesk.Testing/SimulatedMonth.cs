using Helpdesk.Routing.Replay;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Testing;

/// <summary>
/// A month of a desk of 24 people in three teams; the same arrivals, people and efforts each time. Topics are as skewed as consumer
/// complaints are (the first of 30 makes a fifth, eight make four fifths); one request in twenty is a VIP's; people fall ill and go on holiday.
/// </summary>
public sealed record SimulatedMonth(IReadOnlyList<SimulatedPerson> People, IReadOnlyList<SimulatedRequest> Requests)
{
    private const int Seed = 20260301;
    private const int Teams = 3;
    private const int TopicCount = 30;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    public Dictionary<Guid, double> Capacity => People.ToDictionary(p => p.Id, p => p.Capacity);

    public static SimulatedMonth Create()
    {
        var random = new Random(Seed);
        var people = PeopleOf(random);
        return new(people, RequestsOf(random));
    }

    public SimulatedRun Run(SimulatedStrategy strategy) =>
        DeskSimulation.Run(People, Requests, strategy, Start.AddDays(28));

    private static List<SimulatedPerson> PeopleOf(Random random)
    {
        string[] shifts = ["07:00-15:00", "09:00-17:00", "11:00-19:00"];
        var people = new List<SimulatedPerson>();
        for (var i = 0; i < 24; i++)
        {
            var team = i % Teams;
            var shift = shifts[i / Teams % shifts.Length];
            var week = string.Join("; ", "Mon Tue Wed Thu Fri".Split(' ').Select(d => $"{d} {shift}"));
            // two skills of the team's three: one expert or able, the other learning or able
            var skills = new Dictionary<int, int>
            {
                [(team * 3) + (i / Teams % 3)] = random.Next(2, 4),
                [(team * 3) + (((i / Teams) + 1) % 3)] = random.Next(1, 3),
            };
            var absence = Start.AddDays(random.Next(0, 24)).AddHours(random.Next(6, 14));
            people.Add(
                new SimulatedPerson
                {
                    Id = new Guid(i + 1, 0, 0, new byte[8]),
                    Name = $"Person {i + 1}",
                    Teams = new HashSet<int> { team },
                    Skills = skills,
                    Languages = random.Next(3) == 0 ? "en de" : "en",
                    Capacity = random.Next(6, 13),
                    Hours = BusinessCalendar.Parse("Etc/UTC", week, []),
                    DeputyId = new Guid(((i + Teams) % 24) + 1, 0, 0, new byte[8]),
                    Absences = random.Next(2) == 0 ? [(absence, absence.AddDays(random.Next(1, 6)))] : [],
                }
            );
        }
        return people;
    }

    private static List<SimulatedRequest> RequestsOf(Random random)
    {
        var office = BusinessCalendar.Parse(
            "Etc/UTC",
            "Mon 07:00-19:00; Tue 07:00-19:00; Wed 07:00-19:00; Thu 07:00-19:00; Fri 07:00-19:00",
            []
        );
        var shares = Enumerable.Range(0, TopicCount).Select(t => Math.Pow(t + 1, -1.3)).ToArray();
        var requests = new List<SimulatedRequest>();
        for (var at = Start; at < Start.AddDays(28); at += Gap(at, random))
        {
            var topic = Draw(shares, random);
            var isVip = random.Next(20) == 0;
            var complexity = (Complexity)Draw([0.6, 0.28, 0.12], random);
            var score =
                20
                + (
                    isVip ? 40
                    : random.Next(3) == 0 ? 10
                    : 0
                )
                + Math.Max(0, random.Next(-20, 25));
            var minutes =
                (
                    complexity switch
                    {
                        Complexity.Simple => 12,
                        Complexity.Medium => 28,
                        _ => 70,
                    }
                ) * (0.5 + random.NextDouble());
            requests.Add(
                new SimulatedRequest
                {
                    Id = requests.Count + 1,
                    At = at,
                    TeamId = topic % Teams,
                    TopicId = topic,
                    SkillId = (topic % Teams * 3) + (topic / Teams % 3),
                    CustomerId = random.Next(1200),
                    Language = random.Next(8) == 0 ? "de" : "en",
                    Complexity = complexity,
                    IsVip = isVip,
                    Score = score,
                    DueAt = office.Add(
                        at,
                        TimeSpan.FromHours(
                            isVip ? 1
                            : score >= 40 ? 2
                            : 6
                        )
                    ),
                    Effort = TimeSpan.FromMinutes(minutes),
                }
            );
        }
        return requests;
    }

    /// <summary>Exponential gaps: busy from Monday to Friday by day, a tenth of it otherwise.</summary>
    private static TimeSpan Gap(DateTimeOffset at, Random random)
    {
        var isBusy = at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && at.Hour is >= 7 and < 18;
        return TimeSpan.FromMinutes(-Math.Log(1 - random.NextDouble()) * (isBusy ? 3.6 : 36));
    }

    private static int Draw(double[] shares, Random random)
    {
        var left = random.NextDouble() * shares.Sum();
        for (var i = 0; i < shares.Length; i++)
            if ((left -= shares[i]) < 0)
                return i;
        return shares.Length - 1;
    }
}
