using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>Which button a customer pressed below a conversation.</summary>
public enum AnswerAct
{
    Answer,
    Solved,
    Reopen,

    /// <summary>The automatic answer did not help.</summary>
    Person,
}

/// <summary>What a customer writes into a conversation.</summary>
public sealed class AnswerForm
{
    public const int MaxTextLength = 20_000;

    [StringLength(MaxTextLength)]
    public string? Text { get; set; }

    /// <summary>One use, see <see cref="FormKey"/>.</summary>
    public string? Key { get; set; }
    public AnswerAct Act { get; set; }

    public bool HasWords => !string.IsNullOrWhiteSpace(Text);
}
