using Helpdesk.Tickets.Blobs;

namespace Helpdesk.Routing.Learning;

public enum ModelKind
{
    /// <summary>Topic and type from the text.</summary>
    Topics,

    /// <summary>Effort from history.</summary>
    Complexity,

    /// <summary>Spam from good mail; its <see cref="ClassifierModel.Topics"/> are the mails that were called spam, its accuracy is the share of them caught.</summary>
    Spam,
}

/// <summary>A trained model. The bytes lie in the blob store; the newest active row of a kind is in use.</summary>
public sealed class ClassifierModel
{
    public const int MaxFormatLength = 40;

    public int Id { get; private set; }
    public required ModelKind Kind { get; init; }

    /// <summary>Who can read the bytes, see <see cref="Classification.ITextClassifierTrainer.Format"/>.</summary>
    public required string Format { get; init; }
    public required string BlobHash { get; init; }
    public Blob Blob { get; private set; } = null!;
    public required DateTimeOffset TrainedAt { get; init; }

    /// <summary>When the oldest and the newest ticket it learned from were finished (of spam: came in); null without any.</summary>
    public DateTimeOffset? DataFrom { get; init; }
    public DateTimeOffset? DataTo { get; init; }
    public required int Examples { get; init; }

    /// <summary>Finished tickets among the examples; the rest are names and phrases.</summary>
    public required int Tickets { get; init; }
    public required int Topics { get; init; }

    /// <summary>Texts held out from training, and the share of them whose topic was right; 0 of 0 when there were too few.</summary>
    public int HeldOut { get; init; }
    public double HeldOutAccuracy { get; init; }

    /// <summary>Those were the newest, finished since then, read by a trial that had learned from older ones; null where there were too few, and texts of
    /// any age were held out.</summary>
    public DateTimeOffset? HeldOutFrom { get; init; }

    /// <summary>What the rule that holds without a model gets right of the same texts, 0..1; null where there is no such rule.</summary>
    public double? RuleAccuracy { get; init; }
    public bool IsActive { get; set; }

    /// <summary>When it was last put to use; null = never.</summary>
    public DateTimeOffset? PromotedAt { get; set; }

    /// <summary>The person who put it to use; null = training did, because it was not worse.</summary>
    public string? PromotedBy { get; set; }
}

/// <summary>What somebody would write about a topic: a new desk routes by these from its first day.</summary>
public sealed class TopicPhrase
{
    public const int MaxLength = 500;

    public int Id { get; private set; }
    public required int TopicId { get; init; }
    public required string Text { get; set; }
}
