using System.Data;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing.SetUp;

/// <summary>Takes the routing set-up out of the desk and brings it in.</summary>
public sealed class SetUpExchange(
    IDbContextFactory<HelpdeskDbContext> databases,
    LiveRules rules,
    DeskDirectory directory,
    TimeProvider time,
    IOptions<RoutingOptions> options
)
{
    /// <summary>How a change of this kind is recorded.</summary>
    public const string ChangeKind = "routing set-up imported";

    private readonly AnswersExchange answers = new(time, options);

    public async Task<RoutingSetUp> ReadAsync(CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await SetUpReader.ReadAsync(db, rules, cancellationToken);
    }

    /// <summary>The set-up inside somebody's transaction.</summary>
    public Task<RoutingSetUp> ReadAsync(HelpdeskDbContext db, CancellationToken cancellationToken = default) =>
        SetUpReader.ReadAsync(db, rules, cancellationToken);

    /// <summary>What the file would change; nothing is changed.</summary>
    /// <exception cref="InvalidDataException">What makes no sense in it.</exception>
    public async Task<SetUpPlan> PlanAsync(RoutingSetUp file, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await PlanAsync(db, file, cancellationToken);
    }

    /// <summary>All of it or nothing, from the command line; the history says that the desk did it.</summary>
    public async Task<SetUpPlan> ImportAsync(RoutingSetUp file, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.Serializable,
            cancellationToken
        );
        var plan = await ApplyAsync(db, file, who: null, cancellationToken);
        if (plan.Differences.Count > 0)
            db.Add(
                new AdministrationChange
                {
                    At = time.GetUtcNow(),
                    Area = "set-up",
                    Kind = ChangeKind,
                    Fields = plan.Differences,
                }
            );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        directory.Forget();
        return plan;
    }

    /// <summary>Writes what is different; the caller has a transaction, saves and commits.</summary>
    /// <param name="who">Null: the desk itself.</param>
    /// <exception cref="InvalidDataException">What makes no sense in the file; nothing was written.</exception>
    public async Task<SetUpPlan> ApplyAsync(
        HelpdeskDbContext db,
        RoutingSetUp file,
        Actor? who,
        CancellationToken cancellationToken = default
    )
    {
        var plan = await PlanAsync(db, file, cancellationToken);
        var before = await SetUpReader.ReadAsync(db, rules, cancellationToken);
        await SetUpWriter.WriteAsync(db, plan.Wanted, cancellationToken);
        var settings = await db.DeskSettings.SingleAsync(cancellationToken);
        settings.SplitsCombined = plan.Wanted.SplitsCombined is true;
        var now = time.GetUtcNow();
        if (plan.Wanted.Rules is { } wanted && wanted != before.Rules)
            db.Add(
                new RuleChange
                {
                    At = now,
                    ByUserId = who?.UserId ?? Guid.Empty,
                    ByName = NameOf(who),
                    RulesJson = wanted.ToJson(),
                }
            );
        if (plan.Wanted.Spam is { } spam && spam != before.Spam)
            db.Add(
                new SpamRules
                {
                    At = now,
                    ByUserId = who?.UserId,
                    ByName = NameOf(who),
                    Learns = spam.Learns,
                    Filter = spam.Filter,
                    HeaderName = spam.HeaderName ?? "",
                    HeaderValue = spam.HeaderValue ?? "",
                    MostMailsOfUnknown = spam.MostMailsOfUnknown,
                }
            );
        await answers.WriteAsync(db, before, plan.Wanted, who, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return plan;
    }

    internal static string NameOf(Actor? who) => Text.Cut(who?.Name, RuleChange.MaxNameLength);

    private async Task<SetUpPlan> PlanAsync(
        HelpdeskDbContext db,
        RoutingSetUp file,
        CancellationToken cancellationToken
    )
    {
        var now = await SetUpReader.ReadAsync(db, rules, cancellationToken);
        var tiers = await db.Tiers.Select(t => t.Name).ToListAsync(cancellationToken);
        SetUpCheck.Run(file, now, tiers.ToHashSet(StringComparer.Ordinal));
        var staff = now.People.Select(p => SetUpPlan.Lower(p.Address)).ToHashSet(StringComparer.Ordinal);
        var ready = await answers.ReadyAsync(db, file, cancellationToken);
        return SetUpPlan.Of(now, file, staff, wished => ready.Contains((wished.Topic, wished.Promise)));
    }
}
