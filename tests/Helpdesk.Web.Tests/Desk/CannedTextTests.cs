using System.Net;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Canned;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Desk.Canned;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class CannedTextTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Each_owner_has_its_texts_and_its_keys_and_shared_changes_are_recorded(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var (texts, work) = (desk.Get<CannedTexts>(), desk.Get<CannedTextWork>());
        var (anna, boris, sofia) = (Staff(desk, desk.Anna), Staff(desk, desk.Boris), Sofia(desk));
        var team = CannedOwner.Team(desk.Team.Id);

        (await work.SaveAsync(anna, null, Form(CannedOwner.Everybody))).ShouldBeOfType<CannedOutcome.NotThere>();
        (await work.SaveAsync(sofia, null, Form(CannedOwner.Everybody))).ShouldBeOfType<CannedOutcome.Saved>();
        (await work.SaveAsync(anna, null, Form(team) with { Key = " HELLO " })).ShouldBeOfType<CannedOutcome.Saved>();
        (await work.SaveAsync(anna, null, Form(Own(anna)))).ShouldBeOfType<CannedOutcome.Saved>();
        (await work.SaveAsync(boris, null, Form(Own(boris)))).ShouldBeOfType<CannedOutcome.Saved>();
        foreach (var (who, owner) in new[] { (sofia, CannedOwner.Everybody), (boris, team), (anna, Own(anna)) })
            (
                await work.SaveAsync(who, null, Form(owner) with { Key = "Hello" })
            ).ShouldBeOfType<CannedOutcome.KeyTaken>();
        (await work.SaveAsync(anna, null, Form(Own(boris)))).ShouldBeOfType<CannedOutcome.NotThere>();

        (await texts.ListAsync(anna)).Select(t => t.Owner).ShouldBe([CannedOwner.Everybody, team, Own(anna)]);
        (await texts.ListAsync(sofia)).Select(t => t.Owner).ShouldBe([CannedOwner.Everybody, team]);
        var outsider = anna with { UserId = Guid.CreateVersion7(), TeamIds = [] };
        (await texts.ListAsync(outsider)).Select(t => t.Owner).ShouldBe([CannedOwner.Everybody]);
        (await texts.ForTicketAsync(sofia, teamId: null)).Select(t => t.Owner).ShouldBe([CannedOwner.Everybody]);
        (await texts.ForTicketAsync(sofia, desk.Team.Id)).Count.ShouldBe(2);

        await using var db = desk.OpenDatabase();
        var changes = await db.Set<AdministrationChange>().OrderBy(c => c.Id).ToListAsync();
        changes
            .Select(c => (c.Kind, c.ByName))
            .ShouldBe([("canned text added", sofia.Name), ("canned text added", anna.Name)]);
        changes[1].Fields.Select(f => (f.Name, f.Became)).ShouldContain(("TeamId", "Cards"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Of_two_who_change_one_the_second_is_told_and_a_removed_one_is_gone(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(provider, configure: (s, _) => s.AddQueues());
        var (texts, work) = (desk.Get<CannedTexts>(), desk.Get<CannedTextWork>());
        var (anna, boris, lead) = (Staff(desk, desk.Anna), Staff(desk, desk.Boris), Staff(desk, desk.Lead));
        var form = Form(CannedOwner.Team(desk.Team.Id));
        await work.SaveAsync(anna, null, form);
        var id = (await texts.ListAsync(anna)).Single().Id;
        var seen = (await texts.FindAsync(anna, id))!;

        (await work.SaveAsync(boris, seen, form with { Body = "Good day." })).ShouldBeOfType<CannedOutcome.Saved>();
        (await work.SaveAsync(anna, seen, form with { Body = "Hi." })).ShouldBeOfType<CannedOutcome.Changed>();
        (await work.RemoveAsync(anna, seen)).ShouldBeOfType<CannedOutcome.Changed>();
        seen = (await texts.FindAsync(anna, id))!;
        seen.Body.ShouldBe("Good day.");
        var outsider = anna with { TeamIds = [] };
        (await texts.FindAsync(outsider, id)).ShouldBeNull();
        (await work.SaveAsync(outsider, seen, form)).ShouldBeOfType<CannedOutcome.NotThere>();
        (await work.RemoveAsync(outsider, seen)).ShouldBeOfType<CannedOutcome.NotThere>();
        (
            await work.SaveAsync(anna, seen, form with { Owner = CannedOwner.Everybody })
        ).ShouldBeOfType<CannedOutcome.NotThere>();

        await texts.CountUseAsync(id, anna.UserId);
        await texts.CountUseAsync(id, anna.UserId);
        await texts.CountUseAsync(id, boris.UserId);
        (await texts.ListAsync(anna)).Select(t => (t.Mine, t.Times)).ShouldBe([(2, 3)]);
        (await work.RemoveAsync(lead, seen)).ShouldBeOfType<CannedOutcome.Saved>();
        (await texts.ListAsync(anna)).ShouldBeEmpty();
        await texts.CountUseAsync(id, anna.UserId); // somebody's list was still open
        (await work.SaveAsync(anna, seen, form)).ShouldBeOfType<CannedOutcome.NotThere>();
        await using var db = desk.OpenDatabase();
        (await db.Set<AdministrationChange>().OrderBy(c => c.Id).Select(c => c.Kind).ToListAsync()).ShouldBe([
            "canned text added",
            "canned text saved",
            "canned text removed",
        ]);
    }

    [Fact]
    public async Task Mistakes_are_told_apart()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var work = desk.Get<CannedTextWork>();
        var anna = Staff(desk, desk.Anna);
        var form = Form(Own(anna));
        (await work.SaveAsync(anna, null, form with { Key = "two words" })).ShouldBeOfType<CannedOutcome.BadKey>();
        (await work.SaveAsync(anna, null, form with { Name = " " })).ShouldBeOfType<CannedOutcome.NoName>();
        (await work.SaveAsync(anna, null, form with { Body = " \n" })).ShouldBeOfType<CannedOutcome.NoText>();
        (
            await work.SaveAsync(anna, null, form with { Body = new('a', CannedText.MaxBodyLength + 1) })
        ).ShouldBeOfType<CannedOutcome.TooLong>();
        (await work.SaveAsync(anna, null, form with { Body = "Hello {nmae}" })).ShouldBe(
            new CannedOutcome.Unknown("nmae")
        );
        // a team that was removed meanwhile
        (
            await work.SaveAsync(Sofia(desk), null, Form(CannedOwner.Team(desk.Team.Id + 100)))
        ).ShouldBeOfType<CannedOutcome.NotSaved>();
    }

    [Fact]
    public async Task Many_texts_of_other_teams_hide_none_of_a_tickets()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        var sofia = Sofia(desk);
        await using (var db = desk.OpenDatabase())
        {
            var loans = new Team { Name = "Loans" };
            db.Add(loans);
            await db.SaveChangesAsync();
            await AddAsync(CannedOwner.Team(loans.Id), 2000);
            await AddAsync(CannedOwner.Team(desk.Team.Id), 1);

            async Task AddAsync(CannedOwner owner, int count)
            {
                foreach (var number in Enumerable.Range(1, count))
                    db.Add(new CannedText(owner, $"key-{number}", "Name", "Text", sofia.Actor, desk.Time.GetUtcNow()));
                await db.SaveChangesAsync();
            }
        }
        (await desk.Get<CannedTexts>().ForTicketAsync(sofia, desk.Team.Id)).Count.ShouldBe(1);
        (await desk.Get<CannedTexts>().ListAsync(sofia))[^1].Owner.ShouldBe(CannedOwner.Team(desk.Team.Id));
    }

    [Theory]
    [InlineData("Hello ::gre\nWait. ::", "Hello \nWait.")]
    [InlineData("Hello ::gre-2 there", "Hello there")]
    [InlineData("::gre", "")]
    [InlineData("a::b Note: c", "a::b Note: c")]
    public void A_draft_is_kept_without_its_marks(string draft, string text) =>
        CannedLines.WithoutMarks(draft).ShouldBe(text);

    [Fact]
    public void The_key_comes_before_the_name_before_the_text_and_what_is_used_most_before_the_rest()
    {
        CannedLine[] lines =
        [
            Line(1, "refund", "Money back", "Your money is on its way.", mine: 1),
            Line(2, "refund-late", "Refund is late", "Wait.", mine: 9),
            Line(3, "bye", "Close of a refund", "Bye.", mine: 3),
            Line(4, "more", "More", "We shall refund it.", mine: 50),
            Line(5, "prerefund", "Nothing", "Nothing", mine: 99),
            Line(6, "refund-soon", "Refund is coming", "Soon.", mine: 9, CannedOwner.Person(Guid.CreateVersion7())),
            Line(7, "grosse", "Größe", "Ärger", mine: 0),
        ];
        Found("refund").ShouldBe([1, 6, 2, 3, 4]);
        Found("REFUND late").ShouldBe([2]);
        Found("money way").ShouldBe([1]);
        Found("groß").ShouldBe([7]);
        Found("arger").ShouldBe([7]);
        Found("xyz").ShouldBeEmpty();
        Found("").ShouldBe([5, 4, 6, 2, 3, 1, 7]);

        IEnumerable<int> Found(string typed) => lines.Matching(typed).Select(line => line.Id);
    }

    [Theory]
    [InlineData("Anna Lee", "Anna")]
    [InlineData("Lee, Anna", "Anna")]
    [InlineData("Dr. Anna Lee", "Anna")]
    [InlineData("Harbour Foods, accounts payable", "Harbour")]
    [InlineData("Anna", "Anna")]
    [InlineData("anna@example.org", "")]
    [InlineData("0049 170", "")]
    [InlineData("", "")]
    [InlineData("Mr", "")]
    public void People_are_greeted_by_their_first_name(string name, string first) =>
        CannedFacts.FirstNameOf(name).ShouldBe(first);

    [Fact]
    public void What_a_customer_calls_themselves_is_neither_markup_nor_a_placeholder_nor_a_call()
    {
        var facts = new CannedFacts { Customer = "{number} **Boss** @Anna", Number = 12 };
        facts
            .Fill("Dear {customer}, your number: {number}")
            .ShouldBe(@"Dear {number} \*\*Boss\*\* \@Anna, your number: 12");
    }

    [Fact]
    public async Task The_list_and_a_text_are_pages_for_those_who_may_see_them()
    {
        await using var desk = await Testing.Desk.CreateAsync(configure: (s, _) => s.AddQueues());
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var boris = site.ClientFor(desk.Boris.Id);
        (await anna.GetStringAsync("/desk/canned-texts")).ShouldContain("No canned texts yet");
        var who = Staff(desk, desk.Anna);
        var form = Form(Own(who)) with { Name = "<b>Hi</b>" };
        await desk.Get<CannedTextWork>().SaveAsync(who, null, form);
        var id = (await desk.Get<CannedTexts>().ListAsync(who)).Single().Id;

        var list = await anna.GetStringAsync("/desk/canned-texts?q=hel");
        list.ShouldContain("&lt;b&gt;Hi&lt;/b&gt;");
        list.ShouldNotContain("<b>Hi</b>");
        (await anna.GetStringAsync("/desk/canned-texts?q=xyz")).ShouldContain("No key, name or text");
        (await boris.GetStringAsync("/desk/canned-texts")).ShouldContain("No canned texts yet");
        (await anna.GetAsync($"/desk/canned-texts/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await boris.GetAsync($"/desk/canned-texts/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static CannedForm Form(CannedOwner owner) => new(owner, "hello", "Greeting", "Hello {firstname},");

    private static CannedLine Line(
        int id,
        string key,
        string name,
        string body,
        int mine,
        CannedOwner owner = default
    ) => new(id, key, name, body, owner, mine, mine, "", default);

    private static CannedOwner Own(Viewer.Staff person) => CannedOwner.Person(person.UserId);

    private static Viewer.Staff Staff(Testing.Desk desk, Specialist person) =>
        new(person.Id, person.Name, false, false, [desk.Team.Id]);

    private static Viewer.Staff Sofia(Testing.Desk desk) =>
        new(desk.Supervisor.Id, desk.Supervisor.DisplayName, true, false, []);
}
