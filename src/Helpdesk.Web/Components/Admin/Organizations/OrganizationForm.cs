using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Helpdesk.Web.Components.Admin.Staff;

namespace Helpdesk.Web.Components.Admin.Organizations;

/// <summary>A company or household whose people share a tier and a contract.</summary>
public sealed class OrganizationForm : SeenForm
{
    [Required, StringLength(120)]
    public string? Name { get; set; }

    /// <summary>Null = no tier.</summary>
    public int? TierId { get; set; }

    /// <summary>A contract's own promise; null = the tier's.</summary>
    public int? PolicyId { get; set; }

    [IsoDate(ErrorMessage = "Rule.Date")]
    public string? Since { get; set; }

    [StringLength(2000)]
    public string? Note { get; set; }

    public DateOnly? SinceDay =>
        DateOnly.TryParseExact(Since, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var d)
            ? d
            : null;
}
