using System.Globalization;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Replay;

/// <summary>The people of the desk as a replay sees them, and as they would be.</summary>
internal sealed class ReplayStaff
{
    private readonly List<(SimulatedPerson Person, string Address)> _people;
    private readonly List<Skill> _skills;
    private readonly List<BusinessHours> _hours;

    private ReplayStaff(List<Specialist> people, List<Skill> skills, List<BusinessHours> hours)
    {
        _people = people.ConvertAll(p => (Simulated(p), p.Address));
        (_skills, _hours) = (skills, hours);
    }

    public List<SimulatedPerson> People => _people.ConvertAll(p => p.Person);

    public static async Task<ReplayStaff> LoadAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var people = await db
            .Specialists.AsNoTracking()
            .Where(s => s.IsActive)
            .Include(s => s.Teams)
            .Include(s => s.Skills)
            .Include(s => s.BusinessHours)
            .OrderBy(s => s.Id)
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        return new(
            people,
            await db.Skills.AsNoTracking().ToListAsync(cancellationToken),
            await db.BusinessHours.AsNoTracking().ToListAsync(cancellationToken)
        );
    }

    /// <exception cref="InvalidDataException">Somebody or something is named that there is not.</exception>
    public List<SimulatedPerson> Changed(
        IReadOnlyDictionary<string, PersonChange> changes,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        var changed = People.ToDictionary(p => p.Id);
        foreach (var (name, change) in changes.Where(c => c.Value.Like is null))
        {
            var id = Find(name).Id;
            changed[id] = Changed(changed[id], change, from, to);
        }
        var newcomers = changes
            .Where(c => c.Value.Like is not null)
            .Select(
                (c, i) =>
                    Changed(
                        changed[Find(c.Value.Like!).Id] with
                        {
                            Id = NewcomerId(i),
                            Name = NewName(c.Key),
                            Absences = [],
                        },
                        c.Value,
                        from,
                        to
                    )
            )
            .ToList();
        return [.. changed.Values, .. newcomers];
    }

    private SimulatedPerson Changed(SimulatedPerson person, PersonChange change, DateTimeOffset from, DateTimeOffset to)
    {
        var skills = person.Skills.ToDictionary();
        foreach (var (name, level) in change.Skills ?? new Dictionary<string, int>())
            skills[
                _skills.Find(s => IsCalled(s.Name, name))?.Id
                    ?? throw new InvalidDataException($"There is no skill called \"{name}\".")
            ] = level;
        return person with
        {
            Capacity = change.Capacity ?? person.Capacity,
            Absences = change.Absent ? [(from, to)] : person.Absences,
            Hours = change.Hours is { } hours ? CalendarOf(hours) : person.Hours,
            Skills = skills,
        };
    }

    private BusinessCalendar? CalendarOf(string hours) =>
        hours.Length == 0 ? null
        : _hours.Find(h => IsCalled(h.Name, hours)) is { } known ? known.ToCalendar()
        : throw new InvalidDataException($"There are no business hours called \"{hours}\".");

    private SimulatedPerson Find(string nameOrAddress)
    {
        var found = _people.FindAll(p => IsCalled(p.Address, nameOrAddress));
        if (found.Count == 0)
            found = _people.FindAll(p => IsCalled(p.Person.Name, nameOrAddress));
        return found.Count switch
        {
            1 => found[0].Person,
            0 => throw new InvalidDataException($"Nobody here is called \"{nameOrAddress}\"."),
            _ => throw new InvalidDataException(
                $"Several people are called \"{nameOrAddress}\": name the e-mail address."
            ),
        };
    }

    private string NewName(string name) =>
        _people.Exists(p => IsCalled(p.Person.Name, name) || IsCalled(p.Address, name))
            ? throw new InvalidDataException($"\"{name}\" works here already: call somebody new otherwise.")
            : name;

    private static bool IsCalled(string name, string given) => name.Equals(given, StringComparison.OrdinalIgnoreCase);

    // the same in every run, and nobody else's
    private static Guid NewcomerId(int number) =>
        Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"ffffffff-ffff-ffff-ffff-{number:x12}"));

    private static SimulatedPerson Simulated(Specialist person) =>
        new()
        {
            Id = person.Id,
            Name = person.Name,
            Teams = person.Teams.Select(t => t.TeamId).ToHashSet(),
            Skills = person.Skills.ToDictionary(s => s.SkillId, s => s.Level),
            Languages = person.Languages,
            Capacity = person.Capacity,
            Hours = person.BusinessHours?.ToCalendar(),
            DeputyId = person.DeputyId,
            // the latest is all that is known
            Absences = person is { AbsentFrom: { } from, AbsentUntil: { } until } ? [(from, until)] : [],
        };
}
