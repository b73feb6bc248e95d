using Helpdesk.Knowledge.Growing;
using Helpdesk.Tickets.Access;
using Helpdesk.Web.Components.Desk.Articles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class RecurringProposalsTests
{
    [Fact]
    public async Task Other_teams_groups_neither_hide_the_own_ones_nor_show_their_subjects()
    {
        await using var desk = await Testing.Desk.CreateAsync(
            configure: (services, _) =>
            {
                services.AddQueues();
                services.AddOutputCache();
                services.AddLocalization();
            }
        );
        // as many groups of another team as a page shows, each larger than the own one
        for (var i = 0; i < 50; i++)
            await GroupAsync(desk, "Theirs", ("Theirs", false), ("Theirs", false), ("Theirs", false), ("Theirs", true));
        await GroupAsync(desk, "Their secret", ("Their secret", false), ("My card", true), ("My new card", true));

        var own = (await desk.Get<RecurringProposals>().ListAsync(Anna(desk))).ShouldHaveSingleItem();
        own.Title.ShouldBe("My new card");
        own.TicketIds.Count.ShouldBe(2);
        var all = await desk.Get<RecurringProposals>().ListAsync(Anna(desk) with { SeesAll = true });
        (all.Count, all[0].Title).ShouldBe((50, "Theirs"));
    }

    private static async Task GroupAsync(Testing.Desk desk, string title, params (string Subject, bool IsOwn)[] tickets)
    {
        var group = new RecurringAnswer { Title = title, FoundAt = desk.Time.GetUtcNow() };
        await using var db = desk.OpenDatabase();
        foreach (var (subject, isOwn) in tickets)
        {
            var id = await desk.OpenTicketAsync(subject, "How?", "ann@example.org");
            group.Tickets.Add(new RecurringAnswerTicket { TicketId = id });
            var (team, specialist) = isOwn ? ((int?)null, (Guid?)desk.Anna.Id) : (desk.Team.Id, null);
            await db
                .Tickets.Where(t => t.Id == id)
                .ExecuteUpdateAsync(s =>
                    s.SetProperty(t => t.TeamId, team).SetProperty(t => t.SpecialistId, specialist)
                );
        }
        db.Add(group);
        await db.SaveChangesAsync();
    }

    private static Viewer.Staff Anna(Testing.Desk desk) => new(desk.Anna.Id, desk.Anna.Name, false, false, []);
}
