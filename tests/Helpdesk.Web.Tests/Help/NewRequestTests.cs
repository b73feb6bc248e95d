using System.Net;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Help.Requests;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Help;

public sealed class NewRequestTests(HelpDesk desk) : IClassFixture<HelpDesk>
{
    // every test has a customer of its own, on one desk
    private readonly Dictionary<string, string> filled = new(StringComparer.Ordinal)
    {
        ["Address"] = $"maria.{Guid.NewGuid():N}@harbour.example",
        ["Name"] = "Maria Lind",
        ["Subject"] = "Card swallowed",
        ["Text"] = "The machine at the station kept it.\n\nWhat now?",
    };

    [Fact]
    public async Task A_request_is_sent_and_its_number_and_promise_are_shown()
    {
        var maria = desk.Visitor();
        var form = await maria.OpenAsync("/requests/new");
        var sent = await maria.SendAsync(form, "#request", filled);
        sent.Status.ShouldBe(HttpStatusCode.Found);
        var result = await maria.FollowAsync(sent);
        var ticket = await OnlyTicketAsync();
        result.Heading.ShouldBe($"We have your request {ticket.Id}");
        result.MainText.ShouldContain("You hear from us by 14:00 today"); // four working hours from ten
        ticket.Subject.ShouldBe("Card swallowed");
        ticket.Channel.ShouldBe(Channel.Web);
        ticket.Messages.ShouldHaveSingleItem().AuthorName.ShouldBe("Maria Lind");
    }

    [Fact]
    public async Task The_result_page_neither_shows_nor_opens_the_private_link()
    {
        var maria = desk.Visitor();
        var result = await SendAsync(maria, filled);
        var link = await desk.LinkAsync(await OnlyTicketAsync());
        result.Html.ShouldNotContain("/r/");
        result.Html.ShouldNotContain(link);
        var stranger = await desk.Visitor().OpenAsync("/requests/sent");
        stranger.Heading.ShouldBe("There is nothing to show here any more");
    }

    [Fact]
    public async Task The_result_page_forgets_after_an_hour()
    {
        await using var own = await HelpDesk.OpenAsync();
        var maria = own.Visitor();
        await SendAsync(maria, filled);
        own.Time.Advance(TimeSpan.FromMinutes(61));
        (await maria.OpenAsync("/requests/sent")).Heading.ShouldBe("There is nothing to show here any more");
    }

    [Theory]
    [InlineData("/requests/new")]
    [InlineData("/requests/{number:long}")]
    [InlineData("/r/{token}")]
    public void A_form_with_too_many_files_is_read_far_enough_to_be_answered_with_its_page(string pattern)
    {
        var limits = desk.Get<Microsoft.AspNetCore.Routing.EndpointDataSource>()
            .Endpoints.OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText == pattern)
            .Select(e => e.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata>())
            .ToList();
        limits.ShouldNotBeEmpty();
        limits.ShouldAllBe(limit => limit!.MaxRequestBodySize > 4 * SentFile.MaxBytes);
    }

    [Fact]
    public async Task The_field_for_files_tells_the_browser_how_much_a_request_may_carry()
    {
        var form = await desk.Visitor().OpenAsync("/requests/new");
        var files = form.Document.QuerySelector("input[type=file]")!;
        files.GetAttribute("data-most-bytes").ShouldBe($"{SentFile.MaxBytes}");
        files.GetAttribute("data-too-much").ShouldNotBeNull().ShouldContain("20 MB together");
    }

    [Fact]
    public async Task A_double_click_opens_one_ticket_and_leads_to_the_same_page()
    {
        var maria = desk.Visitor();
        var form = await maria.OpenAsync("/requests/new");
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => maria.SendAsync(form, "#request", filled)));
        both.Select(page => page.Location).Distinct().ShouldBe(["/requests/sent"]);
        var ticket = await OnlyTicketAsync();
        (await maria.FollowAsync(both[0])).Heading.ShouldBe($"We have your request {ticket.Id}");
    }

    [Fact]
    public async Task Other_words_under_a_used_key_are_not_lost()
    {
        var maria = desk.Visitor();
        var form = await maria.OpenAsync("/requests/new");
        await maria.SendAsync(form, "#request", filled);
        var other = new Dictionary<string, string>(filled) { ["Text"] = "Something quite different." };
        var asked = await maria.SendAsync(form, "#request", other);
        asked.MainText.ShouldContain("This form was sent already");
        asked.MainText.ShouldContain("Something quite different.");
        await maria.SendAsync(asked, "#request", other);
        await using var db = desk.OpenDatabase();
        (await Mine(db).CountAsync()).ShouldBe(2);
    }

    [Theory]
    [InlineData("Address", "", "Fill in your e-mail address")]
    [InlineData("Address", "maria", "it needs a name, an @ and a domain")]
    [InlineData("Address", "maria@harbour", "has no dot")]
    [InlineData("Subject", "", "Say in a few words")]
    [InlineData("Text", "", "Tell us what happened")]
    public async Task What_is_wrong_is_said_at_the_field_and_the_rest_is_kept(string field, string value, string words)
    {
        var maria = desk.Visitor();
        var form = await maria.OpenAsync("/requests/new");
        var again = await maria.SendAsync(form, "#request", new Dictionary<string, string>(filled) { [field] = value });
        again.Status.ShouldBe(HttpStatusCode.OK);
        var input = again.Document.QuerySelector($"[name='Form.{field}']")!;
        input.GetAttribute("aria-invalid").ShouldBe("true");
        again.Document.GetElementById(input.GetAttribute("aria-describedby")!)!.TextContent.ShouldContain(words);
        foreach (var (name, kept) in filled.Where(pair => pair.Key != field))
            again.Html.ShouldContain(
                System.Text.Encodings.Web.HtmlEncoder.Default.Encode(kept.Split('\n')[0]),
                customMessage: name
            );
        await using var db = desk.OpenDatabase();
        (await Mine(db).AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_program_that_fills_every_field_opens_nothing()
    {
        var bot = desk.Visitor();
        var form = await bot.OpenAsync("/requests/new");
        var again = await bot.SendAsync(
            form,
            "#request",
            new Dictionary<string, string>(filled) { ["Website"] = "https://spam.example" }
        );
        again.MainText.ShouldContain("there to catch programs");
        await using var db = desk.OpenDatabase();
        (await Mine(db).AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_the_forms_token_nothing_is_taken()
    {
        var visitor = desk.Visitor();
        using var content = new FormUrlEncodedContent(
            filled.ToDictionary(pair => "Form." + pair.Key, pair => pair.Value).Append(new("_handler", "request"))
        );
        using var answer = await visitor.Client.PostAsync(new Uri("/requests/new", UriKind.Relative), content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_line_break_in_the_subject_is_refused()
    {
        var visitor = desk.Visitor();
        var form = await visitor.OpenAsync("/requests/new");
        var answer = await visitor.SendAsync(
            form,
            "#request",
            new Dictionary<string, string>(filled) { ["Subject"] = "Hello\r\nBcc: all@harbour.example" }
        );
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Files_come_along_with_clean_names()
    {
        var maria = desk.Visitor();
        var form = await maria.OpenAsync("/requests/new");
        await maria.SendAsync(form, "#request", filled, null, ("../../receipt.png", [1, 2, 3]), ("b.txt", [4]));
        var message = (await OnlyTicketAsync()).Messages.ShouldHaveSingleItem();
        message.Attachments.Select(a => a.Name).ShouldBe(["receipt.png", "b.txt"]);
    }

    [Fact]
    public async Task Too_many_files_are_refused_with_the_text_kept()
    {
        var maria = desk.Visitor();
        var form = await maria.OpenAsync("/requests/new");
        var files = Enumerable.Range(0, 11).Select(n => ($"f{n}.txt", new byte[] { 1 })).ToArray();
        var again = await maria.SendAsync(form, "#request", filled, null, files);
        again.MainText.ShouldContain("At most ten files");
        again.Html.ShouldContain("The machine at the station kept it.");
    }

    [Fact]
    public async Task An_address_that_was_only_typed_does_not_speak_in_its_owners_name()
    {
        await SendAsync(desk.Visitor(), filled);
        await SendAsync(
            desk.Visitor(),
            new Dictionary<string, string>(filled) { ["Name"] = "", ["Text"] = "I am not her." }
        );
        await using var db = desk.OpenDatabase();
        var authors = await Mine(db)
            .SelectMany(t => t.Messages)
            .OrderBy(m => m.Id)
            .Select(m => m.AuthorName)
            .ToListAsync();
        authors.ShouldBe(["Maria Lind", filled["Address"]]);
        (await Mine(db).Select(t => t.Customer.VerifiedAt).FirstAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_search_without_success_comes_along_as_the_subject()
    {
        var form = await desk.Visitor().OpenAsync("/requests/new?q=%3Cb%3Ecard%3C%2Fb%3E%20gone");
        form.Document.QuerySelector("[name='Form.Subject']")!.GetAttribute("value").ShouldBe("<b>card</b> gone");
    }

    [Fact]
    public async Task Sending_again_and_again_is_slowed_down()
    {
        await using var own = await HelpDesk.OpenAsync(site => site.With("RateLimits:FormsPerMinute", "3"));
        var bot = own.Visitor();
        var form = await bot.OpenAsync("/requests/new");
        var bad = new Dictionary<string, string>(filled) { ["Text"] = "" };
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
            answers.Add((await bot.SendAsync(form, "#request", bad)).Status);
        answers.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBe(2);
    }

    private static async Task<SeenPage> SendAsync(Visitor visitor, IReadOnlyDictionary<string, string> values)
    {
        var form = await visitor.OpenAsync("/requests/new");
        var sent = await visitor.SendAsync(form, "#request", values);
        return await visitor.FollowAsync(sent);
    }

    private async Task<Ticket> OnlyTicketAsync()
    {
        await using var db = desk.OpenDatabase();
        var number = await Mine(db).Select(t => t.Id).SingleAsync();
        return await desk.ReadAsync(number);
    }

    private IQueryable<Ticket> Mine(HelpdeskDbContext db)
    {
        var address = filled["Address"];
        return db.Tickets.Where(t => t.Customer.Address == address);
    }
}
