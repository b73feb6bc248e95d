using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Mail.Imap;

/// <summary>How mailboxes are read, the same for all of them; configuration section <c>Mail:Imap</c>. The mailboxes themselves are set up in the administration.</summary>
public sealed record ImapOptions : IValidatableObject
{
    /// <summary>False leaves all mailboxes alone on this node.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>
    /// Whether mail servers and token endpoints may lie on this machine or in a private network. An administrator of the desk is not an administrator of
    /// the network around it, so whoever runs the desk says so here.
    /// </summary>
    public bool AllowPrivateNetworks { get; init; }

    /// <summary>PEM file of a private certificate authority to trust instead of the system's.</summary>
    public string? TrustedCertificateFile { get; init; }

    /// <summary>A larger mail is left on the server and shown as unprocessable.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxMessageBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>Mails beyond this size are fetched in parts of it.</summary>
    [Range(4 * 1024, 64 * 1024 * 1024)]
    public int PartBytes { get; init; } = 1024 * 1024;

    /// <summary>Mails fetched and committed together, if they are small.</summary>
    [Range(1, 500)]
    public int BatchSize { get; init; } = 50;

    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest silence of a server that owes an answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:30:00")]
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest time for a whole answer, however lively it drips.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "02:00:00")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one IDLE lasts before it is renewed; at most 29 minutes (RFC 2177), less where routers forget quiet connections.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:29:00")]
    public TimeSpan IdleFor { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How often a server without IDLE is asked.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "01:00:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause after a first failure; it doubles with each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(5);

    [Range(typeof(TimeSpan), "00:00:00.05", "1.00:00:00")]
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Attempts to fetch one mail before it is left on the server and the line moves on.</summary>
    [Range(1, 20)]
    public int MaxFetchAttempts { get; init; } = 3;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TrustedCertificateFile is not null && !File.Exists(TrustedCertificateFile))
            yield return new($"There is no file '{TrustedCertificateFile}'.", [nameof(TrustedCertificateFile)]);
    }
}
