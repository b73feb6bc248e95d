using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;
using static Helpdesk.Web.Components.Admin.AdminWork;

namespace Helpdesk.Web.Components.Admin.Promises;

public sealed record PolicyRow(
    int Id,
    string Name,
    string Hours,
    bool IsDefault,
    IReadOnlyList<string> Tiers,
    int Organizations
);

public sealed record HoursRow(BusinessHours Hours, int Holidays, int Policies, int People);

public sealed record TierRow(int Id, string Name, int Rank, int Points, bool IsVip, string? Policy);

/// <summary>What an administrator promises customers: policies, the hours they are counted in, and whom they are for.</summary>
public sealed class PromiseChanges(AdminWork work, IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    public async Task<IReadOnlyList<PolicyRow>> PoliciesAsync()
    {
        await using var db = databases.CreateDbContext();
        return await db
            .SlaPolicies.OrderBy(p => p.Name)
            .Select(p => new PolicyRow(
                p.Id,
                p.Name,
                p.BusinessHours.Name,
                db.DeskSettings.Any(s => s.DefaultSlaPolicyId == p.Id),
                db.Tiers.Where(t => t.SlaPolicyId == p.Id).OrderBy(t => t.Name).Select(t => t.Name).ToList(),
                db.Organizations.Count(o => o.SlaPolicyId == p.Id)
            ))
            .AsSplitQuery()
            .ToListAsync();
    }

    public async Task<IReadOnlyList<HoursRow>> HoursAsync()
    {
        await using var db = databases.CreateDbContext();
        var rows = await db
            .BusinessHours.AsNoTracking()
            .OrderBy(h => h.Name)
            .Select(h => new
            {
                Hours = h,
                Policies = db.SlaPolicies.Count(p => p.BusinessHoursId == h.Id),
                People = db.Specialists.Count(s => s.BusinessHoursId == h.Id && s.IsActive),
            })
            .ToListAsync();
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return rows.ConvertAll(r => new HoursRow(
            r.Hours,
            r.Hours.Holidays.Count(d => d >= today),
            r.Policies,
            r.People
        ));
    }

    public async Task<IReadOnlyList<TierRow>> TiersAsync()
    {
        await using var db = databases.CreateDbContext();
        return await db
            .Tiers.OrderByDescending(t => t.Rank)
            .ThenBy(t => t.Name)
            .Select(t => new TierRow(t.Id, t.Name, t.Rank, t.PriorityPoints, t.IsVip, t.SlaPolicy!.Name))
            .ToListAsync();
    }

    // ---- policies

    public Task<PolicyForm?> PolicyAsync(int id) => work.ReadAsync(db => PolicyAsync(db, id));

    public Task<(string? Refusal, int Id)> SavePolicyAsync(int? id, PolicyForm form) =>
        work.SaveAsync("policy", id, form, db => PolicyAsync(db, id!.Value), db => SaveAsync(db, id, form));

    private static async Task<(string? Refusal, Func<int>? Saved)> SaveAsync(
        HelpdeskDbContext db,
        int? id,
        PolicyForm form
    )
    {
        var name = form.Name!.Trim();
        if (await IsTakenAsync(name, id, db.SlaPolicies.Select(p => new NamedRow(p.Id, p.Name))))
            return (Refusals.Taken, null);
        if (!await db.BusinessHours.AnyAsync(h => h.Id == form.HoursId))
            return (Refusals.Changed, null);
        var policy = id is null
            ? new SlaPolicy { Name = name }
            : await db
                .SlaPolicies.Include(p => p.Promises)
                .Include(p => p.Escalations)
                .AsSplitQuery()
                .SingleAsync(p => p.Id == id);
        if (id is null)
            db.SlaPolicies.Add(policy);
        (policy.Name, policy.BusinessHoursId) = (name, form.HoursId!.Value);
        foreach (var priority in PolicyForm.Priorities)
        {
            var promise = policy.Promises.Find(p => p.Priority == priority);
            if (promise is null)
                policy.Promises.Add(promise = new SlaPromise { Priority = priority });
            promise.FirstResponseMinutes = form.Minutes(priority, SlaTarget.FirstResponse);
            promise.NextResponseMinutes = form.Minutes(priority, SlaTarget.NextResponse);
            promise.ResolutionMinutes = form.Minutes(priority, SlaTarget.Resolution);
        }
        var levels = form.Levels;
        policy.Escalations.RemoveAll(r => levels.All(l => l.Percent != r.Percent));
        foreach (var (percent, actions) in levels)
        {
            if (policy.Escalations.Find(r => r.Percent == percent) is { } rule)
                rule.Actions = actions;
            else
                policy.Escalations.Add(new EscalationRule { Percent = percent, Actions = actions });
        }
        await db.SaveChangesAsync();
        var settings = await db.DeskSettings.SingleAsync();
        if (form.IsDefault)
            settings.DefaultSlaPolicyId = policy.Id;
        else if (settings.DefaultSlaPolicyId == policy.Id)
            return ("DefaultPolicy", null);
        return (null, () => policy.Id);
    }

    private static async Task<PolicyForm?> PolicyAsync(HelpdeskDbContext db, int id)
    {
        var policy = await db
            .SlaPolicies.AsNoTracking()
            .Include(p => p.Promises)
            .Include(p => p.Escalations)
            .AsSplitQuery()
            .SingleOrDefaultAsync(p => p.Id == id);
        if (policy is null)
            return null;
        var form = new PolicyForm
        {
            Name = policy.Name,
            HoursId = policy.BusinessHoursId,
            IsDefault = await db.DeskSettings.AnyAsync(s => s.DefaultSlaPolicyId == id),
        };
        foreach (var promise in policy.Promises)
        foreach (var target in PolicyForm.Targets)
            form.Times[PolicyForm.Cell(promise.Priority, target)] = PolicyForm.TextOf(
                (int?)promise.For(target)?.TotalMinutes
            );
        foreach (var (row, rule) in policy.Escalations.OrderBy(r => r.Percent).Index())
        {
            form.Percents[row] = rule.Percent.ToString(CultureInfo.InvariantCulture);
            foreach (var action in PolicyForm.Actions.Where(a => rule.Actions.HasFlag(a)))
                form.Acts[PolicyForm.Box(row, action)] = true;
        }
        return form;
    }

    // ---- hours

    public Task<HoursForm?> HoursAsync(int id) => work.ReadAsync(db => HoursAsync(db, id));

    public Task<(string? Refusal, int Id)> SaveHoursAsync(int? id, HoursForm form) =>
        work.SaveAsync(
            "business hours",
            id,
            form,
            db => HoursAsync(db, id!.Value),
            async db =>
            {
                var name = form.Name!.Trim();
                if (await IsTakenAsync(name, id, db.BusinessHours.Select(h => new NamedRow(h.Id, h.Name))))
                    return (Refusals.Taken, null);
                if (!Opens(form))
                    return ("Week", null);
                var hours = id is null
                    ? new BusinessHours
                    {
                        Name = name,
                        TimeZoneId = form.Zone!,
                        Week = form.Week,
                    }
                    : await db.BusinessHours.SingleAsync(h => h.Id == id);
                if (id is null)
                    db.BusinessHours.Add(hours);
                (hours.Name, hours.TimeZoneId, hours.Week) = (name, form.Zone!, form.Week);
                hours.Holidays = form.HolidayList;
                return (null, () => hours.Id);
            }
        );

    private bool Opens(HoursForm form)
    {
        try
        {
            return BusinessCalendar.Parse(form.Zone!, form.Week, form.HolidayList).OpensAfter(time.GetUtcNow());
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static async Task<HoursForm?> HoursAsync(HelpdeskDbContext db, int id) =>
        await db.BusinessHours.AsNoTracking().SingleOrDefaultAsync(h => h.Id == id) is { } hours
            ? HoursForm.Of(hours)
            : null;

    // ---- tiers

    public Task<TierForm?> TierAsync(int id) => work.ReadAsync(db => TierAsync(db, id));

    public Task<(string? Refusal, int Id)> SaveTierAsync(int? id, TierForm form) =>
        work.SaveAsync(
            "tier",
            id,
            form,
            db => TierAsync(db, id!.Value),
            async db =>
            {
                var name = form.Name!.Trim();
                if (await IsTakenAsync(name, id, db.Tiers.Select(t => new NamedRow(t.Id, t.Name))))
                    return (Refusals.Taken, null);
                if (form.PolicyId is { } policy && !await db.SlaPolicies.AnyAsync(p => p.Id == policy))
                    return (Refusals.Changed, null);
                var (rank, points) = (Number(form.Rank), Number(form.Points));
                var tier = id is null
                    ? new Tier
                    {
                        Name = name,
                        Rank = rank,
                        PriorityPoints = points,
                    }
                    : await db.Tiers.SingleAsync(t => t.Id == id);
                if (id is null)
                    db.Tiers.Add(tier);
                (tier.Name, tier.Rank, tier.PriorityPoints) = (name, rank, points);
                (tier.IsVip, tier.SlaPolicyId) = (form.IsVip, form.PolicyId);
                return (null, () => tier.Id);
            }
        );

    private static async Task<TierForm?> TierAsync(HelpdeskDbContext db, int id) =>
        await db.Tiers.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id) is { } tier
            ? new TierForm
            {
                Name = tier.Name,
                Rank = tier.Rank.ToStringInvariant(),
                Points = tier.PriorityPoints.ToStringInvariant(),
                IsVip = tier.IsVip,
                PolicyId = tier.SlaPolicyId,
            }
            : null;

    private static int Number(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);
}
