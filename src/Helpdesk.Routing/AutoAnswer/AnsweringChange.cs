namespace Helpdesk.Routing.AutoAnswer;

/// <summary>What a topic does with an article that fits.</summary>
public enum AnsweringState
{
    /// <summary>Nothing, not even observe.</summary>
    Off,

    /// <summary>Notes silently which article would have been the answer. Every topic begins with it.</summary>
    Observing,

    /// <summary>Sends it.</summary>
    Answering,

    /// <summary>Sent, and stopped because the promise was not kept or somebody stopped it; observes anew.</summary>
    Withdrawn,
}

/// <summary>What a topic was told to do with automatic answers. The row with the largest number counts; rows are only added: they are the
/// history, and the number lets only one of two people who change the same thing.</summary>
public sealed class AnsweringChange
{
    public const int MaxReasonLength = 300;

    public int Id { get; private set; }
    public required int TopicId { get; init; }

    /// <summary>From 1, for each topic.</summary>
    public required int Number { get; init; }
    public required DateTimeOffset At { get; init; }
    public required AnsweringState State { get; init; }

    /// <summary>The promised share of right answers, 0..1.</summary>
    public required double Promise { get; init; }

    /// <summary>The confidence from which it answers; null unless it does.</summary>
    public double? Threshold { get; init; }

    /// <summary>Observations before this do not count.</summary>
    public required DateTimeOffset ObservedSince { get; init; }

    /// <summary>Tiers whose customers always get a person, as ids between commas; VIPs always do.</summary>
    public string ExcludedTiers { get; init; } = "";

    /// <summary>What it was decided on: judged answers, and how many of them were right.</summary>
    public int Judged { get; init; }
    public int Right { get; init; }

    /// <summary>Null: the desk itself, because the promise was not kept.</summary>
    public Guid? ByUserId { get; init; }

    /// <summary>Their name then.</summary>
    public string ByName { get; init; } = "";
    public string Reason { get; init; } = "";

    public IEnumerable<int> ExcludedTierIds =>
        ExcludedTiers
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture));

    public static string TierList(IEnumerable<int> ids) =>
        string.Join(',', ids.Order().Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
