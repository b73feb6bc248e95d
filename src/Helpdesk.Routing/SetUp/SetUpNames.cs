using Helpdesk.Tickets.Settings;

namespace Helpdesk.Routing.SetUp;

/// <summary>Names in a file that people would take for those of another entry, by the rule of the pages.</summary>
internal static class SetUpNames
{
    /// <param name="Within">Names differ inside it: a topic's area.</param>
    private readonly record struct Entry(string Key, string Name, string Within = "");

    /// <summary>One sentence for each, with the entry that is to blame. What the desk has alike already, and the file leaves as it is, is none.</summary>
    public static IEnumerable<string> Problems(RoutingSetUp file, RoutingSetUp now) =>
        [
            .. Taken("teams", Teams(file), Teams(now)),
            .. Taken("skills", Skills(file), Skills(now)),
            .. Taken("hours", Hours(file), Hours(now)),
            .. Taken("areas", Areas(file), Areas(now)),
            .. Taken("topics", Topics(file), Topics(now)),
        ];

    private static IEnumerable<Entry> Teams(RoutingSetUp of) => of.Teams.Select(t => new Entry(t.Name, t.Name));

    private static IEnumerable<Entry> Skills(RoutingSetUp of) => of.Skills.Select(s => new Entry(s.Key, s.Name));

    private static IEnumerable<Entry> Hours(RoutingSetUp of) => of.Hours.Select(h => new Entry(h.Name, h.Name));

    private static IEnumerable<Entry> Areas(RoutingSetUp of) => of.Areas.Select(a => new Entry(a.Key, a.Name));

    private static IEnumerable<Entry> Topics(RoutingSetUp of) =>
        of.Areas.SelectMany(a => a.Topics.Select(t => new Entry(t.Key, t.Name, a.Key)));

    private static IEnumerable<string> Taken(string section, IEnumerable<Entry> file, IEnumerable<Entry> now)
    {
        var named = file.DistinctBy(e => e.Key).ToList();
        var stands = now.ToDictionary(e => e.Key, StringComparer.Ordinal);
        var afterwards = stands.ToDictionary(StringComparer.Ordinal);
        foreach (var entry in named)
            afterwards[entry.Key] = entry;
        var alike = afterwards.Values.ToLookup(e => (e.Within, DeskNames.Folded(e.Name)));
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in named)
        {
            // a topic that moves is new where it comes to
            if (stands.TryGetValue(entry.Key, out var was) && was == entry)
                continue;
            told.Add(entry.Key);
            if (
                alike[(entry.Within, DeskNames.Folded(entry.Name))]
                    .Where(other => !told.Contains(other.Key))
                    .Select(other => other.Key)
                    .FirstOrDefault() is
                { } other
            )
                yield return $"{section}/{entry.Key}: the name \"{entry.Name}\" is taken by {section}/{other} (\"{afterwards[other].Name}\").";
        }
    }
}
