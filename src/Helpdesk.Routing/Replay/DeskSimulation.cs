using Helpdesk.Routing.Assignment;
using Helpdesk.Tickets;
using Helpdesk.Tickets.People;

namespace Helpdesk.Routing.Replay;

/// <summary>
/// Plays a desk event by event: requests come, people begin and end their shifts, are absent, and work on one request at a
/// time, the most important of theirs first. There is no chance in it: the same desk gives the same run.
/// </summary>
/// <remarks>Stated rules of the play: an expert needs 0.8 of a request's effort, a learner 1.4. Whoever finds on beginning
/// that they lack what it needs (the skill, or the level for complex work) loses ten minutes and hands it to the able
/// colleague with the least work. An absence releases what has not been begun.</remarks>
public sealed class DeskSimulation
{
    private const double ExpertPace = 0.8;
    private const double LearnerPace = 1.4;

    private static readonly TimeSpan LostByHandOver = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FairnessWindow = TimeSpan.FromHours(24);

    private readonly SimulatedStrategy _strategy;
    private readonly double _vipMargin;
    private readonly DateTimeOffset _end;
    private readonly List<Worker> _workers;
    private readonly Dictionary<Guid, Worker> _byId;
    private readonly PriorityQueue<Happening, (DateTimeOffset, int, long)> _events = new();
    private readonly List<Job> _jobs = [];

    // what waits, by all that decides whether somebody may take it: freed capacity asks once a kind, however many wait
    private readonly Dictionary<WaitingKind, SortedSet<Job>> _waiting = [];
    private readonly Dictionary<int, int> _turns = [];
    private readonly HashSet<(long Customer, Guid Person)> _met = [];
    private readonly HashSet<(long Customer, int? Topic, Guid Person)> _metOn = [];
    private double _mostOver;
    private long _sequence;

    private sealed class Worker(SimulatedPerson person)
    {
        public SimulatedPerson Person => person;
        public List<Job> Jobs { get; } = [];
        public Job? Current { get; set; }
        public List<DateTimeOffset> Given { get; } = [];
        public double Done { get; set; }
        public Dictionary<int, int> Solved { get; } = [];
        public double Work => Jobs.Sum(j => j.Weight);
    }

    private sealed class Job(SimulatedRequest request)
    {
        public SimulatedRequest Request => request;
        public double Weight { get; } = Workload.Weight(request.Complexity, TicketStatus.New);
        public Worker? Holder { get; set; }
        public Worker? ReleasedBy { get; set; }
        public Guid? First { get; set; }
        public Guid? Last { get; set; }
        public DateTimeOffset? StartedAt { get; set; }
        public DateTimeOffset? FinishedAt { get; set; }
        public int HandOvers { get; set; }
    }

    private sealed record WaitingKind(int? Team, int? Skill, Complexity Complexity, bool IsVip);

    /// <summary>The most important first.</summary>
    private static readonly Comparer<Job> ByImportance = Comparer<Job>.Create(
        (a, b) =>
            (!a.Request.IsVip, -a.Request.Score, a.Request.At, a.Request.Id).CompareTo(
                (!b.Request.IsVip, -b.Request.Score, b.Request.At, b.Request.Id)
            )
    );

    private enum Kind
    {
        Finishes,
        Comes,
        Appears,
        Leaves,
    }

    private sealed record Happening(Kind Kind, Worker? Worker, Job? Job);

    private DeskSimulation(
        IReadOnlyList<SimulatedPerson> people,
        SimulatedStrategy strategy,
        double vipMargin,
        DateTimeOffset end
    )
    {
        (_strategy, _vipMargin, _end) = (strategy, vipMargin, end);
        _workers = [.. people.OrderBy(p => p.Id).Select(p => new Worker(p))];
        _byId = _workers.ToDictionary(w => w.Person.Id);
    }

    /// <param name="end">Nothing after it is played.</param>
    public static SimulatedRun Run(
        IReadOnlyList<SimulatedPerson> people,
        IReadOnlyList<SimulatedRequest> requests,
        SimulatedStrategy strategy,
        DateTimeOffset end,
        double vipMargin = 0.25,
        CancellationToken cancellationToken = default
    )
    {
        var play = new DeskSimulation(people, strategy, vipMargin, end);
        var start = requests.Count == 0 ? end : requests.Min(r => r.At);
        foreach (var worker in play._workers)
            play.AddShifts(worker, start);
        foreach (var request in requests.OrderBy(r => r.At).ThenBy(r => r.Id))
        {
            var job = new Job(request);
            play._jobs.Add(job);
            play.Add(request.At, Kind.Comes, null, job);
        }
        play.Play(cancellationToken);
        return new SimulatedRun(
            [
                .. play._jobs.Select(j => new SimulatedOutcome(
                    j.Request,
                    j.First,
                    j.Last,
                    j.StartedAt,
                    j.FinishedAt,
                    j.HandOvers
                )),
            ],
            play._workers.ToDictionary(w => w.Person.Id, w => Math.Round(w.Done, 2)),
            play._mostOver,
            end
        );
    }

    private void AddShifts(Worker worker, DateTimeOffset start)
    {
        if (worker.Person.Hours is { IsAlwaysOpen: false } hours)
            foreach (var (from, _) in hours.OpenFrom(start).TakeWhile(o => o.From < _end))
                Add(from, Kind.Appears, worker, null);
        foreach (var (from, to) in worker.Person.Absences)
        {
            if (from > start && from < _end)
                Add(from, Kind.Leaves, worker, null);
            if (to > start && to < _end)
                Add(to, Kind.Appears, worker, null);
        }
    }

    private void Add(DateTimeOffset at, Kind kind, Worker? worker, Job? job) =>
        _events.Enqueue(new Happening(kind, worker, job), (at, (int)kind, _sequence++));

    private void Play(CancellationToken cancellationToken)
    {
        while (_events.TryDequeue(out var happening, out var when) && when.Item1 <= _end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var now = when.Item1;
            var (kind, worker, job) = happening;
            switch (kind)
            {
                case Kind.Comes:
                    Assign(job!, now);
                    break;
                case Kind.Finishes:
                    Finish(worker!, now);
                    Pull(now);
                    break;
                case Kind.Leaves:
                    Release(worker!, now);
                    break;
                default:
                    Pull(now);
                    break;
            }
            foreach (var each in _workers)
                Begin(each, now);
        }
    }

    private void Assign(Job job, DateTimeOffset now)
    {
        var chosen = _strategy is SimulatedStrategy.Routing ? ChooseByPoints(job, now) : ChoosePlainly(job, now);
        if (chosen is null)
            Wait(job);
        else
            Give(job, chosen, now);
    }

    private void Wait(Job job)
    {
        var request = job.Request;
        var kind = new WaitingKind(request.TeamId, request.SkillId, request.Complexity, request.IsVip);
        if (!_waiting.TryGetValue(kind, out var queue))
            _waiting.Add(kind, queue = new SortedSet<Job>(ByImportance));
        queue.Add(job);
    }

    private void Give(Job job, Worker to, DateTimeOffset now)
    {
        if (job.Last is { } before && before != to.Person.Id)
            job.HandOvers++;
        (job.Holder, job.Last) = (to, to.Person.Id);
        job.First ??= to.Person.Id;
        to.Jobs.Add(job);
        to.Given.Add(now);
        _met.Add((job.Request.CustomerId, to.Person.Id));
        _metOn.Add((job.Request.CustomerId, job.Request.TopicId, to.Person.Id));
        if (to.Person.Capacity > 0)
            _mostOver = Math.Max(_mostOver, to.Work / (to.Person.Capacity * (job.Request.IsVip ? 1 + _vipMargin : 1)));
    }

    /// <summary>Freed capacity takes what waits, the most important first.</summary>
    private void Pull(DateTimeOffset now)
    {
        while (MostImportantToGive(now) is { } queue)
        {
            var job = queue.Min!;
            queue.Remove(job);
            Give(job, ChooseByPoints(job, now)!, now);
        }
    }

    private SortedSet<Job>? MostImportantToGive(DateTimeOffset now)
    {
        SortedSet<Job>? best = null;
        foreach (var queue in _waiting.Values)
            if (
                queue.Min is { } first
                && (best is null || ByImportance.Compare(first, best.Min) < 0)
                && Team(first.Request)
                    .Any(w => HasRoom(w, first) && SpecialistChoice.CanTake(CandidateOf(w, first, now), NeedOf(first)))
            )
                best = queue;
        return best;
    }

    // most have none, which is seen sooner than what else there is about them
    private bool HasRoom(Worker worker, Job job) =>
        worker.Work + job.Weight <= worker.Person.Capacity * (1 + Math.Max(0, _vipMargin)) + 1e-6;

    private AssignmentNeed NeedOf(Job job) =>
        new()
        {
            Complexity = job.Request.Complexity,
            Weight = job.Weight,
            IsVip = job.Request.IsVip,
            VipMargin = _vipMargin,
        };

    private Worker? ChooseByPoints(Job job, DateTimeOffset now)
    {
        var candidates = Team(job.Request).Select(w => CandidateOf(w, job, now)).ToList();
        return SpecialistChoice.Choose(NeedOf(job), candidates).Chosen is { } id ? _byId[id] : null;
    }

    private Candidate CandidateOf(Worker worker, Job job, DateTimeOffset now)
    {
        var (person, request) = (worker.Person, job.Request);
        worker.Given.RemoveAll(at => at < now - FairnessWindow);
        return new Candidate
        {
            Id = person.Id,
            Name = person.Name,
            SkillLevel = person.LevelFor(request),
            IsAbsent = person.IsAbsent(now),
            IsOnShift = person.Hours?.IsOpen(now) ?? true,
            SpeaksLanguage =
                request.Language is null
                || person.Languages.Split(' ').Contains(request.Language, StringComparer.OrdinalIgnoreCase),
            Work = worker.Work,
            Capacity = person.Capacity,
            GivenToday = worker.Given.Count,
            LastGivenAt = worker.Given.Count > 0 ? worker.Given[^1] : null,
            KnowsMatter = _metOn.Contains((request.CustomerId, request.TopicId, person.Id)),
            KnowsCustomer = _met.Contains((request.CustomerId, person.Id)),
            Record = new TrackRecord(request.TopicId is { } topic ? worker.Solved.GetValueOrDefault(topic) : 0, 0),
            StandsInFor =
                job.ReleasedBy is { } absent && absent.Person.DeputyId == person.Id ? absent.Person.Name : null,
        };
    }

    private Worker? ChoosePlainly(Job job, DateTimeOffset now)
    {
        var request = job.Request;
        var team = Team(request).ToList();
        if (_strategy is SimulatedStrategy.SkilledRoundRobin or SimulatedStrategy.SkilledLeastLoaded)
            team = team.FindAll(w => IsAble(w, request));
        var present = team.FindAll(w => w.Person.IsPresent(now));
        // nobody there: it lies with somebody until their next shift
        var among = present.Count > 0 ? present : team.FindAll(w => !w.Person.IsAbsent(now));
        if (among.Count == 0)
            return null;
        if (_strategy is SimulatedStrategy.LeastLoaded or SimulatedStrategy.SkilledLeastLoaded)
            return among.MinBy(w => w.Jobs.Count);
        var turn = _turns[request.TeamId ?? 0] = _turns.GetValueOrDefault(request.TeamId ?? 0) + 1;
        return among[turn % among.Count];
    }

    private IEnumerable<Worker> Team(SimulatedRequest request) =>
        request.TeamId is { } team ? _workers.Where(w => w.Person.Teams.Contains(team)) : [];

    private static bool IsAble(Worker worker, SimulatedRequest request) =>
        worker.Person.LevelFor(request) switch
        {
            null or > 1 => true,
            1 => request.Complexity is not Complexity.Complex,
            _ => false,
        };

    private void Begin(Worker worker, DateTimeOffset now)
    {
        while (worker.Current is null && worker.Jobs.Count > 0 && worker.Person.IsPresent(now))
        {
            var job = worker.Jobs.Min(ByImportance)!;
            worker.Current = job;
            var lost = !IsAble(worker, job.Request);
            var pace = worker.Person.LevelFor(job.Request) switch
            {
                3 => ExpertPace,
                1 => LearnerPace,
                _ => 1,
            };
            var effort = lost ? LostByHandOver : job.Request.Effort * pace;
            if (!lost)
                job.StartedAt ??= now;
            Add(worker.Person.Hours?.Add(now, effort) ?? now + effort, Kind.Finishes, worker, job);
        }
    }

    private void Finish(Worker worker, DateTimeOffset now)
    {
        if (worker.Current is not { } job)
            return;
        worker.Current = null;
        worker.Jobs.Remove(job);
        if (IsAble(worker, job.Request))
        {
            job.FinishedAt = now;
            worker.Done += job.Weight;
            if (job.Request.TopicId is { } topic)
                worker.Solved[topic] = worker.Solved.GetValueOrDefault(topic) + 1;
            return;
        }
        var able = Team(job.Request).Where(w => IsAble(w, job.Request) && !w.Person.IsAbsent(now)).MinBy(w => w.Work);
        if (able is null)
            Wait(job);
        else
            Give(job, able, now);
    }

    private void Release(Worker worker, DateTimeOffset now)
    {
        foreach (var job in worker.Jobs.Where(j => j != worker.Current).ToList())
        {
            worker.Jobs.Remove(job);
            (job.Holder, job.ReleasedBy) = (null, worker);
            Assign(job, now);
        }
    }
}
