using Helpdesk.Knowledge.Articles;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Components.Admin;

/// <param name="Key">Of its words: <c>First.{Key}</c> and <c>First.{Key}.Why</c>.</param>
public sealed record FirstStep(string Key, string Href, bool IsDone);

/// <summary>What a new desk still lacks before it can work by itself.</summary>
public sealed class FirstSteps(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    IOptions<OutboundOptions> outbound,
    TimeProvider time
)
{
    /// <summary>Whoever has worked for a month without one of them does not want it.</summary>
    private static readonly TimeSpan Shown = TimeSpan.FromDays(30);

    /// <summary>So many topics the set-up makes by itself.</summary>
    private const int TopicsOfTheSetUp = 3;

    /// <returns>Empty on a sample desk, and when all is done.</returns>
    public async Task<IReadOnlyList<FirstStep>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var settings = (await directory.GetAsync(cancellationToken)).Settings;
        if (settings.SampleLoadedAt is not null || settings.SetUpAt < time.GetUtcNow() - Shown)
            return [];
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        FirstStep[] steps =
        [
            new("SetUp", "/set-up/company", settings.SetUpAt is not null),
            new("Outgoing", "/admin/mail", outbound.Value.Host.Length > 0),
            new("People", "/admin/people/invite", await db.Specialists.AnyAsync(cancellationToken)),
            new(
                "Topics",
                "/admin/topics",
                await db.Topics.Where(t => t.ParentId != null).Take(TopicsOfTheSetUp + 1).CountAsync(cancellationToken)
                    > TopicsOfTheSetUp
            ),
            new("Article", Layout.Places.NewArticle, await db.Set<Article>().AnyAsync(cancellationToken)),
            new("Request", "/admin/mail", await db.Tickets.AnyAsync(cancellationToken)),
        ];
        return Array.TrueForAll(steps, step => step.IsDone) ? [] : steps;
    }
}
