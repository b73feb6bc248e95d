using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Admin.Staff;

namespace Helpdesk.Web.Components.Admin.Letters;

/// <summary>Under which addresses the desk gets mail.</summary>
public sealed class AddressesForm : SeenForm
{
    [Required, StringLength(Customer.MaxAddressLength), MailAddress(ErrorMessage = "Rule.Address")]
    public string? Support { get; set; }

    /// <summary>One a line.</summary>
    [Addresses(ErrorMessage = "Rule.Addresses")]
    public string? Others { get; set; }

    /// <summary>Colleagues may answer customers by answering the desk's mail.</summary>
    public bool StaffAnswers { get; set; }

    [JsonIgnore]
    public IReadOnlyList<string> OtherList => AddressesAttribute.Lines(Others);
}

/// <summary>What becomes of the files of an answer.</summary>
public sealed class FilesForm : SeenForm
{
    public const int MostMegabytes = 25;
    public const int MostDays = 180;

    [Required, Range(0, MostMegabytes, ErrorMessage = "Rule.Attached", ConvertValueInInvariantCulture = true)]
    public string? MaxAttached { get; set; }

    [Required, Range(1, MostDays, ErrorMessage = "Rule.FileDays", ConvertValueInInvariantCulture = true)]
    public string? LinkDays { get; set; }
}

/// <summary>Every line is an address; at most fifty of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddressesAttribute : ValidationAttribute
{
    public override bool IsValid(object? value)
    {
        var lines = Lines(value as string);
        return lines.Count <= 50 && lines.All(Customer.IsAddress);
    }

    internal static IReadOnlyList<string> Lines(string? text) =>
        [
            .. (text ?? "")
                .ToLowerInvariant()
                .Split([' ', ',', ';', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.Ordinal),
        ];
}

/// <summary>What stands under answers.</summary>
public sealed class SignatureForm : SeenForm
{
    /// <summary>Empty = the next place's signature stands.</summary>
    [StringLength(MailSignature.MaxTextLength)]
    public string? Text { get; set; }

    public string Plain => Tickets.Text.Cut(Text, MailSignature.MaxTextLength).ReplaceLineEndings("\n").Trim();
}

/// <summary>The words of one kind of mail.</summary>
public sealed class LetterForm : SeenForm
{
    [Required, StringLength(250)]
    public string? Subject { get; set; }

    [StringLength(250)]
    public string? Heading { get; set; }

    [Required, StringLength(MailTemplate.MaxTextLength)]
    public string? Text { get; set; }

    [StringLength(80)]
    public string? Button { get; set; }

    [StringLength(4000)]
    public string? Footer { get; set; }

    /// <inheritdoc cref="MailTemplate.OtherButton"/>
    [StringLength(80)]
    public string? OtherButton { get; set; }

    public TemplateWords Words =>
        new(
            Tickets.Text.OneLine(Subject, 250),
            Tickets.Text.OneLine(Heading, 250),
            Plain(Text),
            Tickets.Text.OneLine(Button, 80),
            Plain(Footer)
        )
        {
            OtherButton = Tickets.Text.OneLine(OtherButton, 80),
        };

    public static LetterForm Of(TemplateWords words) =>
        new()
        {
            Subject = words.Subject,
            Heading = words.Heading,
            Text = words.Text,
            Button = words.Button,
            Footer = words.Footer,
            OtherButton = words.OtherButton,
        };

    private static string Plain(string? text) =>
        Tickets.Text.Cut(text, MailTemplate.MaxTextLength).ReplaceLineEndings("\n").Trim();
}
