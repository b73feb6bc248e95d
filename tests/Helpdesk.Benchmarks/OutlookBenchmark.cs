using Helpdesk.Routing.Outlook;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Components.Supervise.Wall;
using Helpdesk.Web.Sample;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Benchmarks;

/// <summary>
/// How well the wall says what is likely to breach: on the sample desk's history, learned from the requests before a day and asked at every full hour
/// after it about each promise that ends within the next three hours. Beside it the plain share of the time that is over, and the mean for all.
/// </summary>
internal static class OutlookBenchmark
{
    private const int Tickets = 10_000;
    private const int DaysAsked = 40;

    private sealed record Past(ClockFacts Facts, Guid? SpecialistId);

    private sealed record Asked(bool IsLate, double Used, double WithoutLoad, double WithLoad);

    public static async Task RunAsync()
    {
        await using var site = new Site { Environment = "Production" };
        await site.Services.GetRequiredService<DemoLoad>().LoadAsync(Tickets, seed: 1);
        await using var db = site.Services.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();
        var picture = await site.Services.GetRequiredService<DeskDirectory>().GetAsync();
        var now = TimeProvider.System.GetUtcNow();
        var split = now.AddDays(-DaysAsked);
        var tickets = db.Tickets.AsNoTracking().Where(t => !t.IsEmptied && t.IsSpam != true).OrderBy(t => t.Id);
        var facts = await LearnedTimes.FactsOf(tickets).ToListAsync();
        var people = await tickets.Select(t => t.SpecialistId).ToListAsync();
        var capacity = await db.Specialists.ToDictionaryAsync(s => s.Id, s => s.Capacity);
        var all = facts.Zip(people, (f, p) => new Past(f, p)).ToList();
        var times = UsualTimes.Of(
            all.Where(p => p.Facts.CreatedAt < split)
                .TakeLast(LearnedTimes.Requests)
                .SelectMany(p => AsOf(p.Facts, split).Times(picture, split))
        );
        var workOf = all.Where(p => p.SpecialistId is not null).ToLookup(p => p.SpecialistId!.Value);
        foreach (var target in new[] { SlaTarget.FirstResponse, SlaTarget.Resolution })
        {
            var asked = all.Where(p => p.Facts.CreatedAt >= split)
                .SelectMany(p => Ask(p, target, times, picture, workOf, capacity, now))
                .ToList();
            var share = asked.Average(a => a.IsLate ? 1.0 : 0);
            Figures.Print(
                "outlook",
                new
                {
                    target = target.ToString(),
                    asked = asked.Count,
                    missed = Figures.Round(share),
                    meanSaid = Figures.Round(asked.Average(a => a.WithLoad)),
                    brier = Brier(asked, a => a.WithLoad),
                    brierWithoutLoad = Brier(asked, a => a.WithoutLoad),
                    brierOfTheTimeOver = Brier(asked, a => a.Used),
                    brierOfTheMean = Brier(asked, _ => share),
                    auc = Auc(asked, a => a.WithLoad),
                    aucWithoutLoad = Auc(asked, a => a.WithoutLoad),
                    aucOfTheTimeOver = Auc(asked, a => a.Used),
                    saidAndMissed = asked
                        .GroupBy(a => Math.Min(4, (int)(a.WithLoad * 5)))
                        .OrderBy(g => g.Key)
                        .Select(g => new
                        {
                            from = g.Key * 20,
                            g.ToList().Count,
                            said = Figures.Round(g.Average(a => a.WithLoad)),
                            missed = Figures.Round(g.Average(a => a.IsLate ? 1.0 : 0)),
                        }),
                }
            );
        }
    }

    private static IEnumerable<Asked> Ask(
        Past past,
        SlaTarget target,
        UsualTimes times,
        DeskPicture picture,
        ILookup<Guid, Past> workOf,
        Dictionary<Guid, double> capacity,
        DateTimeOffset now
    )
    {
        var facts = past.Facts;
        if (
            picture.Terms(facts.SlaPolicyId) is not { } terms
            || terms.Promised(target, facts.Priority) is not { Ticks: > 0 } promised
        )
            yield break;
        var isFirst = target is SlaTarget.FirstResponse;
        var from = isFirst ? facts.CreatedAt : facts.ResolutionStartedAt;
        var end = isFirst ? facts.FirstRespondedAt : facts.ResolvedAt;
        var due = terms.Calendar.Add(from, promised + (isFirst ? TimeSpan.Zero : facts.Paused));
        if ((end is null && due > now) || (isFirst && end is not null && facts.Replies == 0))
            yield break;
        var first = due - OutlookReader.Ahead;
        if (first < from)
            first = from;
        for (
            var at = new DateTimeOffset(first.Ticks - (first.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1);
            at < due && (end is null || at < end);
            at = at.AddHours(1)
        )
        {
            var used = Math.Clamp(1 - (terms.Calendar.Between(at, due) / promised), 0, 1);
            var late = times.LateAfter(target, promised, facts.TopicId, facts.Complexity, used);
            double? load = past.SpecialistId is { } id
                ? workOf[id]
                    .Where(w => w.Facts.CreatedAt <= at && !(w.Facts.ResolvedAt <= at))
                    .Sum(w => Workload.Weight(w.Facts.Complexity, TicketStatus.Open)) / capacity[id]
                : null;
            yield return new(end is null || end > due, used, late, BreachOutlook.Probability(late, load));
        }
    }

    // what was known at an instant
    private static ClockFacts AsOf(ClockFacts facts, DateTimeOffset at) =>
        facts with
        {
            FirstRespondedAt = facts.FirstRespondedAt > at ? null : facts.FirstRespondedAt,
            ResolvedAt = facts.ResolvedAt > at ? null : facts.ResolvedAt,
            PausedSince = null,
        };

    private static double Brier(List<Asked> asked, Func<Asked, double> said) =>
        Figures.Round(asked.Average(a => Math.Pow(said(a) - (a.IsLate ? 1 : 0), 2)));

    // the share of pairs of a missed and a kept promise in which the missed one was said to be likelier
    private static double Auc(List<Asked> asked, Func<Asked, double> said)
    {
        var (rank, sum) = (0.0, 0.0);
        foreach (var tie in asked.GroupBy(said).OrderBy(g => g.Key))
        {
            var (count, late) = (tie.Count(), tie.Count(a => a.IsLate));
            sum += late * (rank + ((count + 1) / 2.0));
            rank += count;
        }
        double missed = asked.Count(a => a.IsLate);
        return Figures.Round((sum - (missed * (missed + 1) / 2)) / (missed * (asked.Count - missed)));
    }
}
