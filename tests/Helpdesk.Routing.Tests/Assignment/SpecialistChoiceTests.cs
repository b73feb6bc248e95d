using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Routing.Assignment;
using Helpdesk.Tickets;
using Helpdesk.Tickets.People;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Assignment;

public class SpecialistChoiceTests
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private static Candidate Person(string name, int? level = 2, double work = 0) =>
        new()
        {
            Id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)),
            Name = name,
            SkillLevel = level,
            Work = work,
            LastGivenAt = Morning,
        };

    private static AssignmentNeed Need(Complexity complexity = Complexity.Medium, bool vip = false) =>
        new()
        {
            Complexity = complexity,
            Weight = Workload.Weight(complexity, TicketStatus.New),
            IsVip = vip,
        };

    private static string? Chosen(AssignmentNeed need, params Candidate[] people)
    {
        var choice = SpecialistChoice.Choose(need, people);
        return people.SingleOrDefault(p => p.Id == choice.Chosen)?.Name;
    }

    [Fact]
    public void Equals_are_told_apart_by_name_whatever_numbers_the_desk_gave_them()
    {
        for (var run = 0; run < 20; run++)
        {
            var people = new[] { "Boris Birch", "Lea Lead", "Anna Alder" }.Select(n =>
                Person(n) with
                {
                    Id = Guid.NewGuid(),
                }
            );
            Chosen(Need(), [.. people]).ShouldBe("Anna Alder");
        }
    }

    [Fact]
    public void Simple_work_goes_to_the_junior_and_spares_the_expert() =>
        Chosen(Need(Complexity.Simple), Person("expert", 3), Person("junior", 1)).ShouldBe("junior");

    [Fact]
    public void Who_solved_such_requests_for_good_is_preferred_and_a_newcomer_still_gets_a_chance()
    {
        var veteran = Person("veteran") with { Record = new TrackRecord(60, 2) };
        var unlucky = Person("unlucky") with { Record = new TrackRecord(60, 40) };
        var newcomer = Person("newcomer");
        Chosen(Need(), newcomer, unlucky, veteran).ShouldBe("veteran");
        Chosen(Need(), unlucky, newcomer).ShouldBe("newcomer");
        Chosen(Need(), newcomer, veteran with { Work = 4 }).ShouldBe("newcomer");
        new TrackRecord(0, 0).Expertise.ShouldBe(0);
        new TrackRecord(3, 3).Expertise.ShouldBeLessThan(0);
        new TrackRecord(30, 0).Expertise.ShouldBeGreaterThan(new TrackRecord(3, 0).Expertise);
    }

    [Fact]
    public void Who_solved_such_requests_faster_is_preferred()
    {
        var quick = Person("quick") with { Record = new TrackRecord(40, 1) { Pace = 1.4 } };
        var slow = Person("slow") with { Record = new TrackRecord(40, 1) { Pace = 0.7 } };
        var usual = Person("usual") with { Record = new TrackRecord(40, 1) };
        var newcomer = Person("newcomer");
        Chosen(Need(), slow, usual, quick, newcomer).ShouldBe("quick");
        Chosen(Need(), slow, usual, newcomer).ShouldBe("usual");
        // who needs more than twice as long is not preferred to somebody new
        Chosen(Need(), slow with { Record = new TrackRecord(40, 1) { Pace = 0.3 } }, newcomer).ShouldBe("newcomer");
    }

    [Fact]
    public void Who_is_not_there_says_nothing_about_a_fair_share()
    {
        // had they counted, whoever got five would be far ahead of the others
        var verdicts = SpecialistChoice.Choose(
            Need(),
            [
                Person("here") with
                {
                    GivenToday = 5,
                },
                Person("ill") with
                {
                    IsAbsent = true,
                },
                Person("asleep") with
                {
                    IsOnShift = false,
                },
            ]
        );
        verdicts.Verdicts[0].Counted.ShouldNotContain(r => r.Code == "had-more");
    }

    [Fact]
    public void Complex_work_goes_to_the_expert() =>
        Chosen(Need(Complexity.Complex), Person("junior", 1), Person("able", 2), Person("expert", 3))
            .ShouldBe("expert");

    [Fact]
    public void Complex_work_is_never_given_to_somebody_who_is_learning() =>
        Chosen(Need(Complexity.Complex), Person("junior", 1)).ShouldBeNull();

    [Fact]
    public void A_vip_gets_the_best_qualified_even_for_simple_work() =>
        Chosen(Need(Complexity.Simple, vip: true), Person("junior", 1), Person("expert", 3)).ShouldBe("expert");

    [Fact]
    public void A_vip_may_exceed_capacity_by_the_margin_and_no_further()
    {
        Chosen(Need(Complexity.Simple), Person("full", work: 10)).ShouldBeNull();
        Chosen(Need(Complexity.Simple, vip: true), Person("full", work: 10)).ShouldBe("full");
        Chosen(Need(Complexity.Simple, vip: true), Person("more than full", work: 12)).ShouldBeNull();
    }

    [Fact]
    public void Nobody_gets_what_they_cannot_do_or_are_not_there_for()
    {
        var choice = SpecialistChoice.Choose(
            Need(),
            [
                Person("no skill", level: 0),
                Person("absent") with
                {
                    IsAbsent = true,
                },
                Person("away") with
                {
                    Presence = Presence.Away,
                },
                Person("asleep") with
                {
                    IsOnShift = false,
                },
                Person("full", work: 9),
            ]
        );
        choice.Chosen.ShouldBeNull();
        choice
            .Verdicts.ToDictionary(v => v.Name, v => v.Blocks.Single().Code)
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["no skill"] = "no-skill",
                    ["absent"] = "absent",
                    ["away"] = "away",
                    ["asleep"] = "off-shift",
                    ["full"] = "full",
                },
                ignoreOrder: true
            );
    }

    [Fact]
    public void Who_has_more_room_gets_it() =>
        Chosen(Need(), Person("loaded", work: 6), Person("free", work: 1)).ShouldBe("free");

    [Fact]
    public void Who_knows_the_matter_goes_on_with_it() =>
        Chosen(Need(), Person("stranger"), Person("knows", work: 3) with { KnowsMatter = true }).ShouldBe("knows");

    [Fact]
    public void Who_speaks_the_language_is_preferred_but_better_somebody_than_nobody()
    {
        var mute = Person("mute") with { SpeaksLanguage = false };
        Chosen(Need(), mute, Person("speaks", work: 5)).ShouldBe("speaks");
        Chosen(Need(), mute).ShouldBe("mute");
    }

    [Fact]
    public void Who_had_fewer_today_gets_the_next() =>
        Chosen(Need(), Person("a") with { GivenToday = 5 }, Person("b") with { GivenToday = 1 }).ShouldBe("b");

    [Fact]
    public void Each_verdict_tells_what_would_have_changed_it()
    {
        var choice = SpecialistChoice.Choose(
            Need(),
            [Person("chosen"), Person("loaded", work: 3), Person("away") with { Presence = Presence.Away }]
        );
        CandidateVerdict Of(string name) => choice.Verdicts.Single(v => v.Name == name);
        Of("chosen").WouldChange.ShouldBeEmpty();
        Of("loaded").WouldChange.Single().Code.ShouldBe("with-less-work");
        Of("loaded").WouldChange.Single().Arguments.ShouldBe(["3"]);
        Of("away").WouldChange.Single().Code.ShouldBe("without-away");
    }

    [Fact]
    public void What_would_have_changed_it_is_all_that_it_takes()
    {
        var chosen = Person("chosen", work: 1);
        var behind = Person("behind", work: 4) with { IsOnShift = false };
        var full = Person("full", work: 10) with { KnowsMatter = true };
        CandidateVerdict Of(Candidate candidate, params Candidate[] others) =>
            SpecialistChoice.Choose(Need(), [candidate, .. others]).Verdicts.Single(v => v.Id == candidate.Id);

        var late = Of(behind, chosen).WouldChange;
        late.Select(r => r.Code).ShouldBe(["without-off-shift", "with-less-work"]);
        Of(behind with { IsOnShift = true }, chosen).Blocks.ShouldBeEmpty();
        Chosen(Need(), behind with { IsOnShift = true }, chosen).ShouldBe("chosen");
        Chosen(Need(), behind with { IsOnShift = true, Work = 4 - Less(late) - 0.1 }, chosen).ShouldBe("behind");

        Of(full, chosen)
            .Blocks.Single()
            .Arguments.ShouldBe(["10", "10", Need().Weight.ToString("0.#", CultureInfo.InvariantCulture)]);
        var overloaded = Of(full, chosen).WouldChange;
        overloaded.Select(r => r.Code).ShouldBe(["with-less-work"]);
        Chosen(Need(), full with { Work = 10 - Less(overloaded) + 0.3 }, chosen).ShouldBe("chosen");
        Chosen(Need(), full with { Work = 10 - Less(overloaded) - 0.1 }, chosen).ShouldBe("full");

        static double Less(IReadOnlyList<Reason> changes) =>
            double.Parse(changes.Single(r => r.Code == "with-less-work").Arguments[0], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Nobody_at_all_means_the_teams_queue() => SpecialistChoice.Choose(Need(), []).Chosen.ShouldBeNull();

    private static readonly Gen<Candidate> AnyPerson =
        from number in Gen.Choose(0, 1_000_000)
        from level in Gen.Elements<int?>(null, 0, 1, 2, 3)
        from work in Gen.Choose(0, 60)
        from capacity in Gen.Choose(0, 20)
        from given in Gen.Choose(0, 9)
        from presence in Gen.Elements(Presence.Available, Presence.Busy, Presence.Away)
        from flags in Gen.Choose(0, 31)
        select Person($"p{number}", level, work / 4.0) with
        {
            Capacity = capacity,
            GivenToday = given,
            Presence = presence,
            IsAbsent = flags == 0,
            IsOnShift = (flags & 1) == 0,
            SpeaksLanguage = (flags & 2) == 0,
            KnowsMatter = (flags & 4) == 0,
            LastGivenAt = (flags & 8) == 0 ? null : Morning.AddMinutes(number % 300),
        };

    private static readonly Arbitrary<(Candidate[] People, AssignmentNeed Need)> Situations = Arb.From(
        from people in Gen.ArrayOf(AnyPerson)
        from complexity in Gen.Elements(Complexity.Simple, Complexity.Medium, Complexity.Complex)
        from vip in Gen.Elements(true, false)
        select (people.DistinctBy(p => p.Id).ToArray(), Need(complexity, vip))
    );

    [Fact]
    public void Capacity_is_never_exceeded_beyond_what_a_vip_may()
    {
        Prop.ForAll(
                Situations,
                s =>
                {
                    var chosen = s.People.SingleOrDefault(p =>
                        p.Id == SpecialistChoice.Choose(s.Need, s.People).Chosen
                    );
                    return chosen is null
                        || chosen.Work + s.Need.Weight <= (chosen.Capacity * (s.Need.IsVip ? 1.25 : 1)) + 1e-6;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_choice_does_not_depend_on_the_order_in_which_people_are_listed()
    {
        Prop.ForAll(
                Situations,
                s =>
                    SpecialistChoice.Choose(s.Need, s.People).Chosen
                    == SpecialistChoice.Choose(s.Need, [.. s.People.Reverse()]).Chosen
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Somebody_who_can_take_it_is_always_found()
    {
        Prop.ForAll(
                Situations,
                s =>
                {
                    var choice = SpecialistChoice.Choose(s.Need, s.People);
                    return choice.Chosen is null == choice.Verdicts.All(v => v.Blocks.Count > 0);
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
