using System.ComponentModel.DataAnnotations;
using Helpdesk.Routing.AutoAnswer;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>What somebody wants a topic to do with automatic answers.</summary>
public sealed class AnsweringForm
{
    public int Topic { get; set; }

    /// <summary>The number of the change that was on the screen; 0 for none.</summary>
    public int Seen { get; set; }

    /// <summary>Null: no button that there is was pressed.</summary>
    public AnsweringState? Do { get; set; }

    /// <summary>Percent.</summary>
    public int Promise { get; set; } = 95;

    /// <summary>Tiers that always get a person.</summary>
    public List<int> Tiers
    {
        get;
        set => field = value ?? [];
    } = [];

    [StringLength(AnsweringChange.MaxReasonLength)]
    public string? Reason { get; set; }

    public AnsweringOrder OrderFor(AnsweringState state) =>
        new(Topic, Seen, state, Promise / 100.0, Tiers, Reason ?? "");
}
