using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Assignment;

/// <summary>A ticket that looks for somebody.</summary>
public sealed record Vacancy
{
    public required int? TeamId { get; init; }
    public required Topic? Topic { get; init; }
    public required long CustomerId { get; init; }
    public required string? Language { get; init; }
    public required Complexity Complexity { get; init; }
    public required TicketStatus Status { get; init; }
    public required bool IsVip { get; init; }

    /// <summary>Who has it now; their own share of work does not speak against them.</summary>
    public Guid? HeldBy { get; init; }

    /// <summary>Who had it when an absence took it from them, where nobody has it now.</summary>
    public Guid? HadBy { get; init; }

    /// <summary>People who had it and put it back into the queue.</summary>
    public IReadOnlyCollection<Guid> GivenBackBy { get; init; } = [];
}

/// <summary>Who a ticket that nobody can take now would be given, as things stand.</summary>
/// <param name="At">When they are there.</param>
public sealed record PlannedTurn(Guid SpecialistId, string Name, DateTimeOffset At);

/// <summary>
/// Who could work on what, loaded once for a batch of tickets: people, skills, hours, and the work they carry. It is kept
/// up while the batch is decided, so that the second ticket sees what the first one took.
/// </summary>
public sealed class AssignmentBoard
{
    private static readonly TimeSpan FairnessWindow = TimeSpan.FromHours(24);
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(180);

    private readonly HelpdeskDbContext _db;
    private readonly DateTimeOffset _now;
    private readonly double _vipMargin;
    private readonly Dictionary<Guid, Specialist> _people;
    private readonly ILookup<int, Specialist> _byTeam;
    private readonly HashSet<Guid> _onShift;
    private readonly Dictionary<Guid, DateTimeOffset?> _readyAt = [];
    private readonly Dictionary<Guid, double> _work;
    private readonly Dictionary<Guid, (int Count, DateTimeOffset LastAt)> _given;
    private readonly Dictionary<Guid, AssignmentTurn> _turns;
    private readonly ILookup<long, Acquaintance> _acquaintances;
    private readonly IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord> _records;

    /// <summary>A customer's earlier tickets on one topic with one specialist.</summary>
    /// <param name="BreachedAt">The latest of them on which a promise was missed.</param>
    private sealed record Acquaintance(long CustomerId, Guid? SpecialistId, int? TopicId, DateTimeOffset? BreachedAt);

    private AssignmentBoard(
        HelpdeskDbContext db,
        DateTimeOffset now,
        double vipMargin,
        List<Specialist> people,
        Dictionary<Guid, double> work,
        Dictionary<Guid, (int, DateTimeOffset)> given,
        Dictionary<Guid, AssignmentTurn> turns,
        List<Acquaintance> acquaintances,
        IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord> records
    )
    {
        _records = records;
        (_db, _now, _vipMargin, _work, _given, _turns) = (db, now, vipMargin, work, given, turns);
        _people = people.ToDictionary(p => p.Id);
        _byTeam = people.SelectMany(p => p.Teams, (p, team) => (team.TeamId, p)).ToLookup(p => p.TeamId, p => p.p);
        _acquaintances = acquaintances.ToLookup(a => a.CustomerId);
        var open = people
            .Select(p => p.BusinessHours)
            .OfType<BusinessHours>()
            .DistinctBy(h => h.Id)
            .Where(h => h.ToCalendar().IsOpen(now))
            .Select(h => h.Id)
            .ToHashSet();
        _onShift = [.. people.Where(p => p.BusinessHoursId is not { } h || open.Contains(h)).Select(p => p.Id)];
    }

    /// <param name="customerIds">The customers of the tickets to be decided.</param>
    /// <param name="records">See <see cref="LearnedExpertise"/>.</param>
    public static async Task<AssignmentBoard> LoadAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<long> customerIds,
        double vipMargin,
        IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord> records,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // the turns come first: work given after they were read makes the commit fail
        var turns = await db.Set<AssignmentTurn>().ToDictionaryAsync(t => t.SpecialistId, cancellationToken);
        var people = await db
            .Specialists.AsNoTracking()
            .Where(s => s.IsActive)
            .Include(s => s.Teams)
            .Include(s => s.Skills)
            .Include(s => s.BusinessHours)
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        var carried = await Workload.OfEverybodyAsync(db, cancellationToken);
        var since = now - FairnessWindow;
        var given = await db.Set<RoutingDecision>()
            .Where(d => d.At >= since && d.SpecialistId != null && d.Outcome != RoutingOutcome.Kept)
            .GroupBy(d => d.SpecialistId)
            .Select(g => new
            {
                g.Key,
                Count = g.Count(),
                LastAt = g.Max(d => d.At),
            })
            .ToListAsync(cancellationToken);
        var remembered = now - Remembered;
        var acquaintances = await db
            .Tickets.Where(t => customerIds.Contains(t.CustomerId) && t.CreatedAt >= remembered)
            .GroupBy(t => new
            {
                t.CustomerId,
                t.SpecialistId,
                t.TopicId,
            })
            .Select(g => new
            {
                g.Key.CustomerId,
                g.Key.SpecialistId,
                g.Key.TopicId,
                BreachedAt = g.Max(t => t.BreachedAt),
            })
            .ToListAsync(cancellationToken);
        return new AssignmentBoard(
            db,
            now,
            vipMargin,
            people,
            carried.ToDictionary(c => c.Key, c => c.Value.Work),
            given.ToDictionary(g => g.Key!.Value, g => (g.Count, g.LastAt)),
            turns,
            acquaintances.ConvertAll(a => new Acquaintance(a.CustomerId, a.SpecialistId, a.TopicId, a.BreachedAt)),
            records
        );
    }

    public Specialist Person(Guid id) => _people[id];

    /// <summary>Whether they still work here.</summary>
    public bool Has(Guid id) => _people.ContainsKey(id);

    /// <summary>Whether they are known to be on vacation or ill; whoever does not work here is not.</summary>
    public bool IsAbsent(Guid id) => _people.GetValueOrDefault(id)?.IsAbsentAt(_now) is true;

    public IEnumerable<Specialist> People => _people.Values;

    /// <summary>Whether a promise to this customer was missed since then, on any ticket.</summary>
    public bool WasBreached(long customerId, DateTimeOffset since) =>
        _acquaintances[customerId].Any(a => a.BreachedAt >= since);

    /// <summary>Whether anybody of the team can ever take it, present or not: has what the topic and its complexity need, may carry so much at all,
    /// and has not given it back. What nobody ever can would wait for ever.</summary>
    public bool AnybodyAble(Vacancy vacancy) =>
        vacancy.TeamId is { } team
        && _byTeam[team].Any(p => SpecialistChoice.CouldTake(CandidateFor(p, vacancy, null, 0), NeedOf(vacancy)));

    /// <summary>Whether somebody could get it now, before it is known who had it.</summary>
    public bool AnybodyCanTake(Vacancy vacancy) =>
        vacancy.TeamId is { } team
        && _byTeam[team].Any(p => SpecialistChoice.CanTake(CandidateFor(p, vacancy, null, 0), NeedOf(vacancy)));

    public Choice Choose(Vacancy vacancy)
    {
        var need = NeedOf(vacancy);
        var deputy = (vacancy.HeldBy ?? vacancy.HadBy) is { } held ? DeputyOf(held) : null;
        IEnumerable<Specialist> team = vacancy.TeamId is { } id ? _byTeam[id] : [];
        // whoever was named to stand in does so in other teams too
        var candidates = (deputy is null ? team : team.Append(deputy).DistinctBy(p => p.Id))
            .Select(p => CandidateFor(p, vacancy, deputy, p.Id == vacancy.HeldBy ? need.Weight : 0))
            .ToList();
        return SpecialistChoice.Choose(need, candidates);
    }

    /// <summary>Who gets it when the next able person comes, whose room it takes on this board.</summary>
    /// <returns>Null where somebody could take it now, or nobody who is yet to come will have room for it.</returns>
    public PlannedTurn? Plan(Vacancy vacancy)
    {
        var need = NeedOf(vacancy);
        var deputy = vacancy.HadBy is { } had ? DeputyOf(had) : null;
        var coming = (vacancy.TeamId is { } team ? _byTeam[team] : [])
            .Select(p =>
                (
                    At: ReadyAt(p),
                    Candidate: CandidateFor(p, vacancy, deputy, 0) with
                    {
                        IsAbsent = false,
                        IsOnShift = true,
                        Presence = Presence.Available,
                    }
                )
            )
            .Where(c => c.At is not null && SpecialistChoice.CanTake(c.Candidate, need))
            .ToList();
        if (coming.Count == 0 || coming.Min(c => c.At) is not { } next || next <= _now)
            return null;
        var choice = SpecialistChoice.Choose(need, coming.FindAll(c => c.At == next).ConvertAll(c => c.Candidate));
        if (choice.Chosen is not { } chosen)
            return null;
        _work[chosen] = WorkOf(chosen) + need.Weight;
        return new(chosen, _people[chosen].Name, next);
    }

    /// <summary>When they are there and take something new; null = nobody knows.</summary>
    private DateTimeOffset? ReadyAt(Specialist person)
    {
        if (_readyAt.TryGetValue(person.Id, out var known))
            return known;
        return _readyAt[person.Id] = Find();

        DateTimeOffset? Find()
        {
            if (person.PresenceAt(_now) is Presence.Away && person.PresenceUntil is null)
                return null;
            var calendar = person.BusinessHours?.ToCalendar();
            var at = person.PresenceAt(_now) is Presence.Away ? person.PresenceUntil!.Value : _now;
            // a shift may begin within an absence, and the absence end between two shifts
            for (var tries = 0; tries < 3; tries++)
            {
                if (person.IsAbsentAt(at))
                    at = person.AbsentUntil!.Value;
                if (calendar is null)
                    return at;
                var opens = calendar.OpenFrom(at).Select(open => (DateTimeOffset?)open.From).FirstOrDefault();
                if (opens is not { } shift || !person.IsAbsentAt(shift))
                    return opens;
                at = shift;
            }
            return null;
        }
    }

    private AssignmentNeed NeedOf(Vacancy vacancy) =>
        new()
        {
            Complexity = vacancy.Complexity,
            Weight = Workload.Weight(vacancy.Complexity, vacancy.Status),
            IsVip = vacancy.IsVip,
            VipMargin = _vipMargin,
        };

    /// <summary>Counts the work and takes the person's turn; call it for whoever newly gets a ticket.</summary>
    public void Give(Guid specialistId, Vacancy vacancy)
    {
        _work[specialistId] = WorkOf(specialistId) + Workload.Weight(vacancy.Complexity, vacancy.Status);
        _given[specialistId] = (_given.GetValueOrDefault(specialistId).Count + 1, _now);
        if (!_turns.TryGetValue(specialistId, out var turn))
        {
            _turns[specialistId] = turn = new AssignmentTurn { SpecialistId = specialistId };
            _db.Add(turn);
        }
        turn.Take();
    }

    /// <summary>The one who had it has it no longer.</summary>
    public void TakeBack(Guid specialistId, Vacancy vacancy) =>
        _work[specialistId] = Math.Max(0, WorkOf(specialistId) - Workload.Weight(vacancy.Complexity, vacancy.Status));

    /// <summary>Weighted unresolved work, as counted and given meanwhile.</summary>
    public double WorkOf(Guid specialistId) => _work.GetValueOrDefault(specialistId);

    /// <summary>Who stands in for somebody absent; for a deputy who is absent too, theirs.</summary>
    /// <returns>Null when the person is here, or nobody stands in.</returns>
    private Specialist? DeputyOf(Guid held)
    {
        var asked = new HashSet<Guid>();
        var person = _people.GetValueOrDefault(held);
        while (person is not null && person.IsAbsentAt(_now))
        {
            if (!asked.Add(person.Id))
                return null; // they stand in for each other
            person = person.DeputyId is { } next ? _people.GetValueOrDefault(next) : null;
        }
        return asked.Count > 0 ? person : null;
    }

    private Candidate CandidateFor(Specialist person, Vacancy vacancy, Specialist? deputy, double ownWeight)
    {
        var met = _acquaintances[vacancy.CustomerId].Where(a => a.SpecialistId == person.Id).ToList();
        var hadIt = person.Id == (vacancy.HeldBy ?? vacancy.HadBy);
        return new Candidate
        {
            Id = person.Id,
            Name = person.Name,
            SkillLevel = LevelFor(person, vacancy.Topic),
            Presence = person.PresenceAt(_now),
            IsAbsent = person.IsAbsentAt(_now),
            IsOnShift = _onShift.Contains(person.Id),
            SpeaksLanguage = person.Speaks(vacancy.Language),
            Work = Math.Max(0, WorkOf(person.Id) - ownWeight),
            Capacity = person.Capacity,
            GivenToday = _given.GetValueOrDefault(person.Id).Count,
            LastGivenAt = _given.TryGetValue(person.Id, out var given) ? given.LastAt : null,
            KnowsMatter = hadIt || (vacancy.Topic is { } topic && met.Exists(a => a.TopicId == topic.Id)),
            KnowsCustomer = met.Count > 0,
            Record =
                vacancy.Topic is { } about && _records.TryGetValue((person.Id, about.Id), out var record)
                    ? record
                    : new TrackRecord(0, 0),
            GaveBack = vacancy.GivenBackBy.Contains(person.Id),
            StandsInFor = person.Id == deputy?.Id ? _people[(vacancy.HeldBy ?? vacancy.HadBy)!.Value].Name : null,
        };
    }

    private static int? LevelFor(Specialist person, Topic? topic) =>
        topic?.SkillId is { } skill ? person.Skills.Find(s => s.SkillId == skill)?.Level ?? 0 : null;
}
