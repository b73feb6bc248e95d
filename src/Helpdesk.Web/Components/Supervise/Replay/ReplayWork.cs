using System.Globalization;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Replay;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Admin;
using Helpdesk.Web.Components.Admin.Rules;
using Helpdesk.Web.Components.Admin.TopicTree;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Supervise.Replay;

/// <param name="Changes">What was different in the changed run, in words.</param>
public sealed record ReplayOutcome(ReplayResult Result, IReadOnlyList<string> Changes);

/// <summary>Runs the last days again as the desk stands and as somebody would have it; nothing is changed.</summary>
public sealed class ReplayWork(
    RoutingReplay replay,
    RuleChanges rules,
    IDbContextFactory<HelpdeskDbContext> databases,
    IStringLocalizer<SuperviseTexts> texts,
    IStringLocalizer<AdminTexts> fields,
    TimeProvider time
)
{
    /// <returns>How it came out, or why not.</returns>
    public async Task<(ReplayOutcome? Outcome, string? Refusal)> RunAsync(
        ReplayForm form,
        ReplayPeople people,
        CancellationToken cancellationToken
    )
    {
        if (form.DaysNumber is not { } days)
            return (null, texts["Replay.DaysRule"]);
        if (!form.IsMarginValid)
            return (null, texts["Replay.MarginRule"]);
        if (OwnWords.Problem(form.Rules.Words) is { } wrongWords)
            return (null, wrongWords);
        if (form.Rules.ToRules() is not { } changed)
            return (null, fields["Rules.Wrong"]);
        var changes = new List<string>();
        Dictionary<string, PersonChange> persons = [];
        if (!people.IsEmpty)
        {
            var (described, refusal) = await DescribeAsync(people, changes, cancellationToken);
            if (described is null)
                return (null, refusal);
            persons = described;
        }
        changes.AddRange(
            RuleChanges
                .Differences(await rules.ReadAsync(), RulesForm.Of(changed))
                .Select(r => texts["Replay.Rule", fields[$"Rules.{r.Name}"].Value, r.Was ?? "", r.Became ?? ""].Value)
        );
        if (form.Model is { } model)
            changes.Add(texts["Replay.ReadBy", model]);
        var now = time.GetUtcNow();
        try
        {
            var result = await replay.RunAsync(
                now.AddDays(-days),
                now,
                new ReplayConfig
                {
                    Priority = changed.Priority,
                    VipMargin = changed.VipMargin,
                    Model = form.Model,
                    People = persons,
                },
                cancellationToken
            );
            return (new(result, changes), null);
        }
        catch (InvalidDataException wrong)
        {
            return (null, texts["Replay.Refused", wrong.Message]);
        }
    }

    /// <summary>What is said by numbers on the page, by names.</summary>
    private async Task<(Dictionary<string, PersonChange>? People, string? Refusal)> DescribeAsync(
        ReplayPeople people,
        List<string> changes,
        CancellationToken cancellationToken
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var staff = await db
            .Specialists.Where(s => s.IsActive)
            .Select(s => new
            {
                s.Id,
                s.Name,
                s.Address,
            })
            .ToDictionaryAsync(s => s.Id, cancellationToken);
        var skills = await db.Skills.ToDictionaryAsync(s => s.Id, s => s.Name, cancellationToken);
        var hours = await db.BusinessHours.ToDictionaryAsync(h => h.Id, h => h.Name, cancellationToken);
        var described = new Dictionary<string, PersonChange>();
        foreach (var id in people.Cells.Select(c => c.PersonId).Concat(people.Absent).Distinct())
        {
            var cells = people.Cells.Where(c => c.PersonId == id).ToList();
            if (
                !staff.TryGetValue(id, out var person)
                || cells.Exists(c => c.SkillId is { } s && !skills.ContainsKey(s))
            )
                return (null, texts["Replay.Gone"]);
            if (!cells.TrueForAll(c => SkillSheet.IsValid(c, hours)))
                return (null, texts["Replay.Cell"]);
            if (people.Absent.Contains(id))
                changes.Add(texts["Replay.IsAbsent", person.Name]);
            foreach (var cell in cells.Where(c => !IsSame(c)))
                changes.Add(
                    texts[
                        "Replay.Changes",
                        person.Name,
                        ColumnOf(cell, skills),
                        Shown(cell, cell.Was),
                        Shown(cell, cell.Now)
                    ]
                );
            described[person.Address] = ChangeOf(cells, people.Absent.Contains(id), skills, hours);
        }
        foreach (var (id, typed) in people.More)
        {
            if (!staff.TryGetValue(id, out var like))
                return (null, texts["Replay.Gone"]);
            if (!int.TryParse(typed, NumberStyles.None, null, out var more) || more > ReplayPeople.MostMore)
                return (null, texts["Replay.MoreRule", ReplayPeople.MostMore]);
            if (more > 0)
                changes.Add(texts["Replay.MoreLike", more, like.Name]);
            for (var i = 0; i < more; i++)
                described[NewName(like.Name)] = new PersonChange(Like: like.Address);
        }
        return (described, null);

        // of two who are called alike there may be more too
        string NewName(string like)
        {
            var number = 1;
            while (described.ContainsKey(texts["Replay.Newcomer", number, like]))
                number++;
            return texts["Replay.Newcomer", number, like];
        }

        string Shown(SheetCell cell, string value) =>
            !cell.IsHours ? value
            : value.Length == 0 ? fields["Person.HoursAny"]
            : int.TryParse(value, NumberStyles.None, null, out var id) ? hours.GetValueOrDefault(id, value)
            : value;
    }

    private static bool IsSame(SheetCell cell) =>
        cell is { SkillId: null, IsHours: false }
        && double.TryParse(cell.Was, CultureInfo.InvariantCulture, out var was)
        && was == double.Parse(cell.Now, CultureInfo.InvariantCulture);

    private string ColumnOf(SheetCell cell, Dictionary<int, string> skills) =>
        cell.SkillId is { } skill ? skills[skill] : fields[cell.IsHours ? "Field.HoursId" : "Field.Capacity"];

    private static PersonChange ChangeOf(
        List<SheetCell> cells,
        bool isAbsent,
        Dictionary<int, string> skills,
        Dictionary<int, string> hours
    )
    {
        var capacity = cells.Find(c => c.SkillId is null && !c.IsHours)?.Now;
        var shift = cells.Find(c => c.IsHours)?.Now;
        return new PersonChange(
            capacity is null ? null : double.Parse(capacity, CultureInfo.InvariantCulture),
            isAbsent,
            shift is null ? null
                : shift.Length == 0 ? ""
                : hours[int.Parse(shift, CultureInfo.InvariantCulture)],
            cells
                .Where(c => c.SkillId is not null)
                .ToDictionary(c => skills[c.SkillId!.Value], c => int.Parse(c.Now, CultureInfo.InvariantCulture))
        );
    }
}
