using System.Globalization;
using Helpdesk.Routing.Assignment;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Account;
using Helpdesk.Web.Components.Desk;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using static Helpdesk.Web.Components.Admin.AdminWork;

namespace Helpdesk.Web.Components.Admin.Staff;

/// <summary>What an administrator does with the people of the desk.</summary>
public sealed class StaffChanges(
    AdminWork work,
    UserManager<AppUser> users,
    StaffLinks links,
    SpecialistRelease release,
    StaffPresence presences,
    DeskPerson me,
    DeskDirectory directory,
    TimeProvider time
)
{
    // who the change is about, for the history
    private string _name = "";

    private static readonly string[] StaffRoles = [Roles.Specialist, Roles.Supervisor, Roles.Administrator];

    /// <summary>The form of a member of staff as things are; null when there is none.</summary>
    public Task<PersonForm?> FormAsync(Guid id) => work.ReadAsync(db => FormAsync(db, id));

    /// <returns>The refusal, or the link's address, which is shown once.</returns>
    public async Task<(string? Refusal, string? Link, Guid Id)> InviteAsync(
        string name,
        string address,
        string role,
        IReadOnlyCollection<int> teams
    )
    {
        (string? link, Guid id) = (null, default);
        var refusal = await work.DoAsync(
            "person invited",
            async (db, _) =>
            {
                if (await users.FindByEmailAsync(address.Trim()) is not null)
                    return "AddressTaken";
                link = await links.InviteAsync(name, address.Trim(), role, byMail: true, CancellationToken.None);
                id = (await users.FindByEmailAsync(address.Trim()))!.Id;
                if (teams.Count > 0)
                {
                    var specialist = await SpecialistAsync(db, id, name, address.Trim());
                    foreach (var team in await db.Teams.Where(t => teams.Contains(t.Id)).ToListAsync())
                        db.TeamMembers.Add(new TeamMember { Team = team, Specialist = specialist });
                }
                return null;
            },
            () => $"{id}, {role}",
            () => new AdminRecord(name, [new ChangedField("Role", null, role)])
        );
        return (refusal, refusal is null ? link : null, id);
    }

    /// <summary>A fresh link for somebody who has not chosen a password yet; earlier ones end.</summary>
    public async Task<(string? Refusal, string? Link)> InviteAgainAsync(Guid id)
    {
        string? link = null;
        var refusal = await work.DoAsync(
            "invitation renewed",
            async (_, _) =>
            {
                if (await FindAsync(id) is not { PasswordHash: null, DeactivatedAt: null } user)
                    return Refusals.Gone;
                var role = (await users.GetRolesAsync(user)).FirstOrDefault() ?? Roles.Specialist;
                link = await links.InviteAgainAsync(user, role, CancellationToken.None);
                return null;
            },
            () => id.ToString(),
            Named
        );
        return (refusal, refusal is null ? link : null);
    }

    public async Task<string?> SaveAsync(Guid id, PersonForm form)
    {
        var changed = "";
        IReadOnlyList<ChangedField> fields = [];
        var refusal = await work.DoAsync(
            "person saved",
            async (db, who) =>
            {
                if (await FormAsync(db, id) is not { } before || await FindAsync(id) is not { } user)
                    return Refusals.Gone;
                if (before.Mark() != form.Seen)
                    return Refusals.Changed;
                (changed, fields) = (before.Differences(form), form.ChangesFrom(before));
                return await RefusalAsync(db, who, user, before, form) ?? await ApplyAsync(db, user, before, form);
            },
            () => $"{id}: {changed}",
            () => Named() with { Fields = fields }
        );
        // an absence that has begun does not wait for the timetable
        if (refusal is null)
            await release.RunForAbsentAsync();
        return refusal;
    }

    /// <summary>Ends the person's sessions and gives their unresolved tickets back to routing.</summary>
    public async Task<(string? Refusal, int Released)> DisableAsync(Guid id)
    {
        var refusal = await work.DoAsync(
            "person disabled",
            async (db, who) =>
            {
                if (await FindAsync(id) is not { } user)
                    return Refusals.Gone;
                if (await StaffRoster.IsLastAdministratorAsync(db, id))
                    return "LastAdministrator";
                if (id == who.UserId)
                    return "Yourself";
                user.DeactivatedAt ??= time.GetUtcNow();
                await SetActiveAsync(db, id, isActive: false);
                await users.UpdateSecurityStampAsync(user);
                return null;
            },
            () => id.ToString(),
            Named
        );
        // after the commit: whoever routes now must already see them gone
        return (refusal, refusal is null ? await release.RunAsync(id) : 0);
    }

    public Task<string?> EnableAsync(Guid id) =>
        work.DoAsync(
            "person enabled",
            async (db, _) =>
            {
                if (await FindAsync(id) is not { } user)
                    return Refusals.Gone;
                user.DeactivatedAt = null;
                await SetActiveAsync(db, id, isActive: true);
                await users.UpdateSecurityStampAsync(user);
                return null;
            },
            () => id.ToString(),
            Named
        );

    /// <summary>Gives the tickets of somebody absent or disabled back to routing, which prefers the deputy.</summary>
    public async Task<(string? Refusal, int Released)> HandOverAsync(Guid id)
    {
        var refusal = await work.DoAsync(
            "tickets handed over",
            async (db, _) =>
            {
                var now = time.GetUtcNow();
                await FindAsync(id);
                return await db.Specialists.AnyAsync(s =>
                    s.Id == id && (!s.IsActive || s.AbsentUntil > now && (s.AbsentFrom == null || s.AbsentFrom <= now))
                )
                    ? null
                    : Refusals.Changed;
            },
            () => id.ToString(),
            Named
        );
        return (refusal, refusal is null ? await release.RunAsync(id) : 0);
    }

    /// <summary>Says for somebody whether they get new requests; with its own history, so that the menu, the wall and scripts do the same.</summary>
    public async Task<string?> SetPresenceAsync(Guid id, Presence presence) =>
        await me.ConfirmAsync() is not { IsAdministrator: true } who ? Refusals.NotYours
        : await presences.SetAsync(id, presence, who.Actor) ? null
        : Refusals.Gone;

    /// <summary>Somebody lost the phone: the next sign-in is by password alone and asks to set up a new app.</summary>
    public Task<string?> ResetSecondFactorAsync(Guid id) =>
        work.DoAsync(
            "second factor reset",
            async (_, _) =>
            {
                if (await FindAsync(id) is not { } user)
                    return Refusals.Gone;
                await users.SetTwoFactorEnabledAsync(user, enabled: false);
                await users.ResetAuthenticatorKeyAsync(user);
                await users.GenerateNewTwoFactorRecoveryCodesAsync(user, 0);
                await users.UpdateSecurityStampAsync(user);
                return null;
            },
            () => id.ToString(),
            Named
        );

    private AdminRecord Named() => new(_name, []);

    private async Task<AppUser?> FindAsync(Guid id)
    {
        var user = await users.FindByIdAsync(id.ToString());
        _name = user?.DisplayName ?? "";
        return user;
    }

    // ---- saving

    private async Task<string?> RefusalAsync(
        HelpdeskDbContext db,
        Viewer.Staff who,
        AppUser user,
        PersonForm before,
        PersonForm form
    )
    {
        if (!form.IsSpecialist && !form.IsSupervisor && !form.IsAdministrator)
            return "NoRole";
        if (before.IsAdministrator && !form.IsAdministrator)
        {
            if (await StaffRoster.IsLastAdministratorAsync(db, user.Id))
                return "LastAdministrator";
            if (user.Id == who.UserId)
                return "Yourself";
        }
        if (await users.FindByEmailAsync(form.Address!.Trim()) is { } other && other.Id != user.Id)
            return "AddressTaken";
        if (form.Zone is { Length: > 0 } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
            return "Zone";
        if (form.HoursId is { } hours && !await db.BusinessHours.AnyAsync(h => h.Id == hours))
            return Refusals.Changed;
        if (
            form.DeputyId is { } deputy
            && (deputy == user.Id || !await db.Specialists.AnyAsync(s => s.Id == deputy && s.IsActive))
        )
            return "Deputy";
        // a choice that is not in the list is refused: leaving it out and saying "saved" would be untrue
        var teams = form.Teams.Where(t => t.Value).Select(t => t.Key).ToList();
        if (await db.Teams.CountAsync(t => teams.Contains(t.Id)) < teams.Count)
            return "NoTeam";
        if (form.Skills.Values.Any(level => level is < 1 or > 3))
            return "SkillLevel";
        var skills = form.Skills.Keys.ToList();
        return await db.Skills.CountAsync(s => skills.Contains(s.Id)) < skills.Count ? "NoSkill" : null;
    }

    private async Task<string?> ApplyAsync(HelpdeskDbContext db, AppUser user, PersonForm before, PersonForm form)
    {
        var address = form.Address!.Trim();
        user.DisplayName = Text.OneLine(form.Name, Customer.MaxNameLength);
        user.TimeZoneId = string.IsNullOrEmpty(form.Zone) ? null : form.Zone;
        if (!string.Equals(user.Email, address, StringComparison.Ordinal))
        {
            // whoever holds a link to the old address must not get in by it
            var old = Customer.Normalize(user.Email ?? "");
            await db.OneTimeLinks.Where(l => l.Address == old && l.UsedAt == null).ExecuteDeleteAsync();
            (user.Email, user.UserName) = (address, address);
            await users.UpdateSecurityStampAsync(user);
        }
        if (!(await users.UpdateAsync(user)).Succeeded)
            return "Address";
        await SetRolesAsync(user, before, form);
        // who only administers answers no tickets and must not stand in the lists of those who do
        if (
            !form.IsSpecialist
            && !form.Teams.ContainsValue(true)
            && !await db.Specialists.AnyAsync(s => s.Id == user.Id)
        )
            return null;
        var specialist = await SpecialistAsync(db, user.Id, user.DisplayName, address);
        (specialist.Name, specialist.Address) = (user.DisplayName, address);
        specialist.Capacity = form.CapacityNumber;
        specialist.Languages = string.Join(
            ' ',
            form.Languages!.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()
        );
        specialist.BusinessHoursId = form.HoursId;
        specialist.DeputyId = form.DeputyId;
        specialist.KeepsWork = form.KeepsWork;
        if (
            (before.AbsentFrom, before.AbsentThrough) != (form.AbsentFrom, form.AbsentThrough)
            && new AbsenceDays(form.AbsentFromDay, form.AbsentThroughDay).Apply(
                specialist,
                await ZoneAsync(form.Zone),
                time.GetUtcNow()
            )
                is { } mistake
        )
            return mistake;
        await SetTeamsAsync(db, specialist, form);
        await SetSkillsAsync(db, specialist, form);
        return null;
    }

    private async Task SetRolesAsync(AppUser user, PersonForm before, PersonForm form)
    {
        (string Role, bool Was, bool Is)[] roles =
        [
            (Roles.Specialist, before.IsSpecialist, form.IsSpecialist),
            (Roles.Supervisor, before.IsSupervisor, form.IsSupervisor),
            (Roles.Administrator, before.IsAdministrator, form.IsAdministrator),
        ];
        if (roles.All(r => r.Was == r.Is))
            return;
        await users.AddToRolesAsync(user, roles.Where(r => r.Is && !r.Was).Select(r => r.Role));
        await users.RemoveFromRolesAsync(user, roles.Where(r => r.Was && !r.Is).Select(r => r.Role));
        await users.UpdateSecurityStampAsync(user); // sessions under the old rights end
    }

    private static async Task SetTeamsAsync(HelpdeskDbContext db, Specialist specialist, PersonForm form)
    {
        var wanted = form.Teams.Where(t => t.Value).Select(t => t.Key).ToList();
        specialist.Teams.RemoveAll(m => !wanted.Contains(m.TeamId));
        foreach (var team in await db.Teams.Where(t => wanted.Contains(t.Id)).ToListAsync())
            if (!specialist.Teams.Exists(m => m.TeamId == team.Id))
                specialist.Teams.Add(new TeamMember { Team = team, Specialist = specialist });
    }

    private static async Task SetSkillsAsync(HelpdeskDbContext db, Specialist specialist, PersonForm form)
    {
        var wanted = form.Skills;
        specialist.Skills.RemoveAll(s => !wanted.ContainsKey(s.SkillId));
        foreach (var skill in await db.Skills.Where(s => wanted.Keys.Contains(s.Id)).ToListAsync())
        {
            if (specialist.Skills.Find(s => s.SkillId == skill.Id) is { } has)
                has.Level = wanted[skill.Id];
            else
                specialist.Skills.Add(
                    new SpecialistSkill
                    {
                        Skill = skill,
                        Specialist = specialist,
                        Level = wanted[skill.Id],
                    }
                );
        }
    }

    private static async Task<Specialist> SpecialistAsync(HelpdeskDbContext db, Guid id, string name, string address)
    {
        var known =
            db.Specialists.Local.FirstOrDefault(s => s.Id == id)
            ?? await db
                .Specialists.Include(s => s.Teams)
                .Include(s => s.Skills)
                .AsSplitQuery()
                .SingleOrDefaultAsync(s => s.Id == id);
        if (known is not null)
            return known;
        var added = new Specialist
        {
            Id = id,
            Name = name,
            Address = address,
        };
        db.Specialists.Add(added);
        return added;
    }

    private static async Task SetActiveAsync(HelpdeskDbContext db, Guid id, bool isActive)
    {
        if (await db.Specialists.FindAsync(id) is { } specialist)
            specialist.IsActive = isActive;
    }

    // ---- reading

    private async Task<PersonForm?> FormAsync(HelpdeskDbContext db, Guid id)
    {
        if (await StaffRoster.Staff(db).SingleOrDefaultAsync(u => u.Id == id) is not { } user)
            return null;
        var roles = await db
            .UserRoles.Where(r => r.UserId == id)
            .Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name!)
            .Where(name => StaffRoles.Contains(name))
            .ToListAsync();
        var specialist = await db
            .Specialists.AsNoTracking()
            .Include(s => s.Teams)
            .Include(s => s.Skills)
            .AsSplitQuery()
            .SingleOrDefaultAsync(s => s.Id == id);
        var form = new PersonForm
        {
            Name = user.DisplayName,
            Address = user.Email,
            IsSpecialist = roles.Contains(Roles.Specialist),
            IsSupervisor = roles.Contains(Roles.Supervisor),
            IsAdministrator = roles.Contains(Roles.Administrator),
            Zone = user.TimeZoneId,
        };
        if (specialist is null)
            return form;
        form.Languages = specialist.Languages;
        form.HoursId = specialist.BusinessHoursId;
        form.Capacity = specialist.Capacity.ToString(CultureInfo.InvariantCulture);
        form.DeputyId = specialist.DeputyId;
        form.KeepsWork = specialist.KeepsWork;
        var zone = await ZoneAsync(user.TimeZoneId);
        var absence = AbsenceDays.Of(specialist, zone, time.GetUtcNow());
        form.AbsentFrom = absence.From?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        form.AbsentThrough = absence.Through?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        form.Teams = new(specialist.Teams.ToDictionary(m => m.TeamId, _ => true));
        form.Skills = new(specialist.Skills.ToDictionary(s => s.SkillId, s => s.Level));
        return form;
    }

    private async Task<DateTimeZone> ZoneAsync(string? id) => AbsenceDays.ZoneOf(id, await directory.GetAsync());
}
