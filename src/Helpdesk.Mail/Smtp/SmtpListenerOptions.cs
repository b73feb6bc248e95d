using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Helpdesk.Mail.Smtp;

/// <summary>Where and how much mail the desk takes in by SMTP; configuration section <c>Mail:Smtp</c>.</summary>
public sealed record SmtpListenerOptions : IValidatableObject
{
    /// <summary>Address and port, <c>[::]:25</c> for all; port 0 takes any free one; empty switches the listener off.</summary>
    public string Listen { get; init; } = "127.0.0.1:2525";

    /// <summary>The name said in the greeting and in the trace header.</summary>
    [Required, RegularExpression("^[A-Za-z0-9.-]{1,253}$")]
    public string HostName { get; init; } = "localhost";

    /// <summary>PEM (chain) or PKCS#12 file; STARTTLS is offered when it is given. Read again when the file changes.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM private key where <see cref="CertificateFile"/> does not hold it.</summary>
    public string? CertificateKeyFile { get; init; }

    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxMessageBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>Memory for all mails that are coming in at this moment; beyond it senders are asked to try later.</summary>
    [Range(1024L * 1024, 64L * 1024 * 1024 * 1024)]
    public long MaxInFlightBytes { get; init; } = 256L * 1024 * 1024;

    [Range(1, 10_000)]
    public int MaxSessions { get; init; } = 200;

    /// <summary>Of these from one address, other than this machine's own.</summary>
    [Range(1, 10_000)]
    public int MaxSessionsPerPeer { get; init; } = 40;

    [Range(1, 10_000)]
    public int MaxRecipients { get; init; } = 100;

    /// <summary>Bytes of one command line with its CRLF (RFC 5321 asks for 512, extensions add to it).</summary>
    [Range(512, 65_536)]
    public int MaxCommandBytes { get; init; } = 2048;

    /// <summary>Refused commands, unknown recipients included, after which the session is closed.</summary>
    [Range(1, 1000)]
    public int MaxErrors { get; init; } = 20;

    /// <summary>Commands without a mail coming of them (NOOP, RSET, EHLO …) after which the session is closed.</summary>
    [Range(10, 100_000)]
    public int MaxIdleCommands { get; init; } = 100;

    /// <summary>The longest silence of the other side.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest life of a session, whatever it does.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long sessions in the middle of a mail may go on when the program stops.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:25")]
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><see cref="Listen"/> parsed; null when switched off.</summary>
    public IPEndPoint? EndPoint => IPEndPoint.TryParse(Listen, out var at) ? at : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Listen.Length > 0 && EndPoint is null)
            yield return new($"'{Listen}' is not an address and port, such as 127.0.0.1:2525.", [nameof(Listen)]);
        if (CertificateFile is not null && !File.Exists(CertificateFile))
            yield return new($"There is no file '{CertificateFile}'.", [nameof(CertificateFile)]);
        if (CertificateKeyFile is not null && !File.Exists(CertificateKeyFile))
            yield return new($"There is no file '{CertificateKeyFile}'.", [nameof(CertificateKeyFile)]);
    }
}
