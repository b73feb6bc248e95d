namespace Helpdesk.Mail.Intake.Bounces;

public enum BounceReason
{
    Unknown,

    /// <summary>No such mailbox or domain: writing again is useless.</summary>
    NoSuchAddress,
    MailboxFull,
    TooBig,

    /// <summary>The other side does not want it: policy, spam filter, authentication.</summary>
    Refused,

    /// <summary>The other side could not be reached in time.</summary>
    Unreachable,
}

/// <param name="Address">As the report writes it.</param>
/// <param name="IsPermanent">False: it is still being tried, or a later mail may get through.</param>
/// <param name="Status">Enhanced status code such as 5.1.1 (RFC 3463), or null.</param>
/// <param name="Diagnostic">What the other server said, at most 500 characters; not trusted.</param>
public sealed record FailedRecipient(
    string Address,
    bool IsPermanent,
    BounceReason Reason,
    string? Status,
    string? Diagnostic
);
