using System.ComponentModel.DataAnnotations;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Priority;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing;

/// <summary>Section <c>Routing</c>.</summary>
public sealed record RoutingOptions
{
    /// <summary>Tickets decided together and committed at once.</summary>
    [Range(1, 500)]
    public int BatchSize { get; init; } = 50;

    /// <summary>How often waiting tickets are looked at without a bell: freed capacity, people who came on shift, another
    /// node's tickets.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is asked whether the topics still are those the model knows.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan ModelCheckInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Share of capacity by which a VIP's ticket may exceed it.</summary>
    [Range(0, 1)]
    public double VipMargin { get; init; } = 0.25;

    /// <summary>Finished tickets a model learns from, the latest first.</summary>
    [Range(100, 200_000)]
    public int TrainingTickets { get; init; } = 20_000;

    /// <summary>Cores that training may use.</summary>
    [Range(1, 64)]
    public int TrainingCores { get; init; } = 1;

    /// <summary>The precision by which it is observed what a topic would answer before it answers; one of those a model promises.</summary>
    [Range(0.9, 0.999)]
    public double AutoAnswerPromise { get; init; } = 0.95;

    /// <summary>How well an article must fit to be an answer by itself, in percent.</summary>
    [Range(1, 100)]
    public int AutoAnswerFitPercent { get; init; } = 80;

    [ValidateObjectMembers]
    public AutoAnswerOptions AutoAnswer { get; init; } = new();

    public PriorityWeights Priority { get; init; } = new();
}
