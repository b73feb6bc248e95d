using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Helpdesk.Tickets.People;

namespace Helpdesk.Web.Components.Admin.Staff;

/// <summary>All that an administrator says about a member of staff.</summary>
public sealed class PersonForm : SeenForm
{
    [Required, StringLength(Customer.MaxNameLength)]
    public string? Name { get; set; }

    [Required, StringLength(Customer.MaxAddressLength), MailAddress(ErrorMessage = "Rule.Address")]
    public string? Address { get; set; }

    public bool IsSpecialist { get; set; }
    public bool IsSupervisor { get; set; }
    public bool IsAdministrator { get; set; }

    /// <summary>IANA id; empty = the desk's.</summary>
    public string? Zone { get; set; }

    /// <summary>ISO 639-1 codes separated by spaces.</summary>
    [Required, RegularExpression("^ *[A-Za-z]{2}( +[A-Za-z]{2}){0,15} *$", ErrorMessage = "Rule.Languages")]
    public string? Languages { get; set; } = "en";
    public int? HoursId { get; set; }

    // as its field sends it: a comma would be read as one between thousands
    [Required, RegularExpression(@"^ *(100(\.0{1,20})?|\d{1,2}(\.\d{1,20})?) *$", ErrorMessage = "Rule.Capacity")]
    public string? Capacity { get; set; } = "10";
    public Guid? DeputyId { get; set; }

    /// <summary>The first day of an absence, as the browser's date field writes it; empty = today.</summary>
    [IsoDate(ErrorMessage = "Rule.Date")]
    public string? AbsentFrom { get; set; }

    /// <summary>The last day of an absence, as the browser's date field writes it.</summary>
    [IsoDate(ErrorMessage = "Rule.Date")]
    public string? AbsentThrough { get; set; }

    /// <summary>Nothing is handed over when the absence begins.</summary>
    public bool KeepsWork { get; set; }

    /// <summary>Teams by id. A form in which nothing is ticked sends nothing, which reads as null.</summary>
    public SortedDictionary<int, bool> Teams
    {
        get;
        set => field = value ?? [];
    } = [];

    /// <summary>Levels by the skill's id, 0 = none.</summary>
    public SortedDictionary<int, int> Skills
    {
        get;
        set => field = new((value ?? []).Where(s => s.Value != 0).ToDictionary());
    } = [];

    public double CapacityNumber => double.Parse(Capacity!, CultureInfo.InvariantCulture);

    public DateOnly? AbsentFromDay => Day(AbsentFrom);

    public DateOnly? AbsentThroughDay => Day(AbsentThrough);

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}

/// <summary>One mailbox, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MailAddressAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text || Customer.IsAddress(text.Trim());
}

/// <summary>A day as <c>2026-11-18</c>, or nothing. The last year of the calendar is left out: what lasts to its end would end after it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IsoDateAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text
        || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year < DateOnly.MaxValue.Year;
}
