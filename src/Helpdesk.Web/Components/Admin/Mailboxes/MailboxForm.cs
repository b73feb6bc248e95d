using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Serialization;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Outbound;

namespace Helpdesk.Web.Components.Admin.Mailboxes;

/// <summary>Where a mailbox is and what is done with its mail. Secrets go in and never come out.</summary>
public sealed class MailboxForm : SeenForm
{
    [
        Required,
        StringLength(ImapMailbox.MaxHostLength),
        RegularExpression("^[A-Za-z0-9.:-]+$", ErrorMessage = "Rule.Host")
    ]
    public string? Host { get; set; }

    [Required, Range(1, 65535)]
    public int? Port { get; set; } = 993;

    [MailboxRule(ErrorMessage = "Rule.PlainPassword")]
    public ConnectionSecurity Security { get; set; } = ConnectionSecurity.Tls;

    [Required, StringLength(ImapMailbox.MaxNameLength)]
    public string? UserName { get; set; }

    public bool IsByToken { get; set; }

    [JsonIgnore, StringLength(500)]
    public string? Password { get; set; }

    [StringLength(ImapMailbox.MaxTokenFieldLength), MailboxRule(ErrorMessage = "Rule.TokenEndpoint")]
    public string? TokenEndpoint { get; set; }

    [StringLength(ImapMailbox.MaxTokenFieldLength), MailboxRule(ErrorMessage = "Rule.ClientId")]
    public string? ClientId { get; set; }

    [StringLength(ImapMailbox.MaxTokenFieldLength)]
    public string? Scope { get; set; }

    [JsonIgnore, StringLength(2000)]
    public string? ClientSecret { get; set; }

    [JsonIgnore, StringLength(8000)]
    public string? RefreshToken { get; set; }

    [Required, StringLength(ImapMailbox.MaxFolderLength)]
    public string? Folder { get; set; } = "INBOX";

    public AfterTaking AfterTaking { get; set; }

    [StringLength(ImapMailbox.MaxFolderLength), MailboxRule(ErrorMessage = "Rule.MoveTo")]
    public string? MoveTo { get; set; }

    /// <summary>Asked when it is added.</summary>
    public bool TakesAll { get; set; }

    public bool IsOn { get; set; } = true;

    [JsonIgnore]
    public bool HasSecret => !string.IsNullOrEmpty(IsByToken ? RefreshToken : Password);

    [JsonIgnore]
    public MailboxSecret Secret =>
        IsByToken
            ? MailboxSecret.OfTokens(ClientSecret?.Trim() ?? "", RefreshToken?.Trim() ?? "")
            : MailboxSecret.OfPassword(Password ?? "");

    public override string Title => UserName ?? "";

    /// <summary>Whether what was kept secret for one server would now be told to another, or in another way.</summary>
    public bool LeadsElsewhere(ImapMailbox mailbox) =>
        !string.Equals(Host?.Trim(), mailbox.Host, StringComparison.OrdinalIgnoreCase)
        || Port != mailbox.Port
        || Security != mailbox.Security
        || UserName?.Trim() != mailbox.UserName
        || (IsByToken ? TokenEndpoint?.Trim() : null) != mailbox.TokenEndpoint;

    /// <summary>Rules about several fields, by the field at which they are told.</summary>
    internal bool Keeps(string? field) =>
        field switch
        {
            nameof(Security) => Security is not ConnectionSecurity.None || IsThisMachine(Host?.Trim()),
            nameof(MoveTo) => AfterTaking is not AfterTaking.Move
                || !string.IsNullOrWhiteSpace(MoveTo) && MoveTo.Trim() != Folder?.Trim(),
            nameof(TokenEndpoint) => !IsByToken
                || Uri.TryCreate(TokenEndpoint, UriKind.Absolute, out var at) && at.Scheme == Uri.UriSchemeHttps,
            nameof(ClientId) => !IsByToken || !string.IsNullOrWhiteSpace(ClientId),
            _ => true,
        };

    /// <summary>Whether the mails are others than those that were read until now.</summary>
    private bool IsOtherFolder(ImapMailbox mailbox) =>
        !string.Equals(Host?.Trim(), mailbox.Host, StringComparison.OrdinalIgnoreCase)
        || UserName?.Trim() != mailbox.UserName
        || Folder?.Trim() != mailbox.Folder;

    /// <summary>Puts what was typed into a mailbox; its secret apart. Of another folder nothing is read yet.</summary>
    public void Fill(ImapMailbox mailbox)
    {
        if (IsOtherFolder(mailbox))
            mailbox.BeginAnew();
        (mailbox.Host, mailbox.Port, mailbox.Security) = (Host!.Trim(), Port!.Value, Security);
        (mailbox.UserName, mailbox.Folder) = (UserName!.Trim(), Folder!.Trim());
        (mailbox.AfterTaking, mailbox.IsOn) = (AfterTaking, IsOn);
        mailbox.MoveTo = AfterTaking is AfterTaking.Move ? MoveTo!.Trim() : null;
        mailbox.TokenEndpoint = IsByToken ? TokenEndpoint!.Trim() : null;
        mailbox.TokenClientId = IsByToken ? ClientId!.Trim() : null;
        mailbox.TokenScope = IsByToken && !string.IsNullOrWhiteSpace(Scope) ? Scope.Trim() : null;
    }

    public static MailboxForm Of(ImapMailbox mailbox) =>
        new()
        {
            Host = mailbox.Host,
            Port = mailbox.Port,
            Security = mailbox.Security,
            UserName = mailbox.UserName,
            IsByToken = mailbox.TokenEndpoint is not null,
            TokenEndpoint = mailbox.TokenEndpoint,
            ClientId = mailbox.TokenClientId,
            Scope = mailbox.TokenScope,
            Folder = mailbox.Folder,
            AfterTaking = mailbox.AfterTaking,
            MoveTo = mailbox.MoveTo,
            TakesAll = mailbox.TakeFrom is null,
            IsOn = mailbox.IsOn,
        };

    private static bool IsThisMachine(string? host) =>
        host == "localhost" || IPAddress.TryParse(host, out var at) && IPAddress.IsLoopback(at);
}

/// <summary>A rule of <see cref="MailboxForm.Keeps"/> at its field.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MailboxRuleAttribute : ValidationAttribute
{
    public override bool RequiresValidationContext => true;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        ((MailboxForm)validationContext.ObjectInstance).Keeps(validationContext.MemberName)
            ? ValidationResult.Success
            : new ValidationResult(ErrorMessage);
}
