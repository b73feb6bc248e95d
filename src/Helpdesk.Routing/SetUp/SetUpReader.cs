using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.SetUp;

/// <summary>The set-up as it stands, always in the same order.</summary>
internal static class SetUpReader
{
    public static async Task<RoutingSetUp> ReadAsync(
        HelpdeskDbContext db,
        LiveRules rules,
        CancellationToken cancellationToken
    )
    {
        var settings = await db.DeskSettings.AsNoTracking().SingleAsync(cancellationToken);
        var teams = await db.Teams.AsNoTracking().Include(t => t.Lead).ToListAsync(cancellationToken);
        var skills = await db.Skills.AsNoTracking().ToListAsync(cancellationToken);
        var hours = await db.BusinessHours.AsNoTracking().ToListAsync(cancellationToken);
        return new()
        {
            DefaultTeam = teams.Find(t => t.Id == settings.DefaultTeamId)?.Name,
            SplitsCombined = settings.SplitsCombined,
            Rules = await rules.GetAsync(db, cancellationToken),
            Spam = await SpamRules.SavedAsync(db, cancellationToken) is { } spam
                ? new(
                    spam.Learns,
                    spam.Filter,
                    spam.MostMailsOfUnknown,
                    spam.HeaderName is "" ? null : spam.HeaderName,
                    spam.HeaderValue is "" ? null : spam.HeaderValue
                )
                : null,
            Teams =
            [
                .. teams
                    .Select(t => new SetUpTeam(
                        t.Name,
                        t.Description,
                        t.Lead is { IsActive: true } lead ? lead.Address : null
                    ))
                    .OrderBy(t => t.Name, StringComparer.Ordinal),
            ],
            Skills = [.. skills.Select(s => new SetUpSkill(s.Key, s.Name)).OrderBy(s => s.Key, StringComparer.Ordinal)],
            Hours =
            [
                .. hours
                    .Select(h => new SetUpHours(h.Name, h.TimeZoneId, h.Week, [.. h.Holidays.Order()]))
                    .OrderBy(h => h.Name, StringComparer.Ordinal),
            ],
            Areas = await AreasAsync(db, cancellationToken),
            People = await PeopleAsync(db, cancellationToken),
            AutomaticAnswers = await AnswersAsync(db, cancellationToken),
        };
    }

    private static async Task<IReadOnlyList<SetUpArea>> AreasAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var topics = await db
            .Topics.AsNoTracking()
            .Include(t => t.Team)
            .Include(t => t.Skill)
            .ToListAsync(cancellationToken);
        var phrases = (
            await db.Set<TopicPhrase>().AsNoTracking().OrderBy(p => p.Id).ToListAsync(cancellationToken)
        ).ToLookup(p => p.TopicId, p => p.Text);
        var children = topics.Where(t => t.ParentId is not null).ToLookup(t => t.ParentId!.Value);
        return
        [
            .. topics
                .Where(t => t.ParentId is null)
                .OrderBy(t => t.Key, StringComparer.Ordinal)
                .Select(area => new SetUpArea(area.Key, area.Name, area.Description, area.Icon, area.Team?.Name)
                {
                    Topics =
                    [
                        .. children[area.Id]
                            .OrderBy(t => t.Key, StringComparer.Ordinal)
                            .Select(t => new SetUpTopic(
                                t.Key,
                                t.Name,
                                t.Description,
                                t.Team?.Name,
                                t.Skill?.Key,
                                t.IsArchived
                            )
                            {
                                Phrases = [.. phrases[t.Id].Order(StringComparer.Ordinal)],
                            }),
                    ],
                }),
        ];
    }

    private static async Task<IReadOnlyList<SetUpPerson>> PeopleAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var people = await db
            .Specialists.AsNoTracking()
            .Include(s => s.BusinessHours)
            .Include(s => s.Teams)
                .ThenInclude(m => m.Team)
            .Include(s => s.Skills)
                .ThenInclude(s => s.Skill)
            .AsSplitQuery()
            .Where(s => s.IsActive)
            .ToListAsync(cancellationToken);
        return
        [
            .. people
                .OrderBy(s => s.Address, StringComparer.Ordinal)
                .Select(s => new SetUpPerson(
                    s.Address,
                    s.Capacity,
                    s.Languages,
                    s.BusinessHours?.Name,
                    people.Find(p => p.Id == s.DeputyId)?.Address
                )
                {
                    Teams = [.. s.Teams.Select(m => m.Team.Name).Order(StringComparer.Ordinal)],
                    Skills = new SortedDictionary<string, int>(
                        s.Skills.ToDictionary(x => x.Skill.Key, x => x.Level),
                        StringComparer.Ordinal
                    ),
                }),
        ];
    }

    private static async Task<IReadOnlyList<SetUpAnswers>> AnswersAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var inForce = await AnsweringBook.InForceAsync(db, cancellationToken);
        var keys = await db.Topics.ToDictionaryAsync(t => t.Id, t => t.Key, cancellationToken);
        var tiers = await db.Tiers.ToDictionaryAsync(t => t.Id, t => t.Name, cancellationToken);
        return
        [
            .. inForce
                .Values.Select(c => new SetUpAnswers(keys[c.TopicId], Wish(c.State), c.Promise)
                {
                    ExcludedTiers =
                    [
                        .. c
                            .ExcludedTierIds.Where(tiers.ContainsKey)
                            .Select(id => tiers[id])
                            .Order(StringComparer.Ordinal),
                    ],
                })
                .OrderBy(a => a.Topic, StringComparer.Ordinal),
        ];
    }

    /// <summary>What somebody can wish for: a topic that was stopped observes anew.</summary>
    internal static AnsweringState Wish(AnsweringState state) =>
        state is AnsweringState.Withdrawn ? AnsweringState.Observing : state;
}
