using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Components.Layout;

/// <summary>How the company shows itself on the page being made. Known while a page is rendered on the server, not in circuits.</summary>
public sealed class Brand(IOptionsMonitor<BrandOptions> options)
{
    /// <summary>The company's name from the desk's settings.</summary>
    public string Name { get; set; } = "";

    /// <summary>The company's colour, <c>#rrggbb</c>; null = ours.</summary>
    public string? Color { get; set; }

    /// <summary>Key of the logo; null = the symbol.</summary>
    public string? LogoHash { get; set; }

    /// <summary>A symbol of <c>icons.svg</c>, without <c>i-</c>.</summary>
    public string Icon => options.CurrentValue.Icon;

    /// <summary>One line at the foot of the help centre, for example when requests are answered.</summary>
    public string Footer => options.CurrentValue.Footer ?? Name;
}

/// <summary>Section <c>Brand</c>.</summary>
public sealed record BrandOptions
{
    [Required]
    public string Icon { get; set; } = "inbox";

    [StringLength(120)]
    public string? Footer { get; set; }
}
