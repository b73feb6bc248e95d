using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Helpdesk.Tickets.Topics;

namespace Helpdesk.Web.Components.Admin.TopicTree;

public sealed class TopicForm : SeenForm
{
    public const int MostPhrases = 200;

    [VisibleName, StringLength(120)]
    public string? Name { get; set; }

    [Required(ErrorMessage = "Rule.Area")]
    public int? AreaId { get; set; }

    /// <summary>Null = its area's team, or the desk's default team.</summary>
    public int? TeamId { get; set; }

    /// <summary>Null = anybody of the team.</summary>
    public int? SkillId { get; set; }

    [StringLength(500)]
    public string? Description { get; set; }

    /// <summary>One a line: how customers say it.</summary>
    [Phrases(ErrorMessage = "Rule.Phrases")]
    public string? Phrases { get; set; }
    public bool IsArchived { get; set; }

    [JsonIgnore]
    public IReadOnlyList<string> PhraseList => Lines(Phrases);

    internal static IReadOnlyList<string> Lines(string? text) =>
        [
            .. (text ?? "")
                .ReplaceLineEndings("\n")
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
}

/// <summary>Not too many lines, and none too long.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PhrasesAttribute : ValidationAttribute
{
    public override bool IsValid(object? value)
    {
        var lines = TopicForm.Lines(value as string);
        return lines.Count <= TopicForm.MostPhrases
            && lines.All(line => line.Length <= Routing.Learning.TopicPhrase.MaxLength);
    }
}

/// <summary>A group of topics; see <see cref="Topic.IsLeaf"/>.</summary>
public sealed class AreaForm : SeenForm
{
    /// <summary>Symbols of the sprite that fit an area.</summary>
    public static IReadOnlyList<string> Icons { get; } =
    [
        "card",
        "coins",
        "swap",
        "bank",
        "phone",
        "lock",
        "user",
        "shop",
        "globe",
        "mail",
        "book",
        "gear",
        "plus",
        "team",
        "clock",
    ];

    [VisibleName, StringLength(120)]
    public string? Name { get; set; }

    [StringLength(500)]
    public string? Description { get; set; }
    public string? Icon { get; set; }

    /// <summary>Whose its topics are that have no team of their own; null = the desk's default team.</summary>
    public int? TeamId { get; set; }
}

public sealed class TeamForm : SeenForm
{
    [VisibleName, StringLength(80)]
    public string? Name { get; set; }

    [StringLength(500)]
    public string? Description { get; set; }
    public Guid? LeadId { get; set; }

    /// <summary>Receives what could not be classified, and topics without a team.</summary>
    public bool IsDefault { get; set; }
}

public sealed class SkillForm : SeenForm
{
    [VisibleName, StringLength(80)]
    public string? Name { get; set; }
}
