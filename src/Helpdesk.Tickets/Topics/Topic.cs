using Helpdesk.Tickets.People;

namespace Helpdesk.Tickets.Topics;

/// <summary>What tickets are about: an area (no parent) or a topic in one, owned by a team.</summary>
public sealed class Topic
{
    public int Id { get; private set; }

    /// <summary>Stable name used by models and imports, e.g. <c>card_arrival</c>.</summary>
    public required string Key { get; init; }
    public required string Name { get; set; }
    public string Description { get; set; } = "";
    public int? ParentId { get; set; }
    public Topic? Parent { get; set; }
    public int? TeamId { get; set; }
    public Team? Team { get; set; }

    /// <summary>What a specialist must know to handle it; null when anybody of the team can.</summary>
    public int? SkillId { get; set; }
    public Skill? Skill { get; set; }

    /// <summary>In the 80 % set when frequencies were last computed.</summary>
    public Frequency Frequency { get; set; } = Frequency.Rare;

    /// <summary>Place by count in the last 28 days, 1 = most; null before the first count.</summary>
    public int? FrequencyRank { get; set; }

    /// <summary>Icon name in the sprite, for areas.</summary>
    public string? Icon { get; set; }
    public bool IsArchived { get; set; }

    /// <summary>A leaf that tickets can have; areas only group.</summary>
    public bool IsLeaf => ParentId is not null || Parent is not null;
}
