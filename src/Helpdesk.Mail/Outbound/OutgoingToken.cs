namespace Helpdesk.Mail.Outbound;

/// <summary>The refresh token that a provider gave in place of the configured one.</summary>
public sealed class OutgoingToken
{
    /// <summary>Stands for the configuration it belongs to, the configured token included: another configuration begins anew.</summary>
    public required string Key { get; init; }

    /// <summary>Encrypted like the secrets of mailboxes.</summary>
    public required string ProtectedToken { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
}
