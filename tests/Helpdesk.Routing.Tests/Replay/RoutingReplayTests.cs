using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Replay;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
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
