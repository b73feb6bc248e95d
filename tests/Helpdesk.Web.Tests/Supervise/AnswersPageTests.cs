using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Web.Tests.Admin;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class AnswersPageTests
{
    private const string Address = "/supervise/routing/answers";

    [Fact]
    public async Task An_administrator_lets_a_topic_answer_and_a_supervisor_stops_it_with_a_reason()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await ObserveAsync(desk, 70);
        var topic = $"{Address}?topic={desk.Lost.Id}";
        var sofia = desk.Visitor(Roles.Supervisor, desk.Sofia.Id);
        var nothingToStop = await sofia.OpenAsync(topic);
        nothingToStop.MainText.ShouldContain("Only administrators let a topic answer");
        nothingToStop.Document.QuerySelector("[name='Form.Reason']").ShouldBeNull();

        var page = await desk.Admin.OpenAsync(topic);
        page.MainText.ShouldContain("It may answer");
        page.Document.QuerySelector("form:has([name='Form.Seen']) button")!.HasAttribute("disabled").ShouldBeTrue();
        page.Html.ShouldNotContain("style=\"");
        page.Document.QuerySelector("svg.chart[role=img]").ShouldNotBeNull();
        var saved = await desk.Admin.SendAsync(
            page,
            "form:has([name='Form.Seen'])",
            new Dictionary<string, string>(),
            "Let it answer"
        );
        saved.Location.ShouldNotBeNull(saved.MainText);
        var change = await InForceAsync(desk);
        (change.State, change.Promise, change.ByName).ShouldBe((AnsweringState.Answering, 0.95, "Ada Admin"));
        change.Threshold.ShouldNotBeNull();

        // the page from before is older than what holds now
        var late = await desk.Admin.SendAsync(
            page,
            "form:has([name='Form.Seen'])",
            new Dictionary<string, string>(),
            "Turn it off"
        );
        late.MainText.ShouldContain("changed this topic meanwhile");

        page = await sofia.OpenAsync(topic);
        const string form = "form:has([name='Form.Seen'])";
        (await sofia.SendAsync(page, form, new Dictionary<string, string>(), "Withdraw")).MainText.ShouldContain(
            "Say why"
        );
        await sofia.SendAsync(
            page,
            form,
            new Dictionary<string, string> { ["Reason"] = "The article is old." },
            "Withdraw"
        );
        change = await InForceAsync(desk);
        (change.State, change.ByName, change.Reason).ShouldBe(
            (AnsweringState.Withdrawn, "Sofia Supervisor", "The article is old.")
        );
        (await desk.Visitor(Roles.Specialist, desk.Anna.Id).OpenAsync(Address)).MainText.ShouldNotContain("Noted");
    }

    [Fact]
    public async Task What_was_not_observed_enough_says_what_is_missing()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await ObserveAsync(desk, 30);
        var page = await desk.Admin.OpenAsync($"{Address}?topic={desk.Lost.Id}");
        page.MainText.ShouldContain("20 more judged observations");
        page.MainText.ShouldContain("it takes 59 judged answers");
        page.Document.QuerySelector("button[value=Answering]")!.HasAttribute("disabled").ShouldBeTrue();
    }

    [Fact]
    public async Task A_form_without_its_button_changes_nothing_and_what_was_typed_in_vain_stays()
    {
        await using var desk = await AdminDesk.OpenAsync();
        await ObserveAsync(desk, 30);
        var page = await desk.Admin.OpenAsync($"{Address}?topic={desk.Lost.Id}");
        const string form = "form:has([name='Form.Seen'])";
        var typed = new Dictionary<string, string> { ["Reason"] = "Marcus asked for it.", ["Promise"] = "98" };
        var refused = await desk.Admin.SendAsync(page, form, typed);
        refused.MainText.ShouldContain("with one of the buttons");
        refused.Document.QuerySelector("[name='Form.Reason']")!.GetAttribute("value").ShouldBe("Marcus asked for it.");
        refused.Document.QuerySelector("#promise [selected]")!.GetAttribute("value").ShouldBe("98");
        var tooLong = new Dictionary<string, string>
        {
            ["Reason"] = new('x', AnsweringChange.MaxReasonLength + 1),
            ["Do"] = "Off",
        };
        (await desk.Admin.SendAsync(page, form, tooLong)).MainText.ShouldContain("the reason has at most");
        await using var db = desk.OpenDatabase();
        (await db.Set<AnsweringChange>().AnyAsync()).ShouldBeFalse();
    }

    private static async Task<AnsweringChange> InForceAsync(AdminDesk desk)
    {
        await using var db = desk.OpenDatabase();
        return (await AnsweringBook.InForceAsync(db, default))[desk.Lost.Id];
    }

    private static async Task ObserveAsync(AdminDesk desk, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var ticket = await desk.RequestAsync($"before{i}@example.org");
            await using var db = desk.OpenDatabase();
            var answer = new ObservedAnswer
            {
                Ticket = await db.Tickets.SingleAsync(t => t.Id == ticket.Id),
                TopicId = desk.Lost.Id,
                ArticleId = 1,
                Confidence = 0.9 - (i * 0.001),
                At = ticket.CreatedAt.AddDays(-20),
                IsSent = false,
            };
            answer.Judge(AnswerVerdict.Right, ticket.CreatedAt);
            db.Add(answer);
            await db.SaveChangesAsync();
        }
    }
}
