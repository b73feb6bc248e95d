using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Settings;

/// <summary>What changes slowly and is needed all the time, as one consistent, read-only picture.</summary>
public sealed class DeskPicture
{
    public required DeskSettings Settings { get; init; }
    public required IReadOnlyDictionary<int, SlaTerms> Policies { get; init; }
    public required IReadOnlyDictionary<int, Tier> Tiers { get; init; }
    public required IReadOnlyDictionary<int, Topic> Topics { get; init; }
    public required IReadOnlyDictionary<string, Topic> TopicsByKey { get; init; }
    public required IReadOnlyDictionary<int, Team> Teams { get; init; }
    public required SignedToken Tokens { get; init; }

    /// <summary>The terms of a policy; null when there is none or it is gone.</summary>
    public SlaTerms? Terms(int? policyId) => policyId is { } id ? Policies.GetValueOrDefault(id) : null;

    public SlaTerms? TermsOf(Ticket ticket) => Terms(ticket.SlaPolicyId);

    /// <summary>The promises a customer has: contract before own tier before the organization's tier before the desk's default.</summary>
    public SlaTerms? TermsFor(Customer customer) =>
        Terms(customer.Organization?.SlaPolicyId)
        ?? Terms(TierOf(customer)?.SlaPolicyId)
        ?? Terms(Settings.DefaultSlaPolicyId);

    /// <summary>Needs the customer's organization to be loaded.</summary>
    public Tier? TierOf(Customer customer) =>
        (customer.TierId ?? customer.Organization?.TierId) is { } id ? Tiers.GetValueOrDefault(id) : null;
}

/// <summary>Keeps the picture for some seconds; a change on this node is seen at once, on another node within that time.</summary>
public sealed class DeskDirectory(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim loading = new(1, 1);
    private volatile Entry? entry;

    private sealed record Entry(DeskPicture Picture, DateTimeOffset LoadedAt);

    public async ValueTask<DeskPicture> GetAsync(CancellationToken cancellationToken = default)
    {
        if (entry is { } kept && IsFresh(kept))
            return kept.Picture;
        await loading.WaitAsync(cancellationToken);
        try
        {
            if (entry is { } meanwhile && IsFresh(meanwhile))
                return meanwhile.Picture;
            var now = time.GetUtcNow();
            await using var db = databases.CreateDbContext();
            var picture = await LoadAsync(db, cancellationToken);
            entry = new(picture, now);
            return picture;
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>Call after saving settings, topics, teams, tiers or policies.</summary>
    public void Forget() => entry = null;

    public void Dispose() => loading.Dispose();

    private bool IsFresh(Entry kept)
    {
        var age = time.GetUtcNow() - kept.LoadedAt;
        return age >= TimeSpan.Zero && age < KeptFor; // a clock set back must not keep it for ever
    }

    private static async Task<DeskPicture> LoadAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var settings =
            await db.DeskSettings.AsNoTracking().SingleOrDefaultAsync(cancellationToken)
            ?? throw new InvalidOperationException(
                "The database has no settings row. Start the program once so that it is prepared."
            );
        var policies = await db
            .SlaPolicies.AsNoTracking()
            .Include(p => p.BusinessHours)
            .Include(p => p.Promises)
            .Include(p => p.Escalations)
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        var topics = await db.Topics.AsNoTracking().ToListAsync(cancellationToken);
        return new DeskPicture
        {
            Settings = settings,
            Policies = policies.ToDictionary(p => p.Id, p => new SlaTerms(p)),
            Tiers = await db.Tiers.AsNoTracking().ToDictionaryAsync(t => t.Id, cancellationToken),
            Topics = topics.ToDictionary(t => t.Id),
            TopicsByKey = topics.ToDictionary(t => t.Key, StringComparer.Ordinal),
            Teams = await db.Teams.AsNoTracking().ToDictionaryAsync(t => t.Id, cancellationToken),
            Tokens = new SignedToken(settings.SigningKey),
        };
    }
}
