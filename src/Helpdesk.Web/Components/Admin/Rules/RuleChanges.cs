using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Replay;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Admin.Rules;

/// <param name="Changed">The fields that were changed.</param>
public sealed record RuleHistory(DateTimeOffset At, string ByName, IReadOnlyList<RuleDifference> Changed);

/// <param name="Name">Of a property of <see cref="PriorityWeights"/>, or the margin for VIPs.</param>
public sealed record RuleDifference(string Name, string? Was, string? Became);

/// <summary>Reads, previews and saves the rules of routing.</summary>
public sealed class RuleChanges(
    AdminWork work,
    IDbContextFactory<HelpdeskDbContext> databases,
    LiveRules live,
    RoutingReplay replay,
    TimeProvider time
)
{
    /// <summary>Where the rules can be had as a readable file.</summary>
    public const string FileAddress = "/admin/rules/routing-rules.json";

    /// <summary>Days that a preview replays.</summary>
    public const int PreviewDays = 14;
    private const int MostShown = 10;

    // nothing was changed, and a history of nothing helps nobody
    private const string AsItIs = "AsItIs";

    public async Task<RulesForm> ReadAsync()
    {
        var form = await work.ReadAsync<RulesForm>(async db => RulesForm.Of(await live.GetAsync(db)));
        return form!;
    }

    /// <summary>The last days again under these rules; nothing is changed.</summary>
    /// <exception cref="InvalidDataException">It cannot be run now; the message says why.</exception>
    public Task<ReplayResult> PreviewAsync(RoutingRules rules, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var config = new ReplayConfig { Priority = rules.Priority, VipMargin = rules.VipMargin };
        return replay.RunAsync(now.AddDays(-PreviewDays), now, config, cancellationToken);
    }

    /// <returns>Null when saved, else the refusal.</returns>
    public async Task<string?> SaveAsync(RulesForm form, RoutingRules rules)
    {
        RulesForm? before = null;
        var refusal = await work.DoAsync(
            "routing rules saved",
            async (db, who) =>
            {
                before = RulesForm.Of(await live.GetAsync(db));
                if (before.Mark() != form.Seen)
                    return AdminWork.Refusals.Changed;
                if (form.Mark() == form.Seen)
                    return AsItIs;
                db.Add(ChangeBy(who, rules));
                return null;
            },
            record: () => new AdminRecord("", form.ChangesFrom(before))
        );
        return refusal is AsItIs ? null : refusal;
    }

    /// <summary>Takes over a file, whatever was in force before.</summary>
    public Task<string?> ImportAsync(RoutingRules rules)
    {
        RulesForm? before = null;
        return work.DoAsync(
            "routing rules imported",
            async (db, who) =>
            {
                before = RulesForm.Of(await live.GetAsync(db));
                db.Add(ChangeBy(who, rules));
                return null;
            },
            record: () => new AdminRecord("", RulesForm.Of(rules).ChangesFrom(before))
        );
    }

    /// <summary>The latest changes, newest first.</summary>
    public async Task<IReadOnlyList<RuleHistory>> HistoryAsync()
    {
        await using var db = databases.CreateDbContext();
        var rows = await db.Set<RuleChange>()
            .AsNoTracking()
            .OrderByDescending(c => c.Id)
            .Take(MostShown + 1)
            .ToListAsync();
        var forms = rows.ConvertAll(r => RulesForm.Of(RoutingRules.ParseKept(r.RulesJson)));
        return
        [
            .. rows.Take(MostShown)
                .Select(
                    (r, i) =>
                        new RuleHistory(r.At, r.ByName, i + 1 < forms.Count ? Differences(forms[i + 1], forms[i]) : [])
                ),
        ];
    }

    /// <summary>The fields that hold another number.</summary>
    internal static IReadOnlyList<RuleDifference> Differences(RulesForm before, RulesForm after)
    {
        var changed = RulesForm
            .Names.Where(n => before.Points[n] != after.Points[n])
            .Select(n => new RuleDifference(n, before.Points[n], after.Points[n]))
            .ToList();
        if (before.Words != after.Words)
            changed.Add(new(nameof(RulesForm.Words), OwnWords.Joined(before.Words), OwnWords.Joined(after.Words)));
        if (before.VipMargin != after.VipMargin)
            changed.Add(new(nameof(RulesForm.VipMargin), before.VipMargin, after.VipMargin));
        return changed;
    }

    private RuleChange ChangeBy(Viewer.Staff who, RoutingRules rules) =>
        new()
        {
            At = time.GetUtcNow(),
            ByUserId = who.UserId,
            ByName = who.Name,
            RulesJson = rules.ToJson(),
        };
}
