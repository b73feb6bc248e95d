using System.Net;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Links;
using Helpdesk.Web.Components.Desk.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class TicketMergingTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task What_a_customer_wrote_twice_becomes_one_request_and_its_links_lead_there(StorageProvider provider)
    {
        await using var desk = await CreateAsync(provider);
        var first = await desk.OpenTicketAsync("Card", "Where is it?");
        desk.Time.Advance(TimeSpan.FromMinutes(5));
        var second = await desk.OpenTicketAsync("Card again", "It is still not here.");
        var third = await desk.OpenTicketAsync("Card!!", "Hello?");

        var outcome = await MergeAsync(desk, first, second, third);

        outcome.ShouldBe(new MergeOutcome(first, 2, null));
        var one = await desk.ReadAsync(first);
        one.Messages.Select(m => m.Text).ShouldBe(["Where is it?", "It is still not here.", "Hello?"]);
        one.IsUnresolved.ShouldBeTrue();
        foreach (var id in new[] { second, third })
            (await desk.ReadAsync(id)).Status.ShouldBe(TicketStatus.Closed);
        await using (var db = desk.OpenDatabase())
            (
                await db.Set<TicketLink>()
                    .OrderBy(l => l.FromId)
                    .Select(l => new
                    {
                        l.FromId,
                        l.ToId,
                        l.Kind,
                    })
                    .ToListAsync()
            ).ShouldBe([
                new
                {
                    FromId = second,
                    ToId = first,
                    Kind = TicketLinkKind.DuplicateOf,
                },
                new
                {
                    FromId = third,
                    ToId = first,
                    Kind = TicketLinkKind.DuplicateOf,
                },
            ]);

        // whoever holds the private link of an emptied request comes to the one that goes on, and nobody else does
        if (provider is StorageProvider.Postgres)
            return;
        var tokens = (await desk.PictureAsync()).Tokens;
        await using var site = new DeskSite(desk);
        using var browser = site.CreateClient(new() { AllowAutoRedirect = false });
        var answer = await browser.GetAsync($"/r/{tokens.ForGuest(second, one.CustomerId)}");
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldEndWith($"/r/{tokens.ForGuest(first, one.CustomerId)}");
        (await browser.GetAsync($"/r/{tokens.ForGuest(second, one.CustomerId + 1)}")).StatusCode.ShouldBe(
            HttpStatusCode.Gone
        );
    }

    [Fact]
    public async Task The_answered_one_stays_and_others_customers_and_two_answered_ones_are_refused()
    {
        await using var desk = await CreateAsync(StorageProvider.Sqlite);
        var first = await desk.OpenTicketAsync("one");
        var answered = await desk.OpenTicketAsync("two");
        var alsoAnswered = await desk.OpenTicketAsync("three");
        var others = await desk.OpenTicketAsync("four", address: "other@example.org");
        foreach (var id in new[] { answered, alsoAnswered })
            await desk.ChangeAsync(
                id,
                (t, terms, now) => t.Reply(new() { Text = "Soon." }, Actor.System, TicketStatus.Waiting, terms, now)
            );

        (await MergeAsync(desk, first, others)).Problem.ShouldNotBeNull();
        (await MergeAsync(desk, answered, alsoAnswered)).Problem.ShouldNotBeNull();
        (await MergeAsync(desk, first)).Problem.ShouldNotBeNull();
        (await MergeAsync(desk, first, 99_999)).Problem.ShouldNotBeNull();
        (await desk.ReadAsync(first)).Messages.Count.ShouldBe(1);

        (await MergeAsync(desk, first, answered)).ShouldBe(new MergeOutcome(answered, 1, null));
        (await desk.ReadAsync(answered)).Messages.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_perhaps_somebody_else_wrote_stays_so_and_what_the_customer_has_read_stays_readable()
    {
        await using var desk = await CreateAsync(StorageProvider.Sqlite);
        var first = await desk.OpenTicketAsync("one");
        var second = await desk.OpenTicketAsync("two");
        await AppendAsync(desk, second, "perhaps me", "customer@example.org", show: false);
        await AppendAsync(desk, second, "from Bob", "bob@example.org", show: true);

        (await MergeAsync(desk, first, second)).ShouldBe(new MergeOutcome(first, 1, null));

        (await desk.ReadAsync(first))
            .Messages.Select(m => (m.SenderAddress, m.FromOtherSender))
            .ShouldBe([(null, false), (null, false), ("customer@example.org", true), ("bob@example.org", false)]);
    }

    private static async Task AppendAsync(Testing.Desk desk, long id, string text, string sender, bool show)
    {
        await using var db = desk.OpenDatabase();
        var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
        var message = await desk.Get<TicketIntake>()
            .AppendAsync(
                ticket,
                new()
                {
                    Text = text,
                    FromOtherSender = true,
                    SenderAddress = sender,
                },
                new Actor(ActorKind.Customer, Id: null, "Somebody")
            );
        await db.SaveChangesAsync();
        if (show)
            ticket.ShowToCustomer(message, Actor.System, desk.Time.GetUtcNow());
        await db.SaveChangesAsync();
    }

    private static Task<Testing.Desk> CreateAsync(StorageProvider provider) =>
        Testing.Desk.CreateAsync(
            provider,
            configure: (services, _) =>
            {
                services.AddQueues();
                services.AddLocalization();
                services.AddSingleton<MessageMoves>();
            }
        );

    private static async Task<MergeOutcome> MergeAsync(Testing.Desk desk, params long[] ids)
    {
        await using var scope = desk.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<SignedIn>().UserId = desk.Anna.Id;
        return await scope.ServiceProvider.GetRequiredService<TicketMerging>().MergeAsync(ids);
    }
}
