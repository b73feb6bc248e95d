using Bunit;
using Helpdesk.Testing;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Components.Supervise;
using Helpdesk.Web.Live;
using Helpdesk.Web.Tests.Desk;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class WallPageTests
{
    [Fact]
    public async Task The_wall_follows_what_happens_and_forgets_what_it_showed_when_the_right_is_gone()
    {
        await using var desk = await Testing.Desk.CreateAsync(
            configure: (services, _) =>
            {
                services.AddQueues();
                services.AddSingleton<WallReader>();
            }
        );
        await using var page = new WallOf(desk);
        var feed = desk.Get<LiveFeed>();
        await feed.ReadAsync(CancellationToken.None);
        var wall = page.Render<WallPage>();
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("<h1>"));
        wall.Markup.ShouldNotContain("Where is my card");

        await desk.OpenTicketAsync();
        await feed.ReadAsync(CancellationToken.None);
        wall.Markup.ShouldNotContain("Where is my card");
        page.Clock.Advance(TimeSpan.FromSeconds(1)); // a burst is read once
        wall.WaitForAssertion(() => wall.Markup.ShouldContain("Where is my card"));

        await using (var db = desk.OpenDatabase())
            await db.UserRoles.Where(r => r.UserId == desk.Supervisor.Id).ExecuteDeleteAsync();
        page.Clock.Advance(DeskPerson.TrustedFor + TimeSpan.FromSeconds(1));
        wall.WaitForAssertion(() => wall.Markup.ShouldNotContain("Where is my card"));
    }

    private sealed class WallOf(Testing.Desk desk)
        : PartTest(services =>
        {
            services.AddSingleton(desk.Get<WallReader>());
            services.AddSingleton(desk.Get<LiveFeed>());
            services.AddSingleton(desk.Get<DeskDirectory>());
            services.AddSingleton(desk.Get<IDbContextFactory<HelpdeskDbContext>>());
            services.AddSingleton<AuthenticationStateProvider>(new SignedIn { UserId = desk.Supervisor.Id });
            services.AddSingleton(desk.Get<SqliteWriteGate>());
            services.AddSingleton(desk.Get<Bells>());
            services.AddScoped<DeskPerson>();
            services.AddScoped<MailReview>();
            services.AddSingleton(new ProblemReader(desk.Get<IDbContextFactory<HelpdeskDbContext>>()));
            services.AddSingleton<Helpdesk.Routing.Learning.LabelShiftBook>();
        })
    {
        public ManualTime Clock => Time;
    }
}
