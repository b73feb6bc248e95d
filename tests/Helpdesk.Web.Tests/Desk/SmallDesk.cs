using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Html;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Tests.Desk;

/// <summary>A dozen tickets in every state, as a specialist meets them: something to look at and to check pages with.</summary>
internal static class SmallDesk
{
    public static async Task<IReadOnlyList<long>> AddAsync(Testing.Desk desk)
    {
        await using (var db = desk.OpenDatabase())
        {
            db.Teams.Attach(desk.Team);
            var cards = new Topic { Key = "cards", Name = "Cards" };
            var transfers = new Topic { Key = "transfers", Name = "Transfers" };
            db.Topics.AddRange(
                cards,
                transfers,
                new Topic
                {
                    Key = "card_arrival",
                    Name = "Card arrival",
                    Parent = cards,
                    Team = desk.Team,
                },
                new Topic
                {
                    Key = "card_swallowed",
                    Name = "Card swallowed",
                    Parent = cards,
                    Team = desk.Team,
                },
                new Topic
                {
                    Key = "declined_transfer",
                    Name = "Declined transfer",
                    Parent = transfers,
                    Team = desk.Team,
                },
                new Topic
                {
                    Key = "transfer_fee",
                    Name = "Transfer fee",
                    Parent = transfers,
                    Team = desk.Team,
                }
            );
            db.Tiers.Add(
                new Tier
                {
                    Name = "Gold",
                    Rank = 1,
                    PriorityPoints = 20,
                }
            );
            await db.SaveChangesAsync();
            var gold = await db.Tiers.SingleAsync(t => t.Name == "Gold");
            var now = desk.Time.GetUtcNow();
            var harbour = new Organization
            {
                Name = "Harbour Foods",
                TierId = desk.Vip.Id,
                CustomerSince = new DateOnly(2019, 4, 1),
            };
            var linden = new Organization { Name = "Linden Clinics", TierId = gold.Id };
            db.Customers.AddRange(
                new Customer("treasurer@harbour.example", "Tess Treasurer", now)
                {
                    Organization = harbour,
                    Language = "en",
                },
                new Customer("office@linden.example", "Olga Office", now) { Organization = linden }
            );
            await db.SaveChangesAsync();
        }
        desk.Get<DeskDirectory>().Forget();
        var topics = (await desk.PictureAsync()).TopicsByKey;
        (
            string Subject,
            string Text,
            string From,
            string Topic,
            TicketPriority Priority,
            Specialist? To,
            int HoursAgo
        )[] requests =
        [
            (
                "Locked out after changing my phone",
                "I changed my phone and the app does not know me any more. What now?",
                "owner@oak.example",
                "card_arrival",
                TicketPriority.Urgent,
                desk.Boris,
                30
            ),
            (
                "Transfer to a supplier declined, swallowed card",
                "Our transfer of € 18,400 to a supplier was declined this afternoon although the balance is there. Can you see why?\n\nSeparately: our second card was swallowed by a machine.",
                "treasurer@harbour.example",
                "declined_transfer",
                TicketPriority.Urgent,
                desk.Anna,
                22
            ),
            (
                "Charged twice at a cash machine in Lisbon",
                "I was charged twice.",
                "ann@example.org",
                "transfer_fee",
                TicketPriority.High,
                null,
                0
            ),
            (
                "Two cardholders cannot see their limits",
                "They only see dashes.",
                "office@linden.example",
                "card_arrival",
                TicketPriority.High,
                desk.Lead,
                0
            ),
            (
                "Exchange rate differs from the app",
                "The rate was another one.",
                "bob@example.org",
                "transfer_fee",
                TicketPriority.Normal,
                desk.Anna,
                0
            ),
            (
                "Where is my new card? It was promised for Friday",
                "It did not come.",
                "cid@example.org",
                "card_arrival",
                TicketPriority.Normal,
                desk.Anna,
                0
            ),
            (
                "Why was a fee taken for a payment in crowns?",
                "Two crowns.",
                "dan@example.org",
                "transfer_fee",
                TicketPriority.Normal,
                desk.Boris,
                0
            ),
            (
                "Please change the name on the account",
                "I married.",
                "eve@example.org",
                "card_arrival",
                TicketPriority.Low,
                null,
                0
            ),
            (
                "Statement for the tax office",
                "I need a statement for 2025.",
                "books@alder.example",
                "transfer_fee",
                TicketPriority.Normal,
                desk.Anna,
                0
            ),
        ];
        var ids = new List<long>();
        var present = desk.Time.GetUtcNow();
        foreach (var r in requests)
        {
            desk.Time.MoveTo(present - TimeSpan.FromHours(r.HoursAgo));
            var id = await desk.OpenTicketAsync(r.Subject, r.Text, r.From, Channel.Email);
            ids.Add(id);
            await desk.ChangeAsync(
                id,
                (ticket, terms, at) =>
                    ticket.Route(
                        new RoutingResult
                        {
                            Type = TicketType.Typical,
                            Frequency = Frequency.Common,
                            Complexity = Complexity.Medium,
                            Language = "en",
                            TopicId = topics[r.Topic].Id,
                            TeamId = desk.Team.Id,
                            Specialist = r.To,
                            Priority = r.Priority,
                            PriorityScore = 50,
                        },
                        terms,
                        at
                    )
            );
        }
        desk.Time.MoveTo(present);
        await TalkAsync(desk, ids[1], present);
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        await desk.ChangeAsync(
            ids[8],
            (t, terms, at) =>
                t.Reply(new MessageContent { Text = "Which year do you need?" }, anna, TicketStatus.Waiting, terms, at)
        );
        return ids;
    }

    // the conversation of a day and a half: answered, waited for, noted, answered by the customer in HTML with a picture
    private static async Task TalkAsync(Testing.Desk desk, long id, DateTimeOffset present)
    {
        var (anna, lead) = (Actor.Staff(desk.Anna.Id, desk.Anna.Name), Actor.Staff(desk.Lead.Id, desk.Lead.Name));
        await At(
            -20,
            (t, terms, at) =>
                t.Reply(
                    Said(
                        "The transfer was stopped by the **daily limit** for new recipients.\n\n- I asked for a higher one\n- I write again tomorrow"
                    ),
                    anna,
                    TicketStatus.Open,
                    terms,
                    at
                )
        );
        await At(
            -5,
            (t, _, at) =>
                t.AddNote(Said("Limit raised until tonight. Compliance wants the recipient confirmed."), lead, at)
        );
        await At(
            -4,
            (t, terms, at) =>
                t.Reply(
                    Said("Could you confirm the last four digits of the recipient's account?"),
                    anna,
                    TicketStatus.Waiting,
                    terms,
                    at
                )
        );
        byte[] picture = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0];
        string pictureHash,
            textHash;
        await using (var db = desk.OpenDatabase())
        {
            pictureHash = await Blob.PutAsync(db, picture, CancellationToken.None);
            textHash = await Blob.PutAsync(db, "<script>alert(1)</script>"u8.ToArray(), CancellationToken.None);
            await db.SaveChangesAsync();
        }
        await At(
            -1,
            (t, terms, at) =>
                t.AddCustomerMessage(
                    new MessageContent
                    {
                        Text = "Yes, it ends in 7702. Please release it today, the supplier holds our delivery.",
                        FoldedText =
                            "Tess Treasurer\nHarbour Foods\n> Could you confirm the last four digits\n> of the recipient's account?",
                        Html = HtmlSanitizer.Clean(
                            "<p>Yes, it ends in <b>7702</b>.</p><img src=\"cid:logo\"><img src=\"https://tracker.example/p.gif\">"
                        ),
                        Attachments =
                        [
                            new()
                            {
                                Name = "logo.png",
                                ContentType = "image/png",
                                Size = picture.Length,
                                BlobHash = pictureHash,
                                ContentId = "logo",
                            },
                            new()
                            {
                                Name = "proof.html",
                                ContentType = "text/html",
                                Size = 25,
                                BlobHash = textHash,
                            },
                        ],
                    },
                    Actor.Customer(t.Customer),
                    terms,
                    at
                )
        );

        MessageContent Said(string text) => new() { Text = text, Html = ArticleMarkdown.ToHtml(text) };

        async Task At(int hours, Action<Ticket, Helpdesk.Tickets.Sla.SlaTerms?, DateTimeOffset> change)
        {
            desk.Time.MoveTo(present + TimeSpan.FromHours(hours));
            await desk.ChangeAsync(id, change);
            desk.Time.MoveTo(present);
        }
    }
}
