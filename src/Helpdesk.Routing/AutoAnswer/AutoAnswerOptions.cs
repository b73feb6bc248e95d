using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>Section <c>Routing:AutoAnswer</c>.</summary>
public sealed record AutoAnswerOptions
{
    /// <summary>Days that a topic is observed at least before it may answer.</summary>
    [Range(1, 365)]
    public int ObservationDays { get; init; } = 14;

    /// <summary>Judged observations that it takes at least.</summary>
    [Range(10, 10_000)]
    public int ObservationsJudged { get; init; } = 50;

    /// <summary>Observations older than this say nothing about today.</summary>
    [Range(14, 730)]
    public int EvidenceDays { get; init; } = 90;

    /// <summary>Certainty of all bounds, one-sided.</summary>
    [Range(0.8, 0.999)]
    public double Certainty { get; init; } = 0.95;

    /// <summary>Days without a word of the customer after which an answered request is taken for solved.</summary>
    [Range(1, 90)]
    public int SilenceDays { get; init; } = 7;

    /// <summary>A mail that waits longer to be sent is no answer; a person answers.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "2.00:00:00")]
    public TimeSpan DeliveredWithin { get; init; } = TimeSpan.FromHours(2);
}
