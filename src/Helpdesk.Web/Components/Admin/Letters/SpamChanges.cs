using System.ComponentModel.DataAnnotations;
using Helpdesk.Mail.Intake;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Spam;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
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
    private const string Kind = "spam rules saved";
    private const string AsItIs = "AsItIs";

    public async Task<SpamForm> ReadAsync() => (await work.ReadAsync<SpamForm>(async db => await ReadAsync(db)))!;

    public async Task<SpamState> StateAsync()
    {
        await using var db = databases.CreateDbContext();
        // no more than needed to say whether there are enough
        var material = await SpamMaterial.LoadAsync(db, SpamMaterial.LeastGood * 2, now: null, CancellationToken.None);
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

    /// <returns>Null when it is as wanted, else the refusal.</returns>
    public async Task<string?> SaveAsync(SpamForm form)
    {
        SpamForm? before = null;
        return Told(
            await work.DoAsync(
                Kind,
                async (db, who) => await WriteAsync(db, before = await ReadAsync(db), form, who.Actor),
                record: () => new AdminRecord("", form.ChangesFrom(before))
            )
        );
    }

    /// <summary>The same for a script.</summary>
    /// <param name="form">With the mark of the rules it was made from; without one, whatever stands there.</param>
    /// <returns>Why not, else null and what was other before.</returns>
    public async Task<(string? Refusal, IReadOnlyList<ChangedField> Changed)> SaveAsync(
        Viewer.Script script,
        SpamForm form,
        CancellationToken cancellationToken
    )
    {
        SpamForm? before = null;
        var refusal = await work.DoAsync(
            script,
            Kind,
            async db =>
            {
                before = await ReadAsync(db);
                form.Seen ??= before.Mark();
                return await WriteAsync(db, before, form, script.Actor);
            },
            () => new AdminRecord("", form.ChangesFrom(before)),
            cancellationToken
        );
        return (Told(refusal), refusal is null ? form.ChangesFrom(before) : []);
    }

    private async Task<string?> WriteAsync(HelpdeskDbContext db, SpamForm before, SpamForm form, Actor who)
    {
        if (before.Mark() != form.Seen)
            return AdminWork.Refusals.Changed;
        // what is typed for another header is kept only with it
        if (form.Filter is not TrustedFilter.Other)
            (form.HeaderName, form.HeaderValue) = (null, null);
        if (before.Mark() == form.Mark())
            return AsItIs;
        db.Add(
            new SpamRules
            {
                At = time.GetUtcNow(),
                ByUserId = who.UserId,
                ByName = Text.Cut(who.Name, SpamRules.MaxNameLength),
                Learns = form.Learns,
                Filter = form.Filter,
                HeaderName = form.HeaderName?.Trim() ?? "",
                HeaderValue = form.HeaderValue?.Trim() ?? "",
                MostMailsOfUnknown = int.Parse(form.Most!, System.Globalization.CultureInfo.InvariantCulture),
            }
        );
        return null;
    }

    private static string? Told(string? refusal) => refusal is AsItIs ? null : refusal;

    private async Task<SpamForm> ReadAsync(HelpdeskDbContext db) =>
        SpamForm.Of(await SpamRules.CurrentAsync(db, options.Value.MaxMailsOfUnknownPerHour));
}
