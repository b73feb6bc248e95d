using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Rules;
using Helpdesk.Routing.SetUp;
using Helpdesk.Testing;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.SetUp;

public class RoutingSetUpTests
{
    private static readonly HashSet<string> Staff = [.. Enumerable.Range(0, 4).Select(n => $"p{n}@desk.example")];

    [Fact]
    public void What_goes_out_comes_in_again_and_changes_nothing() =>
        Prop.ForAll(
                Gen.Choose(0, 1_000_000).ToArbitrary(),
                seed =>
                {
                    var setUp = Random(seed);
                    var json = setUp.ToJson();
                    var read = RoutingSetUp.Parse(json);
                    var plan = SetUpPlan.Of(setUp, read, Staff, _ => false);
                    return read.ToJson() == json
                        && plan.Differences.Count == 0
                        && plan.Notes.Count == 0
                        && plan.Wanted.ToJson() == json;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void An_empty_desk_that_takes_a_file_over_is_set_up_like_the_other() =>
        Prop.ForAll(
                Gen.Choose(0, 1_000_000).ToArbitrary(),
                seed =>
                {
                    var setUp = Random(seed);
                    var empty = new RoutingSetUp { People = setUp.People };
                    var wanted = SetUpPlan.Of(empty, setUp, Staff, _ => true).Wanted;
                    return wanted.ToJson() == setUp.ToJson();
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("{\n  \"format\": 1,\n  \"colour\": 1\n}", "Line 3")]
    [InlineData("{\n  \"skills\": [\n    { \"key\": \"loans\" }\n  ]\n}", "skills[0]")]
    [InlineData("{ \"format\": 9 }", "format 9")]
    [InlineData("null", "no set-up")]
    public void A_bad_file_says_where(string json, string words) =>
        Should.Throw<InvalidDataException>(() => RoutingSetUp.Parse(json)).Message.ShouldContain(words);

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task A_desk_takes_over_what_it_gave_with_changes_and_says_which(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var exchange = desk.Get<SetUpExchange>();
        var before = await exchange.ReadAsync();
        (await exchange.ImportAsync(before)).Differences.ShouldBeEmpty();

        var area = before.Areas.Single(a => a.Topics.Count > 0);
        var anna = before.People.Single(p => p.Address == desk.Anna.Address);
        var file = before with
        {
            SplitsCombined = true,
            Rules = new RoutingRules { VipMargin = 0.5 },
            Spam = new SetUpSpam(Learns: false, TrustedFilter.Other, 25, "X-Junk", "yes "),
            Skills = [.. before.Skills, new SetUpSkill("visa", "Visa")],
            Areas =
            [
                area with
                {
                    Topics =
                    [
                        .. area.Topics,
                        new SetUpTopic("visa_rules", "Visa rules", Skill: "visa") { Phrases = ["Do I need a visa?"] },
                    ],
                },
            ],
            People =
            [
                anna with
                {
                    Capacity = 4.5,
                    Skills = new Dictionary<string, int> { ["visa"] = 3 },
                },
                new SetUpPerson("nobody@elsewhere.example", 10, "en"),
            ],
            AutomaticAnswers = [new SetUpAnswers("visa_rules", AnsweringState.Answering, 0.95)],
        };
        var plan = await exchange.ImportAsync(RoutingSetUp.Parse(file.ToJson()));
        plan.Notes.ShouldContain(new SetUpNote(SetUpNoteKind.PersonNotKnown, "nobody@elsewhere.example"));
        // nothing was observed on this desk
        plan.Notes.ShouldContain(new SetUpNote(SetUpNoteKind.NotReadyToAnswer, "visa_rules"));
        plan.Differences.ShouldContain(new ChangedField($"people/{anna.Address}: skills/visa", null, "3"));
        plan.Differences.ShouldContain(new ChangedField("spam: filter", null, "Other"));
        var after = await exchange.ReadAsync();
        after.Spam.ShouldBe(new SetUpSpam(Learns: false, TrustedFilter.Other, 25, "X-Junk", "yes"));
        after.ToJson().ShouldBe(plan.Wanted.ToJson());
        after.People.Count.ShouldBe(before.People.Count);
        after.AutomaticAnswers.Single().State.ShouldBe(AnsweringState.Observing);
        await using var db = desk.OpenDatabase();
        // what a file leaves out stays, and is no new row of the history
        (await exchange.ImportAsync(after with { Spam = null })).Differences.ShouldBeEmpty();
        (await db.Set<SpamRules>().SingleAsync()).HeaderValue.ShouldBe("yes");
        var change = await db.Set<AdministrationChange>().SingleAsync();
        change.Kind.ShouldBe(SetUpExchange.ChangeKind);
        change.Fields.Count.ShouldBe(plan.Differences.Count);
    }

    [Fact]
    public async Task A_topic_moves_to_another_area_and_who_is_away_for_good_stays_what_they_were()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.DeputyId = desk.Boris.Id, desk.Anna);
        await desk.ChangePeopleAsync(p => p.IsActive = false, desk.Boris, desk.Lead); // the team's lead, and a deputy
        var exchange = desk.Get<SetUpExchange>();
        var before = await exchange.ReadAsync();
        var area = before.Areas.Single(a => a.Topics.Count > 0);
        var moved = area.Topics[0];
        var file = before with
        {
            Areas =
            [
                .. before.Areas.Select(a => a with { Topics = [.. a.Topics.Where(t => t.Key != moved.Key)] }),
                new SetUpArea("elsewhere", "Elsewhere") { Topics = [moved] },
            ],
        };
        (await exchange.ImportAsync(file)).Differences.ShouldNotBeEmpty();
        (await exchange.ImportAsync(file)).Differences.ShouldBeEmpty();
        await using var db = desk.OpenDatabase();
        (await db.Topics.Include(t => t.Parent).SingleAsync(t => t.Key == moved.Key)).Parent!.Key.ShouldBe("elsewhere");
        (await db.Specialists.SingleAsync(s => s.Id == desk.Anna.Id)).DeputyId.ShouldBe(desk.Boris.Id);
        (await db.Teams.SingleAsync(t => t.Id == desk.Team.Id)).LeadId.ShouldBe(desk.Lead.Id);
    }

    [Theory]
    [InlineData(TrustedFilter.Other, null, null, 10, "headerName")]
    [InlineData(TrustedFilter.Other, "X-Junk", " ", 10, "headerValue")]
    [InlineData(TrustedFilter.Other, "X Junk:", "yes", 10, "no colon")]
    [InlineData(TrustedFilter.Rspamd, "X-Junk", null, 10, "headerName")]
    [InlineData((TrustedFilter)9, null, null, 10, "no filter")]
    [InlineData(TrustedFilter.None, null, null, 0, "1 to 1000")]
    public async Task Spam_rules_that_make_no_sense_are_refused(
        TrustedFilter filter,
        string? name,
        string? value,
        int most,
        string words
    )
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var file = new RoutingSetUp { Spam = new SetUpSpam(Learns: true, filter, most, name, value) };
        (
            await Should.ThrowAsync<InvalidDataException>(() => desk.Get<SetUpExchange>().ImportAsync(file))
        ).Message.ShouldContain(words);
    }

    [Fact]
    public async Task An_address_of_nobody_takes_nobodys_place()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.DeputyId = desk.Boris.Id, desk.Anna);
        var exchange = desk.Get<SetUpExchange>();
        var before = await exchange.ReadAsync();
        var file = before with
        {
            Teams = [.. before.Teams.Select(t => t with { Lead = "nobody@elsewhere.example" })],
            People = [.. before.People.Select(p => p with { Deputy = p.Deputy is null ? null : "no@where.example" })],
        };
        var plan = await exchange.PlanAsync(file);
        plan.Differences.ShouldBeEmpty();
        plan.Notes.ShouldContain(new SetUpNote(SetUpNoteKind.PersonNotKnown, "nobody@elsewhere.example"));
        // whom the file leaves out on purpose, it takes away
        file = before with
        {
            Teams = [.. before.Teams.Select(t => t with { Lead = null })],
        };
        (await exchange.PlanAsync(file)).Differences.ShouldAllBe(d => d.Became == null);
    }

    [Fact]
    public async Task Hours_that_never_open_are_refused()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var file = new RoutingSetUp { Hours = [new SetUpHours("Never", "Europe/London", "", [])] };
        (
            await Should.ThrowAsync<InvalidDataException>(() => desk.Get<SetUpExchange>().ImportAsync(file))
        ).Message.ShouldContain("never open");
    }

    [Fact]
    public async Task Names_that_people_would_take_for_one_another_are_refused_with_their_entries()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var exchange = desk.Get<SetUpExchange>();
        var before = await exchange.ReadAsync();
        var file = new RoutingSetUp
        {
            Teams = [new SetUpTeam("LOANS")],
            Skills =
            [
                new SetUpSkill("credit", "lóans"),
                new SetUpSkill("visa", "Visa"),
                new SetUpSkill("visas", " visa"),
            ],
            Areas =
            [
                new SetUpArea("every", "Every  thing"),
                new SetUpArea("all", "Every thing")
                {
                    Topics = [new SetUpTopic("arrival", "card\u00a0ARRIVAL"), new SetUpTopic("rate", "Rate")],
                },
                // elsewhere the same name is another topic's
                new SetUpArea("loans", "Lending") { Topics = [new SetUpTopic("rates", "Rate")] },
            ],
        };
        var wrong = await Should.ThrowAsync<InvalidDataException>(() => exchange.ImportAsync(file));
        wrong
            .Message.Split('\n')
            .ShouldBe([
                "teams/LOANS: the name \"LOANS\" is taken by teams/Loans (\"Loans\").",
                "skills/credit: the name \"lóans\" is taken by skills/loans (\"Loans\").",
                "skills/visa: the name \"Visa\" is taken by skills/visas (\" visa\").",
                "areas/every: the name \"Every  thing\" is taken by areas/all (\"Every thing\").",
                "topics/arrival: the name \"card\u00a0ARRIVAL\" is taken by topics/card_arrival (\"Card arrival\").",
            ]);
        (await exchange.ReadAsync()).ToJson().ShouldBe(before.ToJson());
    }

    [Fact]
    public async Task Names_change_places_in_one_file_and_what_was_alike_before_stays()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await using (var db = desk.OpenDatabase())
        {
            db.Skills.Add(new Tickets.People.Skill { Key = "loans_2", Name = "LOANS" });
            await db.SaveChangesAsync();
        }
        var exchange = desk.Get<SetUpExchange>();
        var before = await exchange.ReadAsync();
        var area = before.Areas.Single(a => a.Topics.Count > 0);
        var (first, second) = (area.Topics[0], area.Topics[1]);
        var file = before with
        {
            Areas = [area with { Topics = [first with { Name = second.Name }, second with { Name = first.Name }] }],
        };
        (await exchange.ImportAsync(file)).Differences.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_file_that_makes_no_sense_changes_nothing()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var exchange = desk.Get<SetUpExchange>();
        var before = await exchange.ReadAsync();
        var file = new RoutingSetUp
        {
            SplitsCombined = true,
            Areas = [new SetUpArea("trips", "Trips") { Topics = [new SetUpTopic("visa", "Visa", Team: "Nowhere")] }],
            People = [new SetUpPerson(desk.Anna.Address, 200, "en")],
        };
        var wrong = await Should.ThrowAsync<InvalidDataException>(() => exchange.ImportAsync(file));
        wrong.Message.ShouldContain("topics/visa: there is no team \"Nowhere\".");
        wrong.Message.ShouldContain("capacity");
        (await exchange.ReadAsync()).ToJson().ShouldBe(before.ToJson());
    }

    // any desk, in the order in which it would be read
    private static RoutingSetUp Random(int seed)
    {
        var random = new Random(seed);
        string Name(string kind, int n) => $"{kind}{n}";
        bool Maybe() => random.Next(2) == 0;
        var teams = Enumerable.Range(0, random.Next(1, 4)).Select(n => Name("Team ", n)).ToList();
        var skills = Enumerable.Range(0, random.Next(0, 4)).Select(n => Name("skill_", n)).ToList();
        T? One<T>(List<T> of)
            where T : class => of.Count == 0 || Maybe() ? null : of[random.Next(of.Count)];
        var areas = Enumerable
            .Range(0, random.Next(1, 4))
            .Select(a => new SetUpArea(
                Name("area_", a),
                $"Área {a} \"ü\"",
                Maybe() ? "мова" : "",
                Maybe() ? "card" : null,
                One(teams)
            )
            {
                Topics =
                [
                    .. Enumerable
                        .Range(0, random.Next(0, 4))
                        .Select(t => new SetUpTopic(
                            $"topic_{a}_{t}",
                            $"Topic {t}",
                            Maybe() ? "What <is> it & why" : "",
                            One(teams),
                            One(skills),
                            Maybe()
                        )
                        {
                            Phrases =
                            [
                                .. Enumerable
                                    .Range(0, random.Next(0, 3))
                                    .Select(p => $"phrase {p} {random.Next(9)}")
                                    .Distinct()
                                    .Order(StringComparer.Ordinal),
                            ],
                        }),
                ],
            })
            .ToList();
        var topics = areas.SelectMany(a => a.Topics).ToList();
        return new RoutingSetUp
        {
            DefaultTeam = teams[0],
            SplitsCombined = Maybe(),
            Rules = new RoutingRules { VipMargin = random.Next(0, 101) / 100.0 },
            Spam = random.Next(3) switch
            {
                0 => null,
                1 => new SetUpSpam(Maybe(), TrustedFilter.Rspamd, random.Next(1, 1001)),
                _ => new SetUpSpam(Maybe(), TrustedFilter.Other, random.Next(1, 1001), "X-Junk", "ja, \"ü\""),
            },
            Teams = teams.ConvertAll(t => new SetUpTeam(t, "", Maybe() ? "p0@desk.example" : null)),
            Skills = skills.ConvertAll(s => new SetUpSkill(s, s.ToUpperInvariant())),
            Hours = [new SetUpHours("Day", "Europe/London", "Mon 08:00-16:00", [new DateOnly(2026, 12, 25)])],
            Areas = areas,
            People =
            [
                .. Staff
                    .Order(StringComparer.Ordinal)
                    .Select(address => new SetUpPerson(
                        address,
                        random.Next(0, 200) / 2.0,
                        "en de",
                        Maybe() ? "Day" : null,
                        Maybe() ? "p1@desk.example" : null
                    )
                    {
                        Teams = [.. teams.Where(_ => Maybe())],
                        Skills = new SortedDictionary<string, int>(
                            skills.Where(_ => Maybe()).ToDictionary(s => s, _ => random.Next(1, 4)),
                            StringComparer.Ordinal
                        ),
                    }),
            ],
            AutomaticAnswers =
            [
                .. topics
                    .Where(_ => Maybe())
                    .OrderBy(t => t.Key, StringComparer.Ordinal)
                    .Select(t => new SetUpAnswers(t.Key, (AnsweringState)random.Next(0, 3), 0.95)
                    {
                        ExcludedTiers = Maybe() ? ["Gold"] : [],
                    }),
            ],
        };
    }
}
