using System.Net;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Help;

public sealed class SharedFileTests(HelpDesk desk) : IClassFixture<HelpDesk>
{
    private static readonly byte[] Picture = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
    private readonly string address = $"maria.{Guid.NewGuid():N}@harbour.example";

    [Fact]
    public async Task The_link_shows_what_it_is_and_until_when_and_the_button_gives_the_bytes()
    {
        var (ticket, file) = await AnswerWithFileAsync();
        var link = await LinkAsync(ticket, file, desk.Time.GetUtcNow().AddDays(30));
        var visitor = desk.Visitor();
        var page = await visitor.OpenAsync(link);
        page.Status.ShouldBe(HttpStatusCode.OK);
        page.MainText.ShouldContain("wide plan.png");
        page.MainText.ShouldContain("To be downloaded until");
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
        page.Document.QuerySelector("meta[name=robots]")!.GetAttribute("content").ShouldBe("noindex");
        var place = page.Document.QuerySelector("main a[download]")!.GetAttribute("href")!;
        // as often as anybody likes: a program that follows links takes nothing away
        for (var i = 0; i < 2; i++)
        {
            using var answer = await visitor.Client.GetAsync(new Uri(place, UriKind.Relative));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(Picture);
            answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("sandbox;");
        }
        (await desk.ReadAsync(ticket.Id)).Customer.VerifiedAt.ShouldBeNull();
    }

    [Fact]
    public async Task Ended_torn_foreign_and_withdrawn_links_are_one_page()
    {
        var (ticket, file) = await AnswerWithFileAsync();
        var (other, _) = await AnswerWithFileAsync("other." + address);
        var until = desk.Time.GetUtcNow().AddDays(1);
        var good = await LinkAsync(ticket, file, until);
        var request = new Ticket[] { ticket, other };
        string[] wrong =
        [
            "/f/nonsense",
            good[..^1] + (good[^1] == 'A' ? 'B' : 'A'),
            await LinkAsync(ticket, file, desk.Time.GetUtcNow()),
            await LinkAsync(other, file, until),
            await LinkAsync(ticket, file + 100_000, until),
            (await LinkAsync(request[0], file, until))[..40],
            (await desk.LinkAsync(ticket)).Replace("/r/", "/f/", StringComparison.Ordinal),
        ];
        var visitor = desk.Visitor();
        (await visitor.OpenAsync(good)).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var link in wrong)
        {
            var page = await visitor.OpenAsync(link);
            (page.Status, page.Heading).ShouldBe((HttpStatusCode.Gone, "This link leads to no file"), link);
            (await visitor.OpenAsync(link + "/file")).Location.ShouldBe(link);
        }
    }

    [Fact]
    public async Task A_link_ends_by_itself_and_with_what_it_leads_to()
    {
        await using var own = await HelpDesk.OpenAsync();
        var (ticket, file) = await AnswerWithFileAsync(on: own);
        var link = await LinkAsync(ticket, file, own.Time.GetUtcNow().AddDays(1), own);
        var visitor = own.Visitor();
        own.Time.Advance(TimeSpan.FromHours(23));
        (await visitor.OpenAsync(link)).Status.ShouldBe(HttpStatusCode.OK);
        own.Time.Advance(TimeSpan.FromHours(1));
        (await visitor.OpenAsync(link)).Status.ShouldBe(HttpStatusCode.Gone);

        link = await LinkAsync(ticket, file, own.Time.GetUtcNow().AddDays(1), own);
        (await visitor.OpenAsync(link)).Status.ShouldBe(HttpStatusCode.OK);
        await using (var db = own.OpenDatabase())
            await db.Attachments.Where(a => a.Id == file).ExecuteDeleteAsync();
        (await visitor.OpenAsync(link)).Status.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task A_file_of_a_message_that_went_to_another_customers_request_is_no_longer_theirs()
    {
        var (ticket, file) = await AnswerWithFileAsync();
        var (other, _) = await AnswerWithFileAsync("other." + address);
        var link = await LinkAsync(ticket, file, desk.Time.GetUtcNow().AddDays(1));
        await using (var db = desk.OpenDatabase())
            await db
                .Messages.Where(m => m.Attachments.Any(a => a.Id == file))
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.TicketId, other.Id));
        (await desk.Visitor().OpenAsync(link)).Status.ShouldBe(HttpStatusCode.Gone);
    }

    private async Task<(Ticket Ticket, long File)> AnswerWithFileAsync(string? from = null, HelpDesk? on = null)
    {
        var at = on ?? desk;
        var ticket = await at.RequestAsync(from ?? address);
        string hash;
        await using (var db = at.OpenDatabase())
        {
            hash = await Blob.PutAsync(db, Picture, CancellationToken.None);
            await db.SaveChangesAsync();
        }
        await at.ChangeAsync(
            ticket.Id,
            (t, terms, now) =>
                t.Reply(
                    new MessageContent
                    {
                        Text = "Here.",
                        Attachments =
                        [
                            new Attachment
                            {
                                Name = "wide plan.png",
                                ContentType = "image/png",
                                Size = Picture.Length,
                                BlobHash = hash,
                            },
                        ],
                    },
                    Actor.Staff(Guid.CreateVersion7(), "Anna Alder"),
                    TicketStatus.Open,
                    terms,
                    now
                )
        );
        return (ticket, (await at.ReadAsync(ticket.Id)).Messages[^1].Attachments[0].Id);
    }

    private async Task<string> LinkAsync(Ticket ticket, long file, DateTimeOffset until, HelpDesk? on = null) =>
        "/f/"
        + (await (on ?? desk).Get<DeskDirectory>().GetAsync()).Tokens.ForFile(
            new(ticket.Id, ticket.CustomerId, file, until)
        );
}
