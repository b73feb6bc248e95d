using System.ComponentModel.DataAnnotations;
using Helpdesk.Tickets.People;

namespace Helpdesk.Web.Api;

/// <summary>No line breaks or NUL: what goes into one line of a mail or a page stays one line.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class SingleLineAttribute() : ValidationAttribute("{0} must be a single line.")
{
    public override bool IsValid(object? value) =>
        value is not string text || text.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class MailAddressAttribute()
    : ValidationAttribute("{0} must be one mail address such as anna@example.org.")
{
    public override bool IsValid(object? value) => value is null || Customer.IsAddress(value as string);
}
