using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Mail.Outbound;

/// <summary>How the connection to the outgoing server is protected.</summary>
public enum ConnectionSecurity
{
    /// <summary>Not at all: for a server on this machine or a private network.</summary>
    None,

    /// <summary>STARTTLS, required.</summary>
    StartTls,

    /// <summary>TLS from the first byte (port 465).</summary>
    Tls,
}

/// <summary>Text that must not come out by accident: everything that prints it prints <c>***</c>.</summary>
public readonly record struct Secret(string Value)
{
    public override string ToString() => "***";
}

/// <summary>Where outgoing mail goes; configuration section <c>Mail:Out</c>.</summary>
public sealed record OutboundOptions : IValidatableObject
{
    /// <summary>The SMTP server; while it is empty, mails are written into <see cref="PickupFolder"/>.</summary>
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    public int Port { get; init; } = 587;

    public ConnectionSecurity Security { get; init; } = ConnectionSecurity.StartTls;

    public string UserName { get; init; } = "";

    /// <summary>Given as text in the configuration; use the environment or a secret store for it.</summary>
    public string Password
    {
        get => Credential.ToString();
        init => Credential = new(value);
    }

    /// <summary>Where access tokens come from (https), for servers that take no password; <see cref="UserName"/> says whose mailbox it is.</summary>
    public Uri? TokenEndpoint { get; init; }
    public string TokenClientId { get; init; } = "";
    public string? TokenScope { get; init; }

    /// <summary>Given as text in the configuration, like <see cref="Password"/>.</summary>
    public string TokenClientSecret
    {
        get => TokenCredential.ToString();
        init => TokenCredential = new(value);
    }

    /// <inheritdoc cref="TokenClientSecret"/>
    public string RefreshToken
    {
        get => RefreshCredential.ToString();
        init => RefreshCredential = new(value);
    }

    /// <summary>The name said in EHLO.</summary>
    [Required, RegularExpression("^[A-Za-z0-9.-]{1,253}$")]
    public string HostName { get; init; } = "localhost";

    /// <summary>PEM file of a private certificate authority to trust instead of the system's.</summary>
    public string? TrustedCertificateFile { get; init; }

    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest wait for an answer to a command (RFC 5321, 4.5.3.2 suggests 5 minutes).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest time for handing over the text of one mail, the final answer included (RFC 5321 suggests 10 minutes).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a connection is kept open for the next mail.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan KeepOpen { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where <c>.eml</c> files go while no <see cref="Host"/> is set; <c>mail</c> in the data directory by default.</summary>
    public string? PickupFolder { get; init; }

    internal Secret Credential { get; private init; } = new("");
    internal Secret TokenCredential { get; private init; } = new("");
    internal Secret RefreshCredential { get; private init; } = new("");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (UserName.Length > 0 && Security == ConnectionSecurity.None && !IsLoopback(Host))
            yield return new("A password is not sent without TLS: set Security.", [nameof(Security)]);
        if (TokenEndpoint is not null && (UserName.Length == 0 || RefreshCredential.Value.Length == 0))
            yield return new("Access tokens need UserName and RefreshToken.", [nameof(TokenEndpoint)]);
        if (TrustedCertificateFile is not null && !File.Exists(TrustedCertificateFile))
            yield return new($"There is no file '{TrustedCertificateFile}'.", [nameof(TrustedCertificateFile)]);
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || System.Net.IPAddress.TryParse(host, out var at) && System.Net.IPAddress.IsLoopback(at);
}
