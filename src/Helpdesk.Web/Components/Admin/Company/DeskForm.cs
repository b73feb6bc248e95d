using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Web.Components.Admin.Company;

/// <summary>The desk as a whole.</summary>
public sealed class DeskForm : SeenForm
{
    [Required, StringLength(80)]
    public string? Company { get; set; }

    [Required]
    public string? Zone { get; set; }

    [Required, StringLength(200), SiteAddress(ErrorMessage = "Rule.Site")]
    public string? PublicUrl { get; set; }

    /// <summary><c>#rrggbb</c>; empty = the desk's own.</summary>
    [BrandColor(ErrorMessage = "Rule.Color")]
    public string? Color { get; set; }

    public bool RemoveLogo { get; set; }

    public bool SplitsCombined { get; set; }

    /// <summary>As it is kept: without a slash at the end.</summary>
    public string Site => PublicUrl!.Trim().TrimEnd('/');
}

/// <summary>Six hexadecimal digits behind a hash, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BrandColorAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text
        || string.IsNullOrWhiteSpace(text)
        || Layout.BrandColors.Parse(text) is not null;
}

/// <summary>Scheme, host and perhaps a port and a path; nothing behind them, nobody's password in them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SiteAddressAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text
        || (
            Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url)
            && (url.Scheme is "http" or "https")
            && url is { Query.Length: 0, Fragment.Length: 0, UserInfo.Length: 0, Host.Length: > 0 }
        );
}
