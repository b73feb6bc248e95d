using System.Net;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Help;

public sealed class RequestPageTests(HelpDesk desk) : IClassFixture<HelpDesk>
{
    private static readonly Actor Anna = Actor.Staff(Guid.CreateVersion7(), "Anna Alder");
    private readonly string address = $"maria.{Guid.NewGuid():N}@harbour.example";

    [Fact]
    public async Task The_private_link_shows_where_the_request_stands_and_its_conversation()
    {
        var ticket = await desk.RequestAsync(address, "Transfer declined", "It was declined.");
        await desk.ChangeAsync(
            ticket.Id,
            (t, terms, now) => t.Reply(Said("The limit stopped it."), Anna, TicketStatus.Open, terms, now)
        );
        var page = await desk.Visitor().OpenAsync(await desk.LinkAsync(ticket));
        page.Heading.ShouldBe("Transfer declined");
        page.MainText.ShouldContain("It was declined.");
        page.MainText.ShouldContain("Anna Alder, Larch Bank");
        page.MainText.ShouldContain("The limit stopped it.");
        page.MainText.ShouldContain("We are working on it");
        page.MainText.ShouldContain("Solved by");
    }

    [Fact]
    public async Task The_page_is_kept_nowhere_and_tells_other_sites_nothing()
    {
        var page = await desk.Visitor().OpenAsync(await desk.LinkAsync(await desk.RequestAsync(address)));
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
        // not no-referrer: browsers then send "Origin: null" with the page's own forms
        page.Headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"]);
        page.Document.QuerySelector("meta[name=robots]")!.GetAttribute("content").ShouldBe("noindex");
    }

    [Fact]
    public async Task Notes_and_what_strangers_wrote_are_not_on_the_page()
    {
        var ticket = await desk.RequestAsync(address);
        await desk.ChangeAsync(
            ticket.Id,
            (t, terms, now) =>
            {
                t.AddNote(Said("She is a difficult one."), Anna, now);
                t.AddCustomerMessage(
                    Said("Let me in.") with
                    {
                        FromOtherSender = true,
                    },
                    Actor.Customer(t.Customer),
                    terms,
                    now
                );
            }
        );
        var page = await desk.Visitor().OpenAsync(await desk.LinkAsync(ticket));
        page.Html.ShouldNotContain("difficult");
        page.Html.ShouldNotContain("Let me in.");
    }

    [Fact]
    public async Task The_page_names_who_gets_the_answers_too_and_no_blind_copy()
    {
        var ticket = await desk.RequestAsync(address);
        await desk.ChangeAsync(
            ticket.Id,
            (t, terms, now) =>
            {
                t.AddParticipant(new("bob@example.org", "Bob"), ParticipantOrigin.Staff, _ => false, Anna, now);
                var answer = t.Reply(Said("The limit stopped it."), Anna, TicketStatus.Open, terms, now);
                t.CopyAnswer(answer, new(["bob@example.org"], ["dan@example.net"]), _ => false, now);
            }
        );
        var page = await desk.Visitor().OpenAsync(await desk.LinkAsync(ticket));
        page.MainText.ShouldContain("Also get our answers");
        page.MainText.ShouldContain("bob@example.org");
        page.Html.ShouldNotContain("dan@example.net");
    }

    [Fact]
    public async Task What_somebody_else_wrote_is_there_under_their_name_once_it_was_released()
    {
        var ticket = await desk.RequestAsync(address);
        var message = (Message?)null;
        await desk.ChangeAsync(
            ticket.Id,
            (t, terms, now) =>
                message = t.AddCustomerMessage(
                    Said("It is in the post.") with
                    {
                        FromOtherSender = true,
                        SenderAddress = "bob@example.org",
                        SenderName = "Bob Birch",
                    },
                    new Actor(ActorKind.Customer, null, "Bob Birch"),
                    terms,
                    now
                )
        );
        var link = await desk.LinkAsync(ticket);
        (await desk.Visitor().OpenAsync(link)).Html.ShouldNotContain("in the post");
        await using (var db = desk.OpenDatabase())
        {
            var stored = await db.Messages.Include(m => m.Ticket.Customer).SingleAsync(m => m.Id == message!.Id);
            stored.Ticket.ShowToCustomer(stored, Anna, stored.CreatedAt);
            await db.SaveChangesAsync();
        }
        var page = await desk.Visitor().OpenAsync(link);
        page.MainText.ShouldContain("It is in the post.");
        page.MainText.ShouldContain("Bob Birch");
        page.Html.ShouldNotContain("bob@example.org");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_wrong_link_gets_a_neutral_page(string token)
    {
        var page = await desk.Visitor().OpenAsync("/r/" + token);
        page.Status.ShouldBe(HttpStatusCode.Gone);
        page.Heading.ShouldBe("This link opens nothing");
    }

    [Fact]
    public async Task A_link_to_a_ticket_that_changed_hands_looks_like_a_wrong_one()
    {
        var (one, other) = (await desk.RequestAsync(address), await desk.RequestAsync("other." + address));
        var tokens = (await desk.Get<Helpdesk.Tickets.Settings.DeskDirectory>().GetAsync()).Tokens;
        var crossed = await desk.Visitor().OpenAsync("/r/" + tokens.ForGuest(one.Id, other.CustomerId));
        var wrong = await desk.Visitor().OpenAsync("/r/nonsense");
        crossed.Status.ShouldBe(wrong.Status);
        crossed.MainText.ShouldBe(wrong.MainText);
    }

    [Theory]
    [InlineData("no", AutoAnswerState.Declined, "A person answers from here")]
    [InlineData("yes", AutoAnswerState.Accepted, "marked the request as solved")]
    public async Task A_link_in_an_automatic_answer_only_shows_the_question_and_the_button_answers_it(
        string helped,
        AutoAnswerState state,
        string said
    )
    {
        var ticket = await desk.RequestAsync(address);
        await desk.ChangeAsync(
            ticket.Id,
            (t, terms, now) => t.AnswerByArticle(Said("**Read this.**"), articleId: 1, terms, now)
        );
        var visitor = desk.Visitor();
        var page = await visitor.OpenAsync($"{await desk.LinkAsync(ticket)}?helped={helped}");
        page.MainText.ShouldContain("Did this solve it?");
        page.MainText.ShouldContain("Answered at once");
        page.MainText.ShouldNotContain("With a specialist");
        page.Document.QuerySelector("#helped .primary")!
            .TextContent.ShouldContain(helped == "no" ? "a person" : "solved it");
        (await StateAsync(ticket.Id)).ShouldBe(AutoAnswerState.Sent);
        var button = helped == "no" ? "No, I need a person" : "Yes, this solved it";
        var sent = await visitor.SendAsync(page, "#helped", new Dictionary<string, string>(), button);
        (await visitor.FollowAsync(sent)).MainText.ShouldContain(said);
        (await StateAsync(ticket.Id)).ShouldBe(state);
        // pressed again: nothing more happens
        var again = await visitor.SendAsync(page, "#helped", new Dictionary<string, string>(), button);
        (await visitor.FollowAsync(again)).MainText.ShouldContain(said);
        (await StateAsync(ticket.Id)).ShouldBe(state);
    }

    [Fact]
    public async Task Who_asks_for_a_person_after_the_silence_ended_gets_one()
    {
        var ticket = await desk.RequestAsync(address);
        await desk.ChangeAsync(
            ticket.Id,
            (t, terms, now) => t.AnswerByArticle(Said("Read this."), articleId: 1, terms, now)
        );
        var visitor = desk.Visitor();
        var page = await visitor.OpenAsync(await desk.LinkAsync(ticket));
        await desk.ChangeAsync(ticket.Id, (t, terms, now) => t.EndSilence(terms, now));
        var sent = await visitor.SendAsync(page, "#helped", new Dictionary<string, string>(), "No, I need a person");
        (await visitor.FollowAsync(sent)).MainText.ShouldContain("A person answers from here");
        (await desk.ReadAsync(ticket.Id)).Status.ShouldBe(TicketStatus.Open);
    }

    private async Task<AutoAnswerState> StateAsync(long id)
    {
        await using var db = desk.OpenDatabase();
        return await db.Tickets.Where(t => t.Id == id).Select(t => t.AutoAnswer).SingleAsync();
    }

    [Fact]
    public async Task Guessing_links_is_slowed_down()
    {
        await using var strict = await HelpDesk.OpenAsync(site => site.With("RateLimits:LinksPerMinute", "2"));
        var guesser = strict.Visitor();
        await guesser.OpenAsync("/r/a");
        await guesser.OpenAsync("/r/b");
        (await guesser.OpenAsync("/r/c")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task An_answer_joins_the_conversation_and_proves_the_address()
    {
        var ticket = await desk.RequestAsync(address);
        var maria = desk.Visitor();
        var page = await maria.OpenAsync(await desk.LinkAsync(ticket));
        var sent = await maria.SendAsync(
            page,
            "form[enctype]",
            Text("It ends in 7702."),
            "Send",
            ("receipt.pdf", [1, 2])
        );
        var after = await maria.FollowAsync(sent);
        after.MainText.ShouldContain("Sent. It is part of the request now.");
        after.MainText.ShouldContain("It ends in 7702.");
        after.MainText.ShouldContain("receipt.pdf");
        (await desk.ReadAsync(ticket.Id)).Customer.VerifiedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_double_click_answers_once()
    {
        var ticket = await desk.RequestAsync(address);
        var maria = desk.Visitor();
        var page = await maria.OpenAsync(await desk.LinkAsync(ticket));
        var both = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => maria.SendAsync(page, "form[enctype]", Text("Once only."), "Send"))
        );
        both.ShouldAllBe(answer => answer.Status == HttpStatusCode.Found);
        (await desk.ReadAsync(ticket.Id)).Messages.Count(m => m.Text == "Once only.").ShouldBe(1);
    }

    [Fact]
    public async Task An_empty_answer_is_not_sent()
    {
        var ticket = await desk.RequestAsync(address);
        var maria = desk.Visitor();
        var page = await maria.OpenAsync(await desk.LinkAsync(ticket));
        (await maria.SendAsync(page, "form[enctype]", Text(" "), "Send")).MainText.ShouldContain("Write something");
        (await desk.ReadAsync(ticket.Id)).Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_customer_calls_it_solved_and_opens_it_again()
    {
        var ticket = await desk.RequestAsync(address);
        var maria = desk.Visitor();
        var link = await desk.LinkAsync(ticket);
        var solved = await maria.FollowAsync(
            await maria.SendAsync(await maria.OpenAsync(link), "form[enctype]", Text("Thank you."), "It is solved")
        );
        solved.MainText.ShouldContain("We have marked the request as solved.");
        solved.MainText.ShouldContain("Thank you.");
        (await desk.ReadAsync(ticket.Id)).Status.ShouldBe(TicketStatus.Resolved);
        var again = await maria.FollowAsync(
            await maria.SendAsync(solved, "form[enctype]", Text("It came back."), "Open it again")
        );
        again.MainText.ShouldContain("The request is open again.");
        (await desk.ReadAsync(ticket.Id)).Status.ShouldBe(TicketStatus.Open);
    }

    [Fact]
    public async Task Looking_changes_nothing()
    {
        var ticket = await desk.RequestAsync(address);
        var link = await desk.LinkAsync(ticket);
        await desk.Visitor().OpenAsync(link + "?said=solved");
        var after = await desk.ReadAsync(ticket.Id);
        (after.Version, after.Customer.VerifiedAt).ShouldBe((ticket.Version, null));
    }

    [Fact]
    public async Task What_people_type_never_becomes_markup()
    {
        const string Attack = "<script>alert(1)</script><img src=x onerror=alert(2)>\n\n<b>bold</b>";
        var ticket = await desk.RequestAsync(address, "<script>alert(3)</script>", Attack);
        var page = await desk.Visitor().OpenAsync(await desk.LinkAsync(ticket));
        page.Document.QuerySelectorAll("main script, main img, main b:not(header b)").ShouldBeEmpty();
        page.Heading.ShouldBe("<script>alert(3)</script>");
        page.MainText.ShouldContain("<img src=x onerror=alert(2)>");
    }

    [Fact]
    public async Task What_the_desk_writes_is_formatted_and_still_harmless()
    {
        var ticket = await desk.RequestAsync(address);
        await desk.ChangeAsync(
            ticket.Id,
            (t, terms, now) =>
                t.Reply(
                    Said("**Please** wait. <script>x</script> [now](javascript:alert(1))"),
                    Anna,
                    TicketStatus.Open,
                    terms,
                    now
                )
        );
        var page = await desk.Visitor().OpenAsync(await desk.LinkAsync(ticket));
        page.Document.QuerySelector(".msg .body strong")!.TextContent.ShouldBe("Please");
        page.Document.QuerySelectorAll("main script:not([src]), main a[href^='javascript']").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_strangers_file_is_not_handed_to_the_customer()
    {
        var ticket = await desk.RequestAsync(address);
        long fileId;
        await using (var db = desk.OpenDatabase())
        {
            var tracked = await TicketIntake.ForChangeAsync(db, ticket.Id);
            var hash = await Helpdesk.Tickets.Blobs.Blob.PutAsync(db, new byte[] { 1, 2, 3 }, CancellationToken.None);
            var content = Said("Let me in.") with
            {
                FromOtherSender = true,
                Attachments =
                [
                    new Attachment
                    {
                        Name = "a.bin",
                        ContentType = "application/octet-stream",
                        Size = 3,
                        BlobHash = hash,
                    },
                ],
            };
            var message = tracked!.AddCustomerMessage(
                content,
                Actor.Customer(tracked.Customer),
                null,
                desk.Time.GetUtcNow()
            );
            await db.SaveChangesAsync();
            fileId = message.Attachments[0].Id;
        }
        var answer = await desk.Visitor().OpenAsync(await desk.LinkAsync(ticket) + "/files/" + fileId);
        answer.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_signed_in_customer_sees_their_own_requests_only()
    {
        var (own, foreign) = (
            await desk.RequestAsync(address, "Mine"),
            await desk.RequestAsync("other." + address, "Theirs")
        );
        var maria = desk.Visitor(Roles.Customer, await UserOfAsync(own.CustomerId));
        var list = await maria.OpenAsync("/requests");
        list.MainText.ShouldContain("Mine");
        list.MainText.ShouldNotContain("Theirs");
        (await maria.OpenAsync($"/requests/{own.Id}")).Heading.ShouldBe("Mine");
        var forbidden = await maria.OpenAsync($"/requests/{foreign.Id}");
        var absent = await maria.OpenAsync("/requests/999999");
        (forbidden.Status, forbidden.MainText).ShouldBe((absent.Status, absent.MainText));
        forbidden.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_signed_in_customer_writes_without_typing_the_address()
    {
        var earlier = await desk.RequestAsync(address);
        var maria = desk.Visitor(Roles.Customer, await UserOfAsync(earlier.CustomerId));
        var form = await maria.OpenAsync("/requests/new");
        form.MainText.ShouldContain($"You write as {address}");
        await maria.SendAsync(
            form,
            "#request",
            new Dictionary<string, string>
            {
                ["Address"] = "boss@bank.example",
                ["Subject"] = "Next",
                ["Text"] = "One more.",
            }
        );
        await using var db = desk.OpenDatabase();
        (await db.Tickets.CountAsync(t => t.CustomerId == earlier.CustomerId)).ShouldBe(2);
        (await db.Customers.AnyAsync(c => c.NormalizedAddress == "boss@bank.example")).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_signing_in_my_requests_says_how_to_get_there()
    {
        var page = await desk.Visitor().OpenAsync("/requests");
        page.Heading.ShouldBe("Follow a request");
        (await desk.Visitor().OpenAsync("/requests/1")).Location.ShouldBe("/requests");
    }

    private static MessageContent Said(string text) => new() { Text = text };

    private static Dictionary<string, string> Text(string text) => new() { ["Text"] = text };

    private async Task<Guid> UserOfAsync(long customerId)
    {
        await using var db = desk.OpenDatabase();
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(),
            UserName = address,
            Email = address,
            CustomerId = customerId,
        };
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user.Id;
    }
}
