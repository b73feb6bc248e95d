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

/// <summary>A list of single mail addresses, not longer than it may be.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class MailAddressesAttribute(int most)
    : ValidationAttribute($"{{0}} must be at most {most} mail addresses such as anna@example.org.")
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> addresses
        || (addresses.Count <= most && addresses.All(a => Customer.IsAddress(a)));
}
