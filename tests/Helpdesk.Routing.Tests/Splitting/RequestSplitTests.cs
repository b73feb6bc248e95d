using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Splitting;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Links;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Splitting;

public class RequestSplitTests
{
    private const string Text = "Where is my card? Also: how high is the interest? I ordered it in May.";

    private static readonly PartTopic[] Parts =
    [
        new(0, 17, "card_arrival"),
        new(18, 31, "loan_rate"),
        new(50, 20, "card_arrival"),
    ];

    [Fact]
    public void Matters_are_put_together_by_topic_and_the_main_one_stays()
    {
        var matters = RequestSplit.MattersOf(Parts, Text, "loan_rate");
        matters.Select(m => m.Topic).ShouldBe(["loan_rate", "card_arrival"]);
        matters[1].Text.ShouldBe("Where is my card?\nI ordered it in May.");
        RequestSplit.MattersOf([new(0, 17, "card_arrival"), new(18, 31, null)], Text, null).Count.ShouldBe(1);
        // parts of another text are never cut beyond this one
        RequestSplit.MattersOf([new(60, 40, "loan_rate")], Text, null).ShouldBeEmpty();
    }

    [Fact]
    public void A_script_is_never_cut()
    {
        const string code = "<script>track('x'); and also; pay();</script>";
        const string text = $"My card is lost. {code} How high is the interest?";
        var inside = text.IndexOf("and also", StringComparison.Ordinal);
        PartTopic[] parts = [new(0, inside - 1, "card_lost"), new(inside, text.Length - inside, "loan_rate")];
        var matters = RequestSplit.MattersOf(parts, text, "card_lost");
        matters[0].Text.ShouldBe($"My card is lost. {code}");
        matters[1].Text.ShouldBe("How high is the interest?");
        // only code was read as the other matter: there is nothing to split
        RequestSplit.MattersOf([parts[0], new(inside, 8, "loan_rate")], text, "card_lost").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_part_keeps_its_arrival_is_routed_by_itself_and_the_customer_is_told_once()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync(subject: Text, text: Text);
        await desk.RouteAsync();
        var arrived = (await desk.ReadAsync(id)).CreatedAt;
        desk.Time.Advance(TimeSpan.FromMinutes(20));
        await SplitAsync(desk, id);

        var part = await PartAsync(desk, id);
        (part.CreatedAt, part.Status, part.DueAt).ShouldBe((arrived, TicketStatus.New, arrived.AddHours(1)));
        part.Messages.ShouldHaveSingleItem().Text.ShouldBe("Also: how high is the interest?");
        await desk.RouteAsync();
        part = await PartAsync(desk, id);
        part.TopicId.ShouldBe((await desk.TopicAsync("loan_rate")).Id);
        part.Notifications.ShouldNotContain(n => n.UserId == null);
        part.Events.ShouldContain(e => e.Kind == TicketEventKind.SplitOff);
        var whole = await desk.ReadAsync(id);
        whole.Notifications.Count(n => n.Kind is NotificationKind.Split).ShouldBe(1);
        whole.Events.ShouldContain(e => e.Kind == TicketEventKind.Split);
        whole.Type.ShouldBe(TicketType.Typical);
    }

    [Fact]
    public async Task A_split_is_undone_only_while_nobody_has_written_in_a_part()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var (quiet, busy) = (
            await desk.OpenTicketAsync(subject: Text, text: Text),
            await desk.OpenTicketAsync(subject: Text, text: Text, address: "b@example.org")
        );
        await desk.RouteAsync();
        await SplitAsync(desk, quiet);
        await SplitAsync(desk, busy);
        await desk.RouteAsync();
        var part = (await PartAsync(desk, quiet)).Id;
        // the part is with a team that is not this person's
        var elsewhere = new Viewer.Staff(Guid.NewGuid(), "Otto", SeesAll: false, IsAdministrator: false, []);
        await Should.ThrowAsync<RuleViolationException>(() => UndoAsync(desk, quiet, elsewhere));
        (await desk.ReadAsync(part)).Status.ShouldNotBe(TicketStatus.Closed);
        await UndoAsync(desk, quiet);
        (await desk.ReadAsync(part)).Status.ShouldBe(TicketStatus.Closed);
        (await desk.ReadAsync(part)).DueAt.ShouldBeNull();
        (await desk.ReadAsync(quiet)).Type.ShouldBe(TicketType.Combined);

        var answered = (await PartAsync(desk, busy)).Id;
        await desk.ChangeAsync(
            answered,
            (t, terms, now) =>
                t.Reply(new MessageContent { Text = "4 %." }, Actor.System, TicketStatus.Waiting, terms, now)
        );
        await Should.ThrowAsync<RuleViolationException>(() => UndoAsync(desk, busy));
        (await desk.ReadAsync(answered)).Status.ShouldBe(TicketStatus.Waiting);
    }

    [Fact]
    public void A_person_divides_it_along_its_stretches()
    {
        var stretches = RequestSplit.Stretches(Parts, Text);
        var matters = RequestSplit.Divided(stretches, Text, [null, "loan_fee", "card_arrival"], "card_arrival");
        matters.ShouldBe([
            new("card_arrival", "Where is my card?"),
            new("loan_fee", "Also: how high is the interest?", IsChosen: true),
            new("card_arrival", "I ordered it in May."),
        ]);
        RequestSplit
            .Divided(stretches, Text, [null, "loan_rate", "loan_rate"], mainTopic: null)
            .ShouldBe([
                new("", "Where is my card?"),
                new("loan_rate", "Also: how high is the interest?\nI ordered it in May.", IsChosen: true),
            ]);
        foreach (var choices in new string?[][] { [null, null, null], ["a", "b", "a"], [null, "loan_rate"] })
            Should.Throw<RuleViolationException>(() => RequestSplit.Divided(stretches, Text, choices, "card_arrival"));
    }

    [Fact]
    public async Task What_a_person_says_a_part_is_about_stands_and_a_topic_that_is_gone_splits_nothing()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync("", Text);
        await using var db = desk.OpenDatabase();
        var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
        var picture = await desk.PictureAsync();
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        IReadOnlyList<Ticket> Split(string topic) =>
            RequestSplit.Apply(
                db,
                ticket,
                RequestSplit.Divided(RequestSplit.Stretches(Parts, Text), Text, [null, topic, null], "card_arrival"),
                anna,
                picture,
                tell: true,
                desk.Time.GetUtcNow()
            );
        Should.Throw<RuleViolationException>(() => Split("sold_horses")).Message.ShouldContain("sold_horses");
        db.ChangeTracker.Clear();
        ticket = (await TicketIntake.ForChangeAsync(db, id))!;
        var other = picture.Topics.Values.First(t => t.IsLeaf && t.Key is not ("loan_rate" or "card_arrival"));
        Split(other.Key);
        await db.SaveChangesAsync();
        await desk.RouteAsync();
        var part = await PartAsync(desk, id);
        (part.TopicId, part.TopicIsManual).ShouldBe((other.Id, true));
        (await desk.DecisionAsync(part.Id)).Details.TopicBy.ShouldBe("person");
    }

    private static async Task SplitAsync(Desk desk, long id)
    {
        await using var db = desk.OpenDatabase();
        var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
        RequestSplit.Apply(
            db,
            ticket,
            RequestSplit.MattersOf(Parts, Text, "card_arrival"),
            Actor.Staff(desk.Anna.Id, desk.Anna.Name),
            await desk.PictureAsync(),
            tell: true,
            desk.Time.GetUtcNow()
        );
        await db.SaveChangesAsync();
    }

    private static async Task UndoAsync(Desk desk, long id, Viewer.Staff? by = null)
    {
        await using var db = desk.OpenDatabase();
        var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
        var viewer = by ?? new(desk.Supervisor.Id, "Sue", SeesAll: true, IsAdministrator: false, []);
        await RequestSplit.UndoAsync(db, ticket, viewer, Actor.System, desk.Time.GetUtcNow());
        await db.SaveChangesAsync();
    }

    private static async Task<Ticket> PartAsync(Desk desk, long of)
    {
        await using var db = desk.OpenDatabase();
        var link = await db.Set<TicketLink>().SingleAsync(l => l.ToId == of);
        link.Kind.ShouldBe(TicketLinkKind.PartOf);
        return await desk.ReadAsync(link.FromId);
    }
}
