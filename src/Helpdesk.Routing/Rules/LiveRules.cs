using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing.Rules;

/// <summary>The rules in force: the newest that an administrator saved, else those of the configuration.</summary>
public sealed class LiveRules(IOptions<RoutingOptions> options)
{
    private sealed record Entry(int Id, RoutingRules Rules);

    private volatile Entry? _entry;

    /// <summary>Asks for the newest row's id each time, so every node sees a change with its next batch.</summary>
    public async Task<RoutingRules> GetAsync(HelpdeskDbContext db, CancellationToken cancellationToken = default)
    {
        var changes = db.Set<RuleChange>();
        if (await changes.MaxAsync(c => (int?)c.Id, cancellationToken) is not { } newest)
            return new RoutingRules { Priority = options.Value.Priority, VipMargin = options.Value.VipMargin };
        if (_entry is { } kept && kept.Id == newest)
            return kept.Rules;
        var json = await changes.Where(c => c.Id == newest).Select(c => c.RulesJson).SingleAsync(cancellationToken);
        var rules = RoutingRules.ParseKept(json);
        _entry = new Entry(newest, rules);
        return rules;
    }
}
