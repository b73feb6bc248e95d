using Helpdesk.Journeys.Mail;
using Helpdesk.Tickets;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Help;

[Trait("Category", "Browser")]
[Collection(SampleDeskJourneys.Name)]
public sealed class AutoAnswerJourney(RunningSampleDesk running, Browser browser)
{
    private const string Customer = "oona.heikkinen@example.org";

    /// <summary>Topics of the sample with enough observations, and how a customer asks about them.</summary>
    private static readonly (string Topic, string Question)[] Ready =
    [
        ("Transfer pending", "My transfer is still pending. Why is my transfer pending?"),
        ("Card payment pending", "My card payment is still pending. Why is my card payment pending?"),
        ("Verifying identity", "How do I verify my identity?"),
    ];

    [Fact]
    public async Task A_topic_is_switched_on_a_mail_is_answered_and_saying_no_brings_it_to_the_top()
    {
        var desk = await browser.OpenAsync(running.Desk.Address);
        var complaints = desk.Complaints();
        await RunningSampleDesk.SignInAsync(desk, "Beatriz Kallas");
        await desk.GotoAsync("/supervise/routing/answers");
        await desk.ShouldBeGoodAsync();
        var rows = await desk.Locator("tr", new() { HasText = "could answer" }).AllInnerTextsAsync();
        var (topic, question) = Ready.First(r => rows.Any(t => t.StartsWith(r.Topic, StringComparison.Ordinal)));
        await desk.GetByRole(AriaRole.Link, new() { Name = topic, Exact = true }).ClickAsync();
        await Expect(desk.Locator("#topic svg.chart")).ToBeVisibleAsync();
        await desk.ShouldBeGoodAsync();
        // the confidence from which a promise is kept moves with the present; this promise has room
        await desk.SelectOptionAsync("#promise", "90");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Let it answer" }).ClickAsync();
        await Expect(desk.Locator("#topic")).ToContainTextAsync("answering");

        var mail = Letters.Write(
            $"Oona <{Customer}>",
            "support@larchbank.example",
            topic,
            question,
            "oona-1@example.org"
        );
        (
            await Letters.SendAsync(
                running.Desk.SmtpPort,
                Customer,
                "support@larchbank.example",
                mail,
                TestContext.Current.CancellationToken
            )
        ).ShouldBeTrue();
        var letter = await running.LetterAsync(Customer, "No, I need a person");
        letter.ShouldContain("Auto-Submitted: auto-replied");
        var (number, _) = await running.RoutedAsync(Customer);
        (await running.TicketAsync(number)).Status.ShouldBe(TicketStatus.Waiting);

        var customer = await browser.OpenAsync(running.Desk.Address, script: false);
        await customer.GotoAsync(RunningSampleDesk.PrivateLink(letter) + "?helped=no");
        (await running.TicketAsync(number)).AutoAnswer.ShouldBe(AutoAnswerState.Sent);
        await customer.ClickAsync("#helped .primary");
        await Expect(customer.Locator("main")).ToContainTextAsync("A person answers from here");
        (await running.TicketAsync(number)).AutoAnswer.ShouldBe(AutoAnswerState.Declined);

        await desk.GotoAsync("/desk/queues/all");
        await Expect(desk.Locator("table.queue tbody tr").First).ToContainTextAsync("asked for a person");
        await Expect(desk.Locator("table.queue tbody tr a").First)
            .ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex($"/desk/tickets/{number}"));

        // it is withdrawn with a reason, which stands in the topic's history
        await desk.GotoAsync("/supervise/routing/answers");
        await desk.GetByRole(AriaRole.Link, new() { Name = topic, Exact = true }).First.ClickAsync();
        await desk.Locator("#reason").FillAsync("The answer left Oona without help.");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Withdraw", Exact = true }).ClickAsync();
        await Expect(desk.Locator("#topic")).ToContainTextAsync("withdrawn");
        await Expect(desk.Locator("#topic .rows").First).ToContainTextAsync("The answer left Oona without help.");
        await desk.ShouldBeGoodAsync();
        complaints.ShouldBeEmpty();
    }
}
