using Helpdesk.Mail.Mime;
using Helpdesk.Tickets;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Journeys.Mail;

/// <summary>A customer who only has a mail program: both directions over a real SMTP conversation.</summary>
public sealed class MailJourneyTests
{
    private const string Customer = "carla.customer@example.org";

    [Fact]
    public async Task A_mail_opens_a_ticket_is_acknowledged_and_an_answer_to_that_is_appended()
    {
        await using var desk = new DeskProcess();
        await desk.StartAsync();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var first = Letters.Write(
            $"Carla <{Customer}>",
            "support@localhost",
            "Card kept",
            "The machine kept my card.",
            "first@example.org"
        );

        (await Letters.SendAsync(desk.SmtpPort, Customer, "support@localhost", first, giveUp.Token)).ShouldBeTrue();
        (await Letters.SendAsync(desk.SmtpPort, Customer, "support@localhost", first, giveUp.Token)).ShouldBeTrue();
        var acknowledgement = await NextMailAsync(desk, [], giveUp.Token);

        acknowledgement.To.ShouldContain(m => m.Address == Customer);
        acknowledgement.Headers.Text("Auto-Submitted").ShouldNotBe("no");
        acknowledgement.TextBody.ShouldNotBeNull().ShouldContain("/r/");
        acknowledgement.TextBody.ShouldNotContain("kept my card"); // never repeats what an unverified sender wrote

        var replyTo = (acknowledgement.ReplyTo.Count > 0 ? acknowledgement.ReplyTo : acknowledgement.From)[0].Address;
        var answer = Letters.Write(
            Customer,
            replyTo,
            "Re: " + acknowledgement.Subject,
            "It was the machine in Lisbon.",
            "second@example.org",
            $"In-Reply-To: <{acknowledgement.MessageId}>\r\nReferences: <{acknowledgement.MessageId}>\r\n"
        );
        (await Letters.SendAsync(desk.SmtpPort, Customer, replyTo, answer, giveUp.Token)).ShouldBeTrue();
        await UntilAsync(desk, db => db.Messages.CountAsync(m => m.Kind == MessageKind.Customer), 2, giveUp.Token);

        await using var database = desk.OpenDatabase();
        (await database.Tickets.CountAsync()).ShouldBe(1);
        var ticket = await database.Tickets.Include(t => t.Messages.OrderBy(m => m.Id)).SingleAsync();
        ticket.Subject.ShouldBe("Card kept");
        ticket
            .Messages.Select(m => m.Text.Trim())
            .ShouldBe(["The machine kept my card.", "It was the machine in Lisbon."]);
        ticket.RoutedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_stranger_who_knows_the_number_opens_a_ticket_of_their_own()
    {
        await using var desk = new DeskProcess();
        await desk.StartAsync();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await SendAsync(desk, Customer, "Card kept", "a@example.org", giveUp.Token);
        await NextMailAsync(desk, [], giveUp.Token);
        await SendAsync(desk, "mallory@example.net", "Re: Card kept [1]", "b@example.org", giveUp.Token);
        await UntilAsync(desk, db => db.Tickets.CountAsync(), 2, giveUp.Token);
    }

    private static async Task SendAsync(
        DeskProcess desk,
        string from,
        string subject,
        string id,
        CancellationToken cancellationToken
    ) =>
        (
            await Letters.SendAsync(
                desk.SmtpPort,
                from,
                "support@localhost",
                Letters.Write(from, "support@localhost", subject, "Words.", id, "In-Reply-To: <1@localhost>\r\n"),
                cancellationToken
            )
        ).ShouldBeTrue();

    private static async Task<ParsedMail> NextMailAsync(
        DeskProcess desk,
        IReadOnlyCollection<string> seen,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var file = Directory.Exists(desk.MailFolder)
                ? Directory.EnumerateFiles(desk.MailFolder, "*.eml").FirstOrDefault(f => !seen.Contains(f))
                : null;
            if (file is not null)
                return MimeParser.Parse(await File.ReadAllBytesAsync(file, cancellationToken));
            await Task.Delay(100, cancellationToken);
        }
    }

    private static async Task UntilAsync(
        DeskProcess desk,
        Func<Tickets.Data.HelpdeskDbContext, Task<int>> count,
        int expected,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await using var db = desk.OpenDatabase();
            if (await count(db) == expected)
                return;
            await Task.Delay(100, cancellationToken);
        }
    }
}
