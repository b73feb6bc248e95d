using System.ComponentModel.DataAnnotations;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Spam;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Spam;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Components.Admin.Letters;

/// <summary>When mail is kept as spam.</summary>
public sealed class SpamForm : SeenForm
{
    public bool Learns { get; set; }
    public TrustedFilter Filter { get; set; }

    [NeededForOtherHeader(ErrorMessage = "Spam.HeaderRule"), StringLength(SpamRules.MaxHeaderLength)]
    [RegularExpression("[!-9;-~]+", ErrorMessage = "Spam.HeaderNameRule")]
    public string? HeaderName { get; set; }

    [NeededForOtherHeader(ErrorMessage = "Spam.HeaderRule"), StringLength(SpamRules.MaxHeaderLength)]
    public string? HeaderValue { get; set; }

    [Required, Range(1, 1000, ErrorMessage = "Spam.MostRule", ConvertValueInInvariantCulture = true)]
    public string? Most { get; set; }

    public static SpamForm Of(SpamRules rules) =>
        new()
        {
            Learns = rules.Learns,
            Filter = rules.Filter,
            HeaderName = rules.HeaderName.Length > 0 ? rules.HeaderName : null,
            HeaderValue = rules.HeaderValue.Length > 0 ? rules.HeaderValue : null,
            Most = rules.MostMailsOfUnknown.ToStringInvariant(),
        };
}

/// <summary>Another header is of use only with a name and a value.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NeededForOtherHeaderAttribute : ValidationAttribute
{
    public override bool RequiresValidationContext => true;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        ((SpamForm)validationContext.ObjectInstance).Filter is TrustedFilter.Other
        && string.IsNullOrWhiteSpace(value as string)
            ? new ValidationResult(ErrorMessage)
            : ValidationResult.Success;
}

/// <summary>How the learned filter stands.</summary>
/// <param name="Model">The newest; null = there are too few judgements.</param>
public sealed record SpamState(int Spam, int Good, bool IsEnough, ClassifierModel? Model);

/// <summary>Reads and saves the rules about spam; each saving is a row, and the rows are the history.</summary>
public sealed class SpamChanges(
    AdminWork work,
    IDbContextFactory<HelpdeskDbContext> databases,
    IOptions<IntakeOptions> options,
    TimeProvider time
)
{
    private const int MostShown = 10;

    public Task<SpamForm?> ReadAsync() => work.ReadAsync<SpamForm>(ReadAsync);

    public async Task<SpamState> StateAsync()
    {
        await using var db = databases.CreateDbContext();
        // no more than needed to say whether there are enough
        var material = await SpamMaterial.LoadAsync(db, SpamMaterial.LeastGood * 2, CancellationToken.None);
        var model = await db.Set<ClassifierModel>()
            .AsNoTracking()
            .Where(m => m.Kind == ModelKind.Spam)
            .OrderByDescending(m => m.Id)
            .FirstOrDefaultAsync();
        return new(
            material.Examples.Count(e => e.IsSpam),
            material.Examples.Count(e => !e.IsSpam),
            material.IsEnough,
            model
        );
    }

    /// <summary>The latest changes, newest first.</summary>
    public async Task<IReadOnlyList<SpamRules>> HistoryAsync()
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<SpamRules>().AsNoTracking().OrderByDescending(r => r.Id).Take(MostShown).ToListAsync();
    }

    /// <returns>Null when saved, else the refusal.</returns>
    public Task<string?> SaveAsync(SpamForm form) =>
        work.DoAsync(
            "spam rules saved",
            async (db, who) =>
            {
                if ((await ReadAsync(db))!.Mark() != form.Seen)
                    return AdminWork.Refusals.Changed;
                var named = form.Filter is TrustedFilter.Other;
                db.Add(
                    new SpamRules
                    {
                        At = time.GetUtcNow(),
                        ByUserId = who.UserId,
                        ByName = who.Name,
                        Learns = form.Learns,
                        Filter = form.Filter,
                        HeaderName = named ? form.HeaderName!.Trim() : "",
                        HeaderValue = named ? form.HeaderValue!.Trim() : "",
                        MostMailsOfUnknown = int.Parse(form.Most!, System.Globalization.CultureInfo.InvariantCulture),
                    }
                );
                return null;
            }
        );

    private async Task<SpamForm?> ReadAsync(HelpdeskDbContext db) =>
        SpamForm.Of(await SpamRules.CurrentAsync(db, options.Value));
}
