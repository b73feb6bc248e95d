using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Mail.Intake;

/// <summary>What proves that a mail is a specialist's answer; configuration section <c>Mail:StaffAnswers</c>. An administrator switches answers by mail on.</summary>
public sealed record StaffAnswerOptions
{
    /// <summary>How long after a notice was written it can be answered by mail.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "90.00:00:00")]
    public TimeSpan ValidFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The name under which the desk's own receiving server writes Authentication-Results (RFC 8601, 2.5). That server must remove such lines of others from
    /// mail that comes in. Without a name nothing is proven, and every such mail is held.
    /// </summary>
    [RegularExpression(@"^[A-Za-z0-9._\-]{1,253}$")]
    public string? TrustedReceiver { get; init; }

    /// <summary>For desks whose mail never leaves the house: the token and the sender's address are enough, without a receiver's word.</summary>
    public bool WithoutAuthentication { get; init; }
}
