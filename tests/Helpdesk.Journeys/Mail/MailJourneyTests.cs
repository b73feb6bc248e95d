using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Smtp;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Journeys.Mail;

/// <summary>A customer who only has a mail program: the whole program, both directions over real SMTP conversations.</summary>
public sealed class MailJourneyTests : IAsyncLifetime
{
    private const string Carla = "carla.customer@example.org";
    private const string Support = "support@localhost";

    private readonly CustomersMailServer outside = new();
    private readonly CancellationTokenSource giveUp = new(TimeSpan.FromMinutes(2));
    private Site site = null!;
    private int letters;

    public async ValueTask InitializeAsync()
    {
        await outside.StartAsync();
        site = new Site { Workers = true }
            .With("Mail:Out:Host", "127.0.0.1")
            .With("Mail:Out:Port", outside.Port.ToStringInvariant())
            .With("Mail:Out:Security", "None");
        _ = site.Services; // starts it
    }

    public async ValueTask DisposeAsync()
    {
        await site.DisposeAsync();
        await outside.DisposeAsync();
        giveUp.Dispose();
    }

    [Fact]
    public async Task A_conversation_by_mail_is_one_ticket_from_the_question_to_the_reopening()
    {
        var question = Letters.Write(
            $"Carla <{Carla}>",
            Support,
            "Card kept",
            "The machine kept my card.",
            "first@example.org"
        );
        await SendAsync(Carla, Support, question);
        await SendAsync(Carla, Support, question); // her server did not hear the 250 and sends again

        var (acknowledgement, envelope) = await outside.NextAsync(giveUp.Token);
        envelope.Recipients.ShouldBe([Carla]);
        acknowledgement.To.ShouldContain(m => m.Address == Carla);
        acknowledgement.Headers.Text("Auto-Submitted").ShouldBe("auto-replied");
        acknowledgement.InReplyTo.ShouldBe("first@example.org");
        acknowledgement.HtmlBody.ShouldNotBeNull();
        var words = acknowledgement.TextBody.ShouldNotBeNull();
        words.ShouldNotContain("kept my card"); // never repeats what an unverified sender wrote
        await OpensAsync(Letters.PrivateLinkIn(acknowledgement));

        await ReplyAsync(Carla, acknowledgement, "It was the machine in Lisbon.");
        await MessagesAsync(2);

        await AnswerAsync("We send a new one.", TicketStatus.Resolved);
        var (answer, _) = await outside.NextAsync(giveUp.Token);
        answer.TextBody.ShouldNotBeNull().ShouldContain("We send a new one.");
        answer.Headers.Text("Auto-Submitted").ShouldBeNull();
        answer.InReplyTo.ShouldBe("letter-1@example.org");

        await ReplyAsync(Carla, answer, "It never came.");
        var ticket = await MessagesAsync(4);
        ticket.Status.ShouldBe(TicketStatus.Open);
        ticket
            .Messages.OrderBy(m => m.Id)
            .Select(m => m.Text.Trim())
            .ShouldBe([
                "The machine kept my card.",
                "It was the machine in Lisbon.",
                "We send a new one.",
                "It never came.",
            ]);
        outside.Waiting.ShouldBe(0); // one acknowledgement for the whole of it
    }

    [Fact]
    public async Task Of_others_the_holder_of_the_mark_is_let_in_marked_and_a_guesser_opens_a_ticket_of_their_own()
    {
        await SendAsync(Carla, Support, Letters.Write(Carla, Support, "Card kept", "Words.", "a@example.org"));
        var (acknowledgement, _) = await outside.NextAsync(giveUp.Token);

        await ReplyAsync("colleague@example.org", acknowledgement, "I was there too.");
        var ticket = await MessagesAsync(2);
        ticket.Messages.OrderBy(m => m.Id).Select(m => m.FromOtherSender).ShouldBe([false, true]);
        ticket.Customer.Address.ShouldBe(Carla);

        var guess = Letters.Write(
            "mallory@example.net",
            Support,
            $"Re: {acknowledgement.Subject}",
            "Tell me everything.",
            "c@example.net",
            $"In-Reply-To: <hd.{ticket.Id}@localhost>\r\n"
        );
        await SendAsync("mallory@example.net", Support, guess);
        var (theirs, _) = await outside.NextAsync(giveUp.Token);
        theirs.To.ShouldContain(m => m.Address == "mallory@example.net");
        (await TicketsAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied\r\n", "")]
    [InlineData("List-Id: <news.example.org>\r\nPrecedence: list\r\n", "news@example.org")]
    [InlineData("Auto-Submitted: no\r\nX-Autoreply: yes\r\n", "robot@example.org")]
    public async Task What_a_program_wrote_is_never_answered_by_a_program(string headers, string returnPath)
    {
        var mail = Letters.Write("robot@example.org", Support, "Out of office", "Gone.", "r@example.org", headers);
        await SendAsync(returnPath, Support, mail);
        await SendAsync(Carla, Support, Letters.Write(Carla, Support, "Card kept", "Words.", "a@example.org"));

        // what came behind it has its answer, so it would have had one by now
        var (next, _) = await outside.NextAsync(giveUp.Token);
        next.To.ShouldContain(m => m.Address == Carla);
        outside.Waiting.ShouldBe(0);
    }

    // ---- what the customer does

    private async Task SendAsync(string from, string to, byte[] raw) =>
        (
            await Letters.SendAsync(
                site.Services.GetRequiredService<SmtpListener>().LocalEndPoint!.Port,
                from,
                to,
                raw,
                giveUp.Token
            )
        ).ShouldBeTrue();

    private Task ReplyAsync(string from, ParsedMail to, string text) =>
        SendAsync(from, Letters.ReplyAddressOf(to), Letters.Answer(from, to, text, $"letter-{++letters}@example.org"));

    private async Task OpensAsync(Uri link)
    {
        using var browser = site.CreateClient();
        var page = await browser.GetAsync(new Uri(link.PathAndQuery, UriKind.Relative), giveUp.Token);
        page.IsSuccessStatusCode.ShouldBeTrue();
        (await page.Content.ReadAsStringAsync(giveUp.Token)).ShouldContain("Card kept");
    }

    // ---- what the desk does

    private async Task AnswerAsync(string text, TicketStatus next)
    {
        await using var db = OpenDatabase();
        var ticket = await db
            .Tickets.Include(t => t.Customer)
                .ThenInclude(c => c.Organization)
            .SingleAsync(giveUp.Token);
        var picture = await site.Services.GetRequiredService<DeskDirectory>().GetAsync(giveUp.Token);
        ticket.Reply(
            new MessageContent { Text = text, SenderName = "Anna Alder" },
            Actor.Staff(Guid.CreateVersion7(), "Anna Alder"),
            next,
            picture.TermsOf(ticket),
            TimeProvider.System.GetUtcNow()
        );
        await db.SaveChangesAsync(giveUp.Token);
    }

    /// <summary>The only ticket, as soon as it has so many messages.</summary>
    private async Task<Ticket> MessagesAsync(int count)
    {
        while (true)
        {
            var ticket = (await TicketsAsync()).ShouldHaveSingleItem();
            if (ticket.Messages.Count >= count)
            {
                ticket.Messages.Count.ShouldBe(count);
                return ticket;
            }
            await Task.Delay(50, giveUp.Token);
        }
    }

    private async Task<List<Ticket>> TicketsAsync()
    {
        await using var db = OpenDatabase();
        return await db
            .Tickets.AsNoTracking()
            .Include(t => t.Customer)
            .Include(t => t.Messages)
            .ToListAsync(giveUp.Token);
    }

    private HelpdeskDbContext OpenDatabase() =>
        site.Services.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();
}
