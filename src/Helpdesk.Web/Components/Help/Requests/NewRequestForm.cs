using System.ComponentModel.DataAnnotations;
using Helpdesk.Tickets;
using Helpdesk.Tickets.People;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>What somebody types to open a request; nothing else of a ticket can come from a customer.</summary>
public sealed class NewRequestForm
{
    public const int MaxTextLength = 20_000;

    [Required(ErrorMessage = "Request.Address.Missing")]
    [DomainHasDot(ErrorMessage = "Request.Address.NoDot")]
    [MailAddress(ErrorMessage = "Request.Address.Malformed")]
    public string? Address { get; set; }

    [StringLength(Customer.MaxNameLength)]
    public string? Name { get; set; }

    [Required(ErrorMessage = "Request.Subject.Missing"), StringLength(Ticket.MaxSubjectLength)]
    public string? Subject { get; set; }

    [Required(ErrorMessage = "Request.Text.Missing"), StringLength(MaxTextLength)]
    public string? Text { get; set; }

    /// <summary>One use, see <see cref="FormKey"/>.</summary>
    public string? Key { get; set; }

    /// <summary>The fitting answers were on the screen, so that sending means sending.</summary>
    public bool AnswersShown { get; set; }

    /// <summary>A field that people do not see and programs like to fill in.</summary>
    public string? Website { get; set; }

    /// <summary>Line breaks and NUL cannot be typed into these fields: a program put them there.</summary>
    public bool HasForgedLines =>
        new[] { Address, Name, Subject }.Any(line => line.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0);
}

/// <summary>One mail address; empty is left to <see cref="RequiredAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MailAddressAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text || Customer.IsAddress(text.Trim());
}

/// <summary>The most common slip: a domain without its ending.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DomainHasDotAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is not string text || text.LastIndexOf('@') is var at && (at < 0 || text.IndexOf('.', at) > at);
}
