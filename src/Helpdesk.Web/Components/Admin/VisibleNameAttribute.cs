using System.ComponentModel.DataAnnotations;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Web.Components.Admin;

/// <summary>A name that people can see: not only spaces and invisible characters; see <see cref="DeskNames"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VisibleNameAttribute : RequiredAttribute
{
    public override bool IsValid(object? value) => DeskNames.Folded(value as string).Length > 0;
}
