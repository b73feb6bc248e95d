using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Replay;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Replay;

public class RoutingReplayTests
{
    [Fact]
    public async Task The_same_days_come_out_the_same_and_an_absence_moves_the_work()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.OpenTicketAsync("My card has not arrived");
        await desk.OpenTicketAsync("I lost my card, this is urgent");
        await desk.RouteAsync();
        var replay = desk.Get<RoutingReplay>();
        var (from, to) = (desk.Time.GetUtcNow().AddDays(-1), desk.Time.GetUtcNow().AddDays(1));

        var same = await replay.RunAsync(from, to, new ReplayConfig());
        same.Now.Requests.ShouldBe(2);
        same.Reassigned.ShouldBe(0);
        same.Reprioritised.ShouldBe(0);
        (await replay.RunAsync(from, to, new ReplayConfig())).Now.Breaches.ShouldBe(same.Now.Breaches);

        var names = same.Now.Load.Keys.ToDictionary(n => n, _ => new PersonChange(Absent: true));
        var without = await replay.RunAsync(from, to, new ReplayConfig { People = names });
        without.Changed.Begun.ShouldBe(0);
        same.Now.Begun.ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_is_absent_in_these_days_is_absent_in_both_runs()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.OpenTicketAsync("My card has not arrived");
        await desk.RouteAsync();
        var (from, to) = (desk.Time.GetUtcNow().AddDays(-1), desk.Time.GetUtcNow().AddDays(1));
        await desk.ChangePeopleAsync(p => (p.AbsentFrom, p.AbsentUntil) = (from, to), desk.Anna, desk.Boris, desk.Lead);
        (await desk.Get<RoutingReplay>().RunAsync(from, to, new ReplayConfig())).Now.Begun.ShouldBe(0);
        await desk.ChangePeopleAsync(p => p.AbsentFrom = to.AddHours(-1), desk.Anna, desk.Boris, desk.Lead);
        (await desk.Get<RoutingReplay>().RunAsync(from, to, new ReplayConfig())).Now.Begun.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_spam_or_was_answered_by_the_desk_itself_is_nobodys_work()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.OpenTicketAsync("My card has not arrived");
        var spam = await desk.OpenTicketAsync("Cheap pills", address: "spam@example.org");
        var answered = await desk.OpenTicketAsync("Where is my card", address: "c@example.org");
        await desk.RouteAsync();
        await using (var db = desk.OpenDatabase())
        {
            await db.Tickets.Where(t => t.Id == spam).ExecuteUpdateAsync(set => set.SetProperty(t => t.IsSpam, true));
            await db
                .Tickets.Where(t => t.Id == answered)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.AutoAnswer, AutoAnswerState.Accepted));
        }
        var (from, to) = (desk.Time.GetUtcNow().AddDays(-1), desk.Time.GetUtcNow().AddDays(1));
        (await desk.Get<RoutingReplay>().RunAsync(from, to, new ReplayConfig())).Now.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Other_weights_change_priorities_and_the_change_is_shown()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var ticket = await desk.OpenTicketAsync("I lost my card, this is urgent");
        await desk.RouteAsync();
        var (from, to) = (desk.Time.GetUtcNow().AddDays(-1), desk.Time.GetUtcNow().AddDays(1));
        var changed = new ReplayConfig { Priority = new PriorityWeights { Base = 70 } };
        var result = await desk.Get<RoutingReplay>().RunAsync(from, to, changed);
        result.Reprioritised.ShouldBe(1);
        result.Differences.Single().TicketId.ShouldBe(ticket);
        result.Differences.Single().PriorityBecomes.ShouldBe(TicketPriority.Urgent);
    }

    [Fact]
    public async Task A_file_that_names_one_weight_leaves_the_others_as_they_are()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.OpenTicketAsync("I lost my card, this is urgent");
        await desk.RouteAsync();
        var (from, to) = (desk.Time.GetUtcNow().AddDays(-1), desk.Time.GetUtcNow().AddDays(1));
        var replay = desk.Get<RoutingReplay>();
        var contract = ReplayConfig.Parse("{ \"priority\": { \"contract\": 21 } }");
        (await replay.RunAsync(from, to, contract)).Reprioritised.ShouldBe(0);
        var high = ReplayConfig.Parse("{ \"priority\": { \"base\": 70 } }");
        (await replay.RunAsync(from, to, high)).Reprioritised.ShouldBe(1);
        var wrong = ReplayConfig.Parse("{ \"priority\": { \"highFrom\": 90 } }");
        await Should.ThrowAsync<InvalidDataException>(() => replay.RunAsync(from, to, wrong));
    }

    [Fact]
    public async Task A_name_or_a_model_that_there_is_not_is_said()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var replay = desk.Get<RoutingReplay>();
        var now = desk.Time.GetUtcNow();
        await Should.ThrowAsync<InvalidDataException>(() =>
            replay.RunAsync(now, now, new ReplayConfig { Model = 999 })
        );
        var nobody = new ReplayConfig { People = new Dictionary<string, PersonChange> { ["Nobody"] = new() } };
        await Should.ThrowAsync<InvalidDataException>(() => replay.RunAsync(now, now, nobody));
        Should.Throw<InvalidDataException>(() => ReplayConfig.Parse("{\"nonsense\":1}"));
        foreach (var capacity in (string[])["-6", "101", "1e400"])
            Should
                .Throw<InvalidDataException>(() =>
                    ReplayConfig.Parse($"{{\"people\":{{\"Anna\":{{\"capacity\":{capacity}}}}}}}")
                )
                .Message.ShouldContain("from 0 to 100");
        Should.Throw<InvalidDataException>(() => ReplayConfig.Parse("{\"vipMargin\":7}"));
        const string twice = "{\"priority\":{\"base\":20},\"priority\":{\"base\":30}}";
        Should
            .Throw<InvalidDataException>(() => ReplayConfig.Parse(twice))
            .Message.ShouldContain("priority is given twice");
    }

    [Fact]
    public async Task People_are_tried_with_other_capacity_levels_and_hours_and_with_somebody_new()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 6; i++)
            await desk.OpenTicketAsync("My card has not arrived", address: $"c{i}@example.org");
        await desk.RouteAsync();
        var (from, to) = (desk.Time.GetUtcNow().AddDays(-1), desk.Time.GetUtcNow().AddDays(1));
        var replay = desk.Get<RoutingReplay>();
        async Task<ReplayResult> TryAsync(params (string Name, PersonChange Change)[] people) =>
            await replay.RunAsync(
                from,
                to,
                new ReplayConfig { People = people.ToDictionary(p => p.Name, p => p.Change) }
            );
        var (lead, anna, boris) = (desk.Lead.Name, desk.Anna.Name, desk.Boris.Name);
        var absent = new PersonChange(Absent: true);

        var full = await TryAsync((lead, absent), (anna, absent), (boris, new(Capacity: 0)));
        (full.Now.Begun, full.Changed.Begun).ShouldBe((6, 0));
        full.Now.Load[boris].ShouldBeGreaterThan(0);

        // by address, and somebody new who takes what the others leave
        var like = await TryAsync(
            (lead, absent),
            (desk.Anna.Address, absent),
            (boris, absent),
            ("Nora New", new(Like: desk.Anna.Address))
        );
        like.Changed.Load["Nora New"].ShouldBe(6);
        like.Now.Load.Keys.ShouldNotContain("Nora New");
        like.Differences[0].Becomes.ShouldBe("Nora New");

        await using (var db = desk.OpenDatabase())
        {
            db.Add(
                new BusinessHours
                {
                    Name = "Mondays",
                    TimeZoneId = "Etc/UTC",
                    Week = "Mon 09:00-17:00",
                }
            );
            await db
                .Topics.Where(t => t.Key == "card_arrival")
                .ExecuteUpdateAsync(t => t.SetProperty(x => x.SkillId, db.Skills.Single(k => k.Key == "loans").Id));
            await db.SaveChangesAsync();
        }
        desk.Get<DeskDirectory>().Forget();
        var skilled = await TryAsync((boris, new(Skills: new Dictionary<string, int> { ["Loans"] = 2 })));
        (skilled.Now.Begun, skilled.Changed.Load[boris]).ShouldBe((0, 6));
        var unskilled = await TryAsync((boris, new(Skills: new Dictionary<string, int> { ["loans"] = 0 })));
        unskilled.Changed.Begun.ShouldBe(0);
        (await TryAsync((boris, new(Hours: "mondays")))).Changed.Requests.ShouldBe(6);
        (await TryAsync((boris, new(Hours: "")))).Changed.Requests.ShouldBe(6);

        foreach (
            var (wrong, said) in new (PersonChange, string)[]
            {
                (new(Hours: "Nights"), "no business hours called \"Nights\""),
                (new(Skills: new Dictionary<string, int> { ["Tea"] = 1 }), "no skill called \"Tea\""),
                (new(Like: anna), "works here already"),
            }
        )
            (await Should.ThrowAsync<InvalidDataException>(() => TryAsync((boris, wrong)))).Message.ShouldContain(said);
        const string level = "{\"people\":{\"Anna\":{\"skills\":{\"Loans\":4}}}}";
        Should
            .Throw<InvalidDataException>(() => ReplayConfig.Parse(level))
            .Message.ShouldContain("people, Anna, Loans: a level is a whole number from 0 to 3");
        Should.Throw<InvalidDataException>(() => ReplayConfig.Parse("{\"people\":{\"Anna\":null}}"));
    }

    [Fact]
    public async Task Of_two_who_are_called_alike_the_address_says_who_is_meant()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Name = desk.Anna.Name, desk.Boris);
        var now = desk.Time.GetUtcNow();
        Task<ReplayResult> TryAsync(string name) =>
            desk.Get<RoutingReplay>()
                .RunAsync(
                    now.AddDays(-1),
                    now,
                    new ReplayConfig { People = new Dictionary<string, PersonChange> { [name] = new(Capacity: 1) } }
                );
        (await Should.ThrowAsync<InvalidDataException>(() => TryAsync(desk.Anna.Name))).Message.ShouldContain(
            "Several people are called"
        );
        await TryAsync(desk.Boris.Address);
    }

    [Fact]
    public async Task The_verb_prints_one_object_and_refuses_what_is_no_day()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.OpenTicketAsync("My card has not arrived");
        await desk.RouteAsync();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var day = desk.Time.GetUtcNow().ToString("yyyy-MM-dd");
        Task<int> RunAsync(params string[] args) =>
            RoutingReplayCommand.RunAsync(args, _ => desk.Services, output, error, CancellationToken.None);
        (await RunAsync("--from", day, "--to", day)).ShouldBe(0, error.ToString());
        System
            .Text.Json.JsonDocument.Parse(output.ToString())
            .RootElement.GetProperty("now")
            .GetProperty("requests")
            .GetInt32()
            .ShouldBe(1);
        (await RunAsync("--from", "soon", "--to", day)).ShouldBe(2);
        (await RunAsync("--from", day, "--to", day, "--config", "/nowhere.json")).ShouldBe(1);
    }
}
