using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Web.Components.Layout;

/// <summary>How the company shows itself on every page.</summary>
public sealed record BrandOptions
{
    [Required, StringLength(60)]
    public string Name { get; set; } = "Helpdesk";

    /// <summary>A symbol of <c>icons.svg</c>, without <c>i-</c>.</summary>
    [Required]
    public string Icon { get; set; } = "inbox";

    /// <summary>One line at the foot of the help centre, for example when requests are answered.</summary>
    [StringLength(120)]
    public string? Footer { get; set; }
}
