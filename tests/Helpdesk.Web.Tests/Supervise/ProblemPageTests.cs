using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Helpdesk.Routing.Emerging;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Web.Tests.Admin;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class ProblemPageTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task One_answer_goes_to_every_linked_request_once_and_each_customer_gets_only_their_own()
    {
        await using var desk = await AdminDesk.OpenAsync();
        List<long> ids = [];
        for (var i = 0; i < 3; i++)
            ids.Add((await desk.RequestAsync($"c{i}@example.org", $"App error number {i}")).Id);
        var problem = await AddAsync(desk, ids);
        var address = $"/supervise/problems/{problem}";
        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        (await desk.Visitor(Roles.Specialist, desk.Anna.Id).OpenAsync(address)).MainText.ShouldNotContain("App error");

        // the last stays offered; a box of a name is one field here
        foreach (var id in ids.Take(2))
        {
            var offered = await sofia.OpenAsync(address);
            foreach (var box in offered.Document.QuerySelectorAll<IHtmlInputElement>("[name='Form.Tickets']"))
                box.IsChecked = box.Value == $"{id}";
            var linked = await sofia.SendAsync(
                offered,
                "form:has([name='Form.Title'])",
                new Dictionary<string, string> { ["Title"] = "The app is down" },
                "these"
            );
            linked.Location.ShouldNotBeNull(linked.MainText);
        }
        var page = await sofia.OpenAsync(address);
        page.MainText.ShouldContain("It goes to 2 linked requests");
        page.Html.ShouldNotContain("style=\"");
        page.Document.QuerySelector<IHtmlTextAreaElement>("[name='Answer.Text']")!.Value = "The app works again.";
        (await sofia.SendAsync(page, "form:has([name='Answer.Text'])", Nothing, "resolve")).Location!.ShouldContain(
            "sent=2"
        );
        // the same form again, as after a double click
        await sofia.SendAsync(page, "form:has([name='Answer.Text'])", Nothing, "resolve");

        await using var db = desk.OpenDatabase();
        var replies = await db
            .Messages.Where(m => m.Kind == MessageKind.Reply)
            .Include(m => m.Ticket.Customer)
            .ToListAsync();
        replies.Select(r => r.TicketId).ShouldBe(ids.Take(2), ignoreOrder: true);
        replies.ShouldAllBe(r => r.Ticket.Status == TicketStatus.Resolved && r.Text == "The app works again.");
        var mails = await db.Notifications.Where(n => n.Kind == NotificationKind.Reply).ToListAsync();
        mails
            .Select(m => (m.TicketId, m.Address))
            .ShouldBe(replies.Select(r => ((long?)r.TicketId, r.Ticket.Customer.Address)), ignoreOrder: true);
        (await db.Set<Problem>().SingleAsync()).State.ShouldBe(ProblemState.Resolved);
        (await db.TicketEvents.CountAsync(e => e.Kind == TicketEventKind.LinkedToProblem)).ShouldBe(2);
    }

    [Fact]
    public async Task Others_are_linked_by_their_numbers_and_what_cannot_be_is_named()
    {
        await using var desk = await AdminDesk.OpenAsync();
        List<long> ids = [];
        for (var i = 0; i < 4; i++)
            ids.Add((await desk.RequestAsync($"c{i}@example.org", $"App error number {i}")).Id);
        var problem = await AddAsync(desk, ids[..1]);
        var other = await AddAsync(desk, ids[1..3]);
        await using var db = desk.OpenDatabase();
        foreach (var live in await db.Set<Problem>().Include(p => p.Tickets).ToListAsync())
            live.Decide(ProblemState.Open, "Sofia", desk.Time.GetUtcNow());
        // of the other problem one is linked, one only offered
        (await db.Set<ProblemTicket>().SingleAsync(t => t.TicketId == ids[1])).State = ProblemTicketState.Linked;
        await db.SaveChangesAsync();

        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        async Task<Help.SeenPage> AddNumbersAsync(string numbers)
        {
            var page = await sofia.OpenAsync($"/supervise/problems/{problem}");
            page.Document.QuerySelector<IHtmlInputElement>("[name='Add.Numbers']")!.Value = numbers;
            return await sofia.SendAsync(page, "form:has([name='Add.Numbers'])", Nothing);
        }
        (await AddNumbersAsync("card 7")).MainText.ShouldContain("Nothing was linked");
        var refused = await AddNumbersAsync($"{ids[1]}, {ids[2]} {ids[3]} 99999");
        refused.MainText.ShouldContain(
            $"2 linked. Not linked, because they are not there or come from another problem: {ids[1]} 99999."
        );
        (await AddNumbersAsync($"{ids[3]}")).Location.ShouldNotBeNull();
        var linked = await db.Set<ProblemTicket>().AsNoTracking().ToDictionaryAsync(t => t.TicketId);
        linked
            .Values.Where(t => t.State is ProblemTicketState.Linked)
            .Select(t => (t.TicketId, t.ProblemId))
            .ShouldBe([(ids[1], other), (ids[2], problem), (ids[3], problem)], ignoreOrder: true);
        (await db.TicketEvents.CountAsync(e => e.Kind == TicketEventKind.LinkedToProblem)).ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_has_the_answer_is_resolved_without_getting_it_twice()
    {
        await using var desk = await AdminDesk.OpenAsync();
        List<long> ids = [];
        for (var i = 0; i < 2; i++)
            ids.Add((await desk.RequestAsync($"c{i}@example.org", $"App error number {i}")).Id);
        var problem = await AddAsync(desk, ids);
        await using var db = desk.OpenDatabase();
        await db.Set<ProblemTicket>()
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.State, ProblemTicketState.Linked));
        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        var page = await sofia.OpenAsync($"/supervise/problems/{problem}");
        page.MainText.ShouldContain("it goes to nobody twice");
        page.Document.QuerySelector<IHtmlTextAreaElement>("[name='Answer.Text']")!.Value = "The app works again.";
        const string form = "form:has([name='Answer.Text'])";
        (await sofia.SendAsync(page, form, Nothing, "keep them open")).Location!.ShouldContain("sent=2");
        // the browser's way back leads to the same form
        var ended = (await sofia.SendAsync(page, form, Nothing, "resolve")).Location!;
        ended.ShouldContain("sent=0&ended=2");
        (await sofia.OpenAsync(ended)).MainText.ShouldContain("2 that had this answer already are resolved now.");

        (await db.Tickets.CountAsync(t => t.Status == TicketStatus.Resolved)).ShouldBe(2);
        (await db.Messages.CountAsync(m => m.Kind == MessageKind.Reply)).ShouldBe(2);
        (await db.Set<Problem>().SingleAsync()).State.ShouldBe(ProblemState.Resolved);
    }

    [Fact]
    public async Task What_is_about_something_else_is_not_offered_again()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var id = (await desk.RequestAsync()).Id;
        var problem = await AddAsync(desk, [id]);
        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        (await sofia.OpenAsync("/supervise/problems")).MainText.ShouldContain("app, error");
        var page = await sofia.OpenAsync($"/supervise/problems/{problem}");
        (
            await sofia.SendAsync(page, "form:has([name='Form.Title'])", Nothing, "something else")
        ).Location.ShouldNotBeNull();
        (await sofia.OpenAsync($"/supervise/problems/{problem}")).MainText.ShouldNotContain("Transfer declined");
    }

    [Fact]
    public async Task A_button_that_somebody_pressed_before_leads_back_to_the_page_with_what_was_typed()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var problem = await AddAsync(desk, [(await desk.RequestAsync()).Id]);
        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        var page = await sofia.OpenAsync($"/supervise/problems/{problem}");
        const string form = "form:has([name='Form.Title'])";
        var named = new Dictionary<string, string> { ["Title"] = "Transfers stand still since noon" };
        (await sofia.SendAsync(page, form, named, "these")).Location.ShouldNotBeNull();
        var late = await sofia.SendAsync(page, form, named, "these");
        late.Status.ShouldBe(System.Net.HttpStatusCode.Gone);
        late.MainText.ShouldContain("The page has moved on");
        late.MainText.ShouldContain("Transfers stand still since noon");
        late.Document.QuerySelector($"main a[href$='/supervise/problems/{problem}']").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_said_and_stays_to_be_shortened()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var problem = await AddAsync(desk, [(await desk.RequestAsync()).Id]);
        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        var page = await sofia.OpenAsync($"/supervise/problems/{problem}");
        var name = new string('x', Problem.MaxTitleLength + 1);
        var refused = await sofia.SendAsync(
            page,
            "form:has([name='Form.Title'])",
            new Dictionary<string, string> { ["Title"] = name },
            "these"
        );
        refused.MainText.ShouldContain("characters");
        refused.MainText.ShouldNotContain("somebody else");
        refused.Document.QuerySelector("[name='Form.Title']")!.GetAttribute("value").ShouldBe(name);
    }

    private static async Task<int> AddAsync(AdminDesk desk, IReadOnlyList<long> ids)
    {
        await using var db = desk.OpenDatabase();
        var problem = new Problem { Title = "app, error", FoundAt = desk.Time.GetUtcNow() };
        problem.Tickets.AddRange(ids.Select(id => new ProblemTicket { TicketId = id, At = desk.Time.GetUtcNow() }));
        db.Add(problem);
        await db.SaveChangesAsync();
        return problem.Id;
    }
}
