using System.Globalization;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Routing.SetUp;

public enum SetUpNoteKind
{
    /// <summary>Nobody of the staff has this address: what the file says about them is left out.</summary>
    PersonNotKnown,

    /// <summary>Was not observed for long enough on this desk, or its precision does not keep the promise: it observes instead.</summary>
    NotReadyToAnswer,

    /// <summary>The desk has it and the file has not: it stays.</summary>
    NotInFile,
}

/// <param name="Entry">An address, or such as <c>topics/card_lost</c>.</param>
public sealed record SetUpNote(SetUpNoteKind Kind, string Entry);

/// <summary>What a file would change.</summary>
/// <param name="Wanted">The whole set-up afterwards.</param>
/// <param name="Differences">Named such as <c>topics/card_lost: team</c>.</param>
public sealed record SetUpPlan(
    RoutingSetUp Wanted,
    IReadOnlyList<ChangedField> Differences,
    IReadOnlyList<SetUpNote> Notes
)
{
    /// <summary>
    /// What the file names is taken from it as a whole, with its lists; what it does not name stays. Nothing is ever removed: tickets
    /// refer to topics and teams for ever.
    /// </summary>
    /// <param name="staff">Addresses of those who work here, in lower case.</param>
    /// <param name="mayAnswer">Whether the evidence of this desk allows it.</param>
    public static SetUpPlan Of(
        RoutingSetUp now,
        RoutingSetUp file,
        IReadOnlySet<string> staff,
        Func<SetUpAnswers, bool> mayAnswer
    )
    {
        var notes = new List<SetUpNote>();
        var present = now.People.ToDictionary(p => Lower(p.Address), p => p);
        var leads = now.Teams.ToDictionary(t => t.Name, t => t.Lead, StringComparer.Ordinal);
        var people = file
            .People.Where(p => IsKnown(p.Address))
            .Select(p => p with { Address = present.GetValueOrDefault(Lower(p.Address))?.Address ?? p.Address })
            .Select(p =>
                p with
                {
                    Deputy = KnownOr(p.Deputy, present.GetValueOrDefault(Lower(p.Address))?.Deputy),
                    Teams = Sorted(p.Teams),
                    Skills = Sorted(p.Skills),
                }
            )
            .ToList();
        var wanted = now with
        {
            DefaultTeam = file.DefaultTeam ?? now.DefaultTeam,
            SplitsCombined = file.SplitsCombined ?? now.SplitsCombined,
            Rules = file.Rules ?? now.Rules,
            Spam = file.Spam is { } spam ? spam with { HeaderValue = spam.HeaderValue?.Trim() } : now.Spam,
            Teams = Merged(
                "teams",
                now.Teams,
                [.. file.Teams.Select(t => t with { Lead = KnownOr(t.Lead, leads.GetValueOrDefault(t.Name)) })],
                t => t.Name
            ),
            Skills = Merged("skills", now.Skills, file.Skills, s => s.Key),
            Hours = Merged(
                "hours",
                now.Hours,
                [.. file.Hours.Select(h => h with { ClosedDays = [.. h.ClosedDays.Distinct().Order()] })],
                h => h.Name
            ),
            Areas = Areas(),
            People = Merged("people", now.People, people, p => Lower(p.Address)),
            AutomaticAnswers = Merged(
                "automaticAnswers",
                now.AutomaticAnswers,
                [.. file.AutomaticAnswers.Select(Allowed)],
                a => a.Topic
            ),
        };
        return new(wanted, Compare(now, wanted), [.. notes.Distinct()]);

        bool IsKnown(string address)
        {
            if (staff.Contains(Lower(address)))
                return true;
            notes.Add(new(SetUpNoteKind.PersonNotKnown, address));
            return false;
        }

        // an address of nobody is left out, and takes nobody's place
        string? KnownOr(string? address, string? stands) =>
            address is null ? null
            : !IsKnown(address) ? stands
            : present.GetValueOrDefault(Lower(address))?.Address ?? Lower(address);

        IReadOnlyList<T> Merged<T>(string section, IReadOnlyList<T> mine, IReadOnlyList<T> theirs, Func<T, string> key)
        {
            var named = theirs.Select(key).ToHashSet(StringComparer.Ordinal);
            var stay = mine.Where(m => !named.Contains(key(m))).ToList();
            notes.AddRange(stay.Select(s => new SetUpNote(SetUpNoteKind.NotInFile, $"{section}/{key(s)}")));
            return [.. stay.Concat(theirs).OrderBy(key, StringComparer.Ordinal)];
        }

        // a topic that the file puts into another area moves there
        IReadOnlyList<SetUpArea> Areas()
        {
            var topics = file
                .Areas.SelectMany(a =>
                    a.Topics.Select(t =>
                        (
                            Area: a.Key,
                            Topic: t with
                            {
                                Phrases =
                                [
                                    .. t
                                        .Phrases.Distinct(StringComparer.OrdinalIgnoreCase)
                                        .Order(StringComparer.Ordinal),
                                ],
                            }
                        )
                    )
                )
                .ToList();
            var merged = Merged(
                "topics",
                [.. now.Areas.SelectMany(a => a.Topics.Select(t => (Area: a.Key, Topic: t)))],
                topics,
                t => t.Topic.Key
            );
            return
            [
                .. Merged("areas", now.Areas, file.Areas, a => a.Key)
                    .Select(a => a with { Topics = [.. merged.Where(t => t.Area == a.Key).Select(t => t.Topic)] }),
            ];
        }

        SetUpAnswers Allowed(SetUpAnswers answers)
        {
            var sorted = answers with
            {
                State = SetUpReader.Wish(answers.State),
                ExcludedTiers = [.. answers.ExcludedTiers.Distinct().Order(StringComparer.Ordinal)],
            };
            var stands = now.AutomaticAnswers.FirstOrDefault(a => a.Topic == answers.Topic);
            if (answers.State is not AnsweringState.Answering || IsGoingOn(stands, sorted) || mayAnswer(sorted))
                return sorted;
            notes.Add(new(SetUpNoteKind.NotReadyToAnswer, answers.Topic));
            return stands?.State is AnsweringState.Answering
                ? stands
                : sorted with
                {
                    State = AnsweringState.Observing,
                };
        }
    }

    // it answers with this promise already: whom it leaves out may change
    private static bool IsGoingOn(SetUpAnswers? mine, SetUpAnswers theirs) =>
        mine is { State: AnsweringState.Answering } && Math.Abs(mine.Promise - theirs.Promise) < 1e-9;

    internal static bool IsSame(SetUpAnswers? mine, SetUpAnswers theirs) =>
        mine is not null
        && mine.State == theirs.State
        && Math.Abs(mine.Promise - theirs.Promise) < 1e-9
        && mine.ExcludedTiers.SequenceEqual(theirs.ExcludedTiers);

    /// <summary>Field by field, entries in the order of the file.</summary>
    public static IReadOnlyList<ChangedField> Compare(RoutingSetUp before, RoutingSetUp after)
    {
        var (was, became) = (Flat(before), Flat(after));
        return
        [
            .. became
                .Keys.Union(was.Keys, StringComparer.Ordinal)
                .Select(name => new ChangedField(name, was.GetValueOrDefault(name), became.GetValueOrDefault(name)))
                .Where(f => f.Was != f.Became),
        ];
    }

    private static Dictionary<string, string> Flat(RoutingSetUp setUp)
    {
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        Put("desk: defaultTeam", setUp.DefaultTeam);
        Put("desk: splitsCombined", setUp.SplitsCombined?.ToString());
        if (setUp.Rules is { } rules)
        {
            foreach (var property in typeof(Priority.PriorityWeights).GetProperties())
                Put(
                    $"rules: {property.Name}",
                    Convert.ToString(property.GetValue(rules.Priority), CultureInfo.InvariantCulture)
                );
            Put("rules: vipMargin", rules.VipMargin.ToString(CultureInfo.InvariantCulture));
        }
        if (setUp.Spam is { } spam)
            Entry(
                "spam",
                ("learns", spam.Learns.ToString()),
                ("filter", spam.Filter.ToString()),
                ("mostMailsOfUnknown", spam.MostMailsOfUnknown.ToString(CultureInfo.InvariantCulture)),
                ("headerName", spam.HeaderName),
                ("headerValue", spam.HeaderValue)
            );
        foreach (var team in setUp.Teams)
            Entry($"teams/{team.Name}", ("name", team.Name), ("description", team.Description), ("lead", team.Lead));
        foreach (var skill in setUp.Skills)
            Entry($"skills/{skill.Key}", ("name", skill.Name));
        foreach (var hours in setUp.Hours)
            Entry(
                $"hours/{hours.Name}",
                ("timeZone", hours.TimeZone),
                ("week", hours.Week),
                (
                    "closedDays",
                    string.Join(
                        '\n',
                        hours.ClosedDays.Select(d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
                    )
                )
            );
        foreach (var area in setUp.Areas)
        {
            Entry(
                $"areas/{area.Key}",
                ("name", area.Name),
                ("description", area.Description),
                ("icon", area.Icon),
                ("team", area.Team)
            );
            foreach (var topic in area.Topics)
                Entry(
                    $"topics/{topic.Key}",
                    ("name", topic.Name),
                    ("area", area.Key),
                    ("description", topic.Description),
                    ("team", topic.Team),
                    ("skill", topic.Skill),
                    ("archived", topic.Archived ? bool.TrueString : null),
                    ("phrases", string.Join('\n', topic.Phrases))
                );
        }
        foreach (var person in setUp.People)
        {
            Entry(
                $"people/{person.Address}",
                ("capacity", person.Capacity.ToString(CultureInfo.InvariantCulture)),
                ("languages", person.Languages),
                ("hours", person.Hours),
                ("deputy", person.Deputy),
                ("teams", string.Join(", ", person.Teams))
            );
            foreach (var (skill, level) in person.Skills)
                Put($"people/{person.Address}: skills/{skill}", level.ToString(CultureInfo.InvariantCulture));
        }
        foreach (var answers in setUp.AutomaticAnswers)
            Entry(
                $"automaticAnswers/{answers.Topic}",
                ("state", answers.State.ToString()),
                ("promise", answers.Promise.ToString(CultureInfo.InvariantCulture)),
                ("excludedTiers", string.Join(", ", answers.ExcludedTiers))
            );
        return flat;

        void Entry(string entry, params (string Name, string? Value)[] fields)
        {
            foreach (var (name, value) in fields)
                Put($"{entry}: {name}", value);
        }

        void Put(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                flat[name] = value;
        }
    }

    internal static string Lower(string address) => address.Trim().ToLowerInvariant();

    private static IReadOnlyList<string> Sorted(IReadOnlyList<string> names) =>
        [.. names.Distinct().Order(StringComparer.Ordinal)];

    private static IReadOnlyDictionary<string, int> Sorted(IReadOnlyDictionary<string, int> levels) =>
        new SortedDictionary<string, int>(levels.ToDictionary(), StringComparer.Ordinal);
}
