using System.Globalization;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Routing.SetUp;

/// <summary>What makes no sense in a file, entry by entry.</summary>
internal static class SetUpCheck
{
    /// <summary>Names and keys; longer texts may have several lines.</summary>
    private const int MostOfOneLine = 120;

    public const int MostPhrases = 200;
    private const int MostProblems = 20;

    /// <param name="now">What the desk has already may be referred to as well.</param>
    /// <param name="tiers">Names of the tiers.</param>
    /// <exception cref="InvalidDataException">With all problems, one a line.</exception>
    public static void Run(RoutingSetUp file, RoutingSetUp now, IReadOnlySet<string> tiers)
    {
        var problems = new List<string>();
        var teams = file.Teams.Concat(now.Teams).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var skills = file.Skills.Concat(now.Skills).Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
        var hours = file.Hours.Concat(now.Hours).Select(h => h.Name).ToHashSet(StringComparer.Ordinal);
        var topics = file.Topics.Concat(now.Topics).Select(t => t.Key).ToHashSet(StringComparer.Ordinal);
        var areas = file.Areas.Concat(now.Areas).Select(a => a.Key).ToHashSet(StringComparer.Ordinal);

        Once("teams", file.Teams.Select(t => t.Name));
        Once("skills", file.Skills.Select(s => s.Key));
        Once("hours", file.Hours.Select(h => h.Name));
        Once("areas and topics", file.Areas.Select(a => a.Key).Concat(file.Topics.Select(t => t.Key)));
        Once("people", file.People.Select(p => SetUpPlan.Lower(p.Address)));
        Once("automaticAnswers", file.AutomaticAnswers.Select(a => a.Topic));
        problems.AddRange(SetUpNames.Problems(file, now));
        Known("desk: defaultTeam", file.DefaultTeam, teams, "team");
        if (file.Rules?.Problem() is { } rules)
            problems.Add($"rules: {rules}");
        if (file.Spam is { } spam)
            Spam(spam);
        foreach (var team in file.Teams)
            Length($"teams/{team.Name}", (team.Name, 80), (team.Description, 500));
        foreach (var skill in file.Skills)
            Length($"skills/{skill.Key}", (skill.Key, 80), (skill.Name, 80));
        foreach (var entry in file.Hours)
            Calendar(entry);
        foreach (var area in file.Areas)
        {
            Length($"areas/{area.Key}", (area.Key, 80), (area.Name, 120), (area.Description, 500));
            Known($"areas/{area.Key}", area.Team, teams, "team");
            if (now.Topics.Any(t => t.Key == area.Key))
                problems.Add($"areas/{area.Key}: this is a topic of the desk, and cannot become an area.");
            foreach (var topic in area.Topics)
                Topic(topic);
        }
        foreach (var person in file.People)
            Person(person);
        foreach (var answers in file.AutomaticAnswers)
        {
            Known($"automaticAnswers/{answers.Topic}", answers.Topic, topics, "topic");
            if (!Array.Exists(AnsweringSwitch.Promises, p => Math.Abs(p - answers.Promise) < 1e-9))
                problems.Add($"automaticAnswers/{answers.Topic}: what can be promised is 0.9, 0.95, 0.98 or 0.99.");
            if (!Enum.IsDefined(answers.State))
                problems.Add($"automaticAnswers/{answers.Topic}: {answers.State} is no state.");
            foreach (var tier in answers.ExcludedTiers)
                Known($"automaticAnswers/{answers.Topic}", tier, tiers, "tier");
        }
        if (problems.Count > 0)
            throw new InvalidDataException(string.Join('\n', problems.Take(MostProblems)));

        void Spam(SetUpSpam spam)
        {
            if (!Enum.IsDefined(spam.Filter))
                problems.Add($"spam: {spam.Filter} is no filter.");
            if (spam.MostMailsOfUnknown is not (>= 1 and <= 1000))
                problems.Add("spam: mostMailsOfUnknown is a number from 1 to 1000.");
            var isOther = spam.Filter is TrustedFilter.Other;
            if (isOther != !string.IsNullOrWhiteSpace(spam.HeaderName))
                problems.Add("spam: headerName is for the filter Other, and it needs one.");
            else if (isOther && !spam.HeaderName!.All(c => c is > ' ' and <= '~' and not ':'))
                problems.Add("spam: a header's name has no spaces and no colon.");
            if (isOther != !string.IsNullOrWhiteSpace(spam.HeaderValue))
                problems.Add("spam: headerValue is for the filter Other, and it needs one.");
            if (
                spam.HeaderName is { Length: > SpamRules.MaxHeaderLength }
                || spam.HeaderValue is { Length: > SpamRules.MaxHeaderLength }
            )
                problems.Add($"spam: a header has at most {SpamRules.MaxHeaderLength} characters.");
        }

        void Topic(SetUpTopic topic)
        {
            var entry = $"topics/{topic.Key}";
            Length(entry, (topic.Key, 80), (topic.Name, 120), (topic.Description, 500));
            Known(entry, topic.Team, teams, "team");
            Known(entry, topic.Skill, skills, "skill");
            if (now.Areas.Any(a => a.Key == topic.Key))
                problems.Add($"{entry}: this is an area of the desk, and cannot become a topic.");
            if (topic.Phrases.Count > MostPhrases)
                problems.Add($"{entry}: more than {MostPhrases} phrases.");
            if (
                topic.Phrases.Any(p =>
                    string.IsNullOrWhiteSpace(p) || p.Length > TopicPhrase.MaxLength || p.Any(IsLineOrNothing)
                )
            )
                problems.Add($"{entry}: a phrase is one line of 1 to {TopicPhrase.MaxLength} characters.");
        }

        void Person(SetUpPerson person)
        {
            var entry = $"people/{person.Address}";
            if (person.Capacity is not (>= 0 and <= 100))
                problems.Add($"{entry}: capacity is a number from 0 to 100.");
            if (
                person.Languages.Split(' ') is var codes
                && !codes.All(c => c.Length == 2 && c.All(char.IsAsciiLetterLower))
            )
                problems.Add($"{entry}: languages are codes of two letters with spaces between them.");
            if (person.Address.Equals(person.Deputy, StringComparison.OrdinalIgnoreCase))
                problems.Add($"{entry}: nobody stands in for themselves.");
            Known(entry, person.Hours, hours, "hours");
            foreach (var team in person.Teams)
                Known(entry, team, teams, "team");
            foreach (var (skill, level) in person.Skills)
            {
                Known(entry, skill, skills, "skill");
                if (level is < 1 or > 3)
                    problems.Add($"{entry}: levels of skills are 1, 2 and 3, and {skill} has {level}.");
            }
        }

        void Calendar(SetUpHours entry)
        {
            Length($"hours/{entry.Name}", (entry.Name, 80));
            try
            {
                if (
                    !BusinessCalendar
                        .Parse(entry.TimeZone, entry.Week, entry.ClosedDays)
                        .OpensAfter(DateTimeOffset.UnixEpoch)
                )
                    problems.Add($"hours/{entry.Name}: they never open, so nothing would ever be due.");
            }
            catch (FormatException wrong)
            {
                problems.Add($"hours/{entry.Name}: {wrong.Message}");
            }
        }

        void Once(string section, IEnumerable<string> keys)
        {
            foreach (var twice in keys.CountBy(k => k, StringComparer.Ordinal).Where(k => k.Value > 1))
                problems.Add(
                    $"{section}/{twice.Key}: it stands there {twice.Value.ToString(CultureInfo.InvariantCulture)} times."
                );
        }

        void Known(string entry, string? name, IReadOnlySet<string> names, string what)
        {
            if (name is not null && !names.Contains(name))
                problems.Add($"{entry}: there is no {what} \"{name}\".");
        }

        // the first of them is what it is called, and must be there
        void Length(string entry, params (string Value, int Most)[] values)
        {
            if (
                IsUnseen(values[0].Value)
                || (values.Length > 1 && values[1].Most <= MostOfOneLine && IsUnseen(values[1].Value))
            )
                problems.Add($"{entry}: it has no name.");
            if (values.Any(v => v.Value.Length > v.Most))
                problems.Add($"{entry}: a text is too long.");
            if (
                values.Any(v =>
                    v.Most <= MostOfOneLine
                        ? v.Value.Any(IsLineOrNothing)
                        : v.Value.Contains('\0', StringComparison.Ordinal)
                )
            )
                problems.Add($"{entry}: a text has signs that cannot stand there, such as the end of a line.");
        }
    }

    private static bool IsUnseen(string name) => DeskNames.Folded(name).Length == 0;

    private static bool IsLineOrNothing(char c) => c is '\n' or '\r' or '\0';
}
