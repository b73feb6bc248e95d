using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Rules;

namespace Helpdesk.Web.Components.Admin.Rules;

/// <summary>The rules of routing as fields: points by name, and the VIPs' margin in percent.</summary>
public sealed class RulesForm : SeenForm
{
    /// <summary>The names of the points by what they are given for, in the order in which they are shown; each is a property of
    /// <see cref="PriorityWeights"/>.</summary>
    public static IReadOnlyList<(string Group, IReadOnlyList<string> Names)> Groups { get; } =
    [
        (
            "Asked",
            [nameof(PriorityWeights.Base), nameof(PriorityWeights.Contract), nameof(PriorityWeights.MostForText)]
        ),
        (
            "Before",
            [
                nameof(PriorityWeights.Reopening),
                nameof(PriorityWeights.MostForReopenings),
                nameof(PriorityWeights.RepeatedContact),
                nameof(PriorityWeights.MostForRepeatedContacts),
                nameof(PriorityWeights.EarlierBreach),
            ]
        ),
        (
            "AtStake",
            [
                nameof(PriorityWeights.PromiseHalfUsed),
                nameof(PriorityWeights.PromiseNearlyUsed),
                nameof(PriorityWeights.PromiseMissed),
            ]
        ),
        (
            "Steps",
            [nameof(PriorityWeights.NormalFrom), nameof(PriorityWeights.HighFrom), nameof(PriorityWeights.UrgentFrom)]
        ),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Groups.SelectMany(g => g.Names)];

    /// <summary>As typed, by name.</summary>
    public SortedDictionary<string, string?> Points
    {
        get;
        // names that are none of ours must not get into the history
        set => field = new((value ?? []).Where(p => Names.Contains(p.Key)).ToDictionary());
    } = [];

    /// <summary>The desk's own, one a line; see <see cref="OwnWords"/>.</summary>
    public string Words
    {
        get;
        // as typed where it is wrong, so that nothing typed is lost
        set => field = OwnWords.Problem(value ?? "") is null ? OwnWords.Lines(value ?? "") : value!;
    } = "";

    [Required, Range(0, 100, ErrorMessage = "Rule.Rank", ConvertValueInInvariantCulture = true)]
    public string? VipMargin { get; set; } = "25";

    public static RulesForm Of(RoutingRules rules)
    {
        var form = new RulesForm
        {
            VipMargin = Math.Round(rules.VipMargin * 100).ToString(CultureInfo.InvariantCulture),
        };
        form.Words = rules.Priority.Words;
        foreach (var name in Names)
            form.Points[name] = Convert.ToString(
                typeof(PriorityWeights).GetProperty(name)!.GetValue(rules.Priority),
                CultureInfo.InvariantCulture
            );
        return form;
    }

    /// <summary>Null when a field is no whole number within bounds, or the rules make no sense together.</summary>
    public RoutingRules? ToRules()
    {
        var weights = new PriorityWeights { Words = OwnWords.Joined(Words) };
        foreach (var name in Names)
        {
            if (
                !int.TryParse(Points.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var points)
                || points is < RoutingRules.LeastPoints or > RoutingRules.MostPoints
            )
                return null;
            typeof(PriorityWeights).GetProperty(name)!.SetValue(weights, points);
        }
        if (!int.TryParse(VipMargin, CultureInfo.InvariantCulture, out var margin))
            return null;
        var rules = new RoutingRules { Priority = weights, VipMargin = margin / 100.0 };
        return rules.Problem() is null ? rules : null;
    }
}
