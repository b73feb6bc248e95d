using System.Linq.Expressions;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets.People;

/// <summary>A group of specialists that receives tickets and owns topics.</summary>
public sealed class Team
{
    public int Id { get; private set; }
    public required string Name { get; set; }
    public string Description { get; set; } = "";

    /// <summary>Who gets what escalates to the last level.</summary>
    public Guid? LeadId { get; set; }
    public Specialist? Lead { get; set; }
    public List<TeamMember> Members { get; } = [];
}

public sealed class TeamMember
{
    public int TeamId { get; init; }
    public Team Team { get; init; } = null!;
    public Guid SpecialistId { get; init; }
    public Specialist Specialist { get; init; } = null!;
}

/// <summary>Presence as the person set it; business hours are counted beside it.</summary>
public enum Presence
{
    Available,

    /// <summary>Others are asked first.</summary>
    Busy,

    /// <summary>Nothing new is given to them.</summary>
    Away,
}

/// <summary>Who answers. The id is the user's id.</summary>
public sealed class Specialist
{
    /// <summary>Same as <see cref="AppUser"/>'s id.</summary>
    public required Guid Id { get; init; }
    public required string Name { get; set; }

    /// <summary>Where notices go.</summary>
    public required string Address { get; set; }

    /// <summary>Weighted work this person carries at most, see <see cref="Workload"/>.</summary>
    public double Capacity { get; set; } = 10;

    /// <summary>ISO 639-1 codes separated by spaces.</summary>
    public string Languages { get; set; } = "en";

    /// <summary>As it was set last; what holds is <see cref="PresenceAt"/>.</summary>
    public Presence Presence { get; set; } = Presence.Available;

    /// <summary>Until then that holds, and they are available again; null = until it is changed.</summary>
    public DateTimeOffset? PresenceUntil { get; set; }

    /// <summary>When the absence begins; null = since it was said.</summary>
    public DateTimeOffset? AbsentFrom { get; set; }

    /// <summary>Absent until then (vacation, illness); null = no absence is known.</summary>
    public DateTimeOffset? AbsentUntil { get; set; }

    /// <summary>What they have stays with them while they are absent; else it is handed over when the absence begins.</summary>
    public bool KeepsWork { get; set; }
    public Guid? DeputyId { get; set; }
    public int? BusinessHoursId { get; set; }
    public BusinessHours? BusinessHours { get; set; }
    public bool IsActive { get; set; } = true;
    public List<TeamMember> Teams { get; } = [];
    public List<SpecialistSkill> Skills { get; } = [];

    public Presence PresenceAt(DateTimeOffset now) => PresenceUntil <= now ? Presence.Available : Presence;

    public bool IsAbsentAt(DateTimeOffset now) => AbsentUntil > now && (AbsentFrom is null || AbsentFrom <= now);

    /// <summary>The same as a question to the database.</summary>
    public static Expression<Func<Specialist, bool>> AbsentAt(DateTimeOffset now) =>
        s => s.AbsentUntil > now && (s.AbsentFrom == null || s.AbsentFrom <= now);

    public bool Speaks(string? language) =>
        language is null || Languages.Split(' ').Contains(language, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Something a topic needs and a specialist has.</summary>
public sealed class Skill
{
    public int Id { get; private set; }
    public required string Key { get; init; }
    public required string Name { get; set; }
}

public sealed class SpecialistSkill
{
    public Guid SpecialistId { get; init; }
    public Specialist Specialist { get; init; } = null!;
    public int SkillId { get; init; }
    public Skill Skill { get; init; } = null!;

    /// <summary>1 learning, 2 able, 3 expert.</summary>
    public int Level { get; set; } = 2;
}
