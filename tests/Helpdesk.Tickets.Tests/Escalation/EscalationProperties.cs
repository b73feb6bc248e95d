using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets.Tests.Escalation;

/// <summary>Random lives of a ticket: whatever happens and whenever the sweep comes, each level is acted on once and never early.</summary>
public sealed class EscalationProperties
{
    private static readonly DateTimeOffset Start = new(2026, 3, 27, 6, 0, 0, TimeSpan.Zero); // the Friday before clocks change
    private static readonly EscalationPeople Nobody = new(Lead: null, Supervisors: []);

    private enum Deed
    {
        Wait,
        Sweep,
        CustomerWrites,
        Answer,
        AnswerAndWait,
        Resolve,
        RaisePriority,
        LowerPriority,
    }

    private static SlaTerms Terms(string week)
    {
        var policy = new SlaPolicy
        {
            Name = "test",
            BusinessHours = new BusinessHours
            {
                Name = "test",
                TimeZoneId = "Europe/Tallinn",
                Week = week,
                Holidays = [new DateOnly(2026, 3, 31)],
            },
            Escalations =
            {
                new EscalationRule { Percent = 75, Actions = EscalationActions.WarnSpecialist },
                new EscalationRule { Percent = 100, Actions = EscalationActions.TellSupervisor },
                new EscalationRule { Percent = 150, Actions = EscalationActions.ReassignToLead },
            },
        };
        foreach (var priority in Enum.GetValues<TicketPriority>())
            policy.Promises.Add(
                new SlaPromise
                {
                    Priority = priority,
                    FirstResponseMinutes = 240 - (50 * (int)priority),
                    NextResponseMinutes = 300 - (50 * (int)priority),
                    ResolutionMinutes = 1200 - (200 * (int)priority),
                }
            );
        return new SlaTerms(policy);
    }

    private static readonly SlaTerms[] AllTerms =
    [
        Terms("always"),
        Terms("Mon 08:00-18:00; Tue 08:00-18:00; Wed 08:00-18:00; Thu 08:00-18:00; Fri 08:00-18:00"),
        Terms("Sun 00:00-24:00; Sat 12:00-14:00; Mon 03:00-05:00 07:00-19:00"),
    ];

    private static readonly Arbitrary<(SlaTerms Terms, (Deed Deed, int Minutes)[] Life)> Lives = (
        from terms in Gen.Elements(AllTerms)
        from life in (
            from deed in Gen.Elements(Enum.GetValues<Deed>())
            from minutes in Gen.Choose(0, 900)
            select (deed, minutes)
        ).ArrayOf(25)
        select (terms, life)
    ).ToArbitrary();

    [Fact]
    public void Each_level_is_acted_on_once_and_never_before_it_is_reached() =>
        Prop.ForAll(
                Lives,
                c =>
                {
                    var (ticket, _) = Live(c.Terms, c.Life);
                    var keys = ticket.Escalations.ConvertAll(e => (e.Target, e.Cycle, e.Percent));
                    return keys.Distinct().Count() == keys.Count
                        && ticket.Escalations.TrueForAll(e => e.ReachedAt <= e.ActedAt);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_second_sweep_at_the_same_instant_does_nothing() =>
        Prop.ForAll(
                Lives,
                c =>
                {
                    var (ticket, now) = Live(c.Terms, c.Life);
                    ticket.Escalate(Nobody, c.Terms, now);
                    return ticket.Escalate(Nobody, c.Terms, now).Count == 0;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void After_a_sweep_the_next_look_lies_ahead_or_never_comes() =>
        Prop.ForAll(
                Lives,
                c =>
                {
                    var (ticket, now) = Live(c.Terms, c.Life);
                    ticket.Escalate(Nobody, c.Terms, now);
                    return ticket.NextEscalationAt is null || ticket.NextEscalationAt > now;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void While_the_customer_has_the_next_word_nothing_is_due() =>
        Prop.ForAll(
                Lives,
                c =>
                {
                    var (ticket, now) = Live(c.Terms, c.Life);
                    if (ticket.Status is not TicketStatus.Waiting)
                        return true;
                    return ticket.DueAt is null
                        && ticket.NextEscalationAt is null
                        && ticket.Escalate(Nobody, c.Terms, now.AddDays(30)).Count == 0;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_sweep_that_sleeps_through_everything_finds_the_same_levels_as_one_that_never_sleeps() =>
        Prop.ForAll(
                Lives,
                c =>
                {
                    // waiting only, so that no deed depends on what the sweep did in between
                    var (sleepy, end) = Open(c.Terms);
                    var (awake, now) = Open(c.Terms);
                    foreach (var (_, minutes) in c.Life)
                    {
                        now = now.AddMinutes(minutes);
                        awake.Escalate(Nobody, c.Terms, now);
                    }
                    end = now;
                    sleepy.Escalate(Nobody, c.Terms, end);
                    return Levels(sleepy).SetEquals(Levels(awake));
                }
            )
            .QuickCheckThrowOnFailure();

    private static HashSet<(SlaTarget, int, int)> Levels(Ticket ticket) =>
        [.. ticket.Escalations.Select(e => (e.Target, e.Cycle, e.Percent))];

    private static (Ticket Ticket, DateTimeOffset Now) Open(SlaTerms terms) =>
        (
            Ticket.Open(
                new Customer("c@example.org", "C", Start),
                Channel.Web,
                "subject",
                new MessageContent { Text = "text" },
                Actor.System,
                terms,
                Start
            ),
            Start
        );

    private static (Ticket Ticket, DateTimeOffset Now) Live(SlaTerms terms, (Deed Deed, int Minutes)[] life)
    {
        var (ticket, now) = Open(terms);
        foreach (var (deed, minutes) in life)
        {
            now = now.AddMinutes(minutes);
            Do(ticket, deed, terms, now);
        }
        return (ticket, now);
    }

    private static void Do(Ticket ticket, Deed deed, SlaTerms terms, DateTimeOffset now)
    {
        var text = new MessageContent { Text = "words" };
        switch (deed)
        {
            case Deed.Sweep:
                ticket.Escalate(Nobody, terms, now);
                break;
            case Deed.CustomerWrites:
                ticket.AddCustomerMessage(text, Actor.System, terms, now);
                break;
            case Deed.Answer:
                ticket.Reply(text, Actor.System, TicketStatus.Open, terms, now);
                break;
            case Deed.AnswerAndWait:
                ticket.Reply(text, Actor.System, TicketStatus.Waiting, terms, now);
                break;
            case Deed.Resolve:
                ticket.Resolve("done", articleId: null, Actor.System, terms, now);
                break;
            case Deed.RaisePriority:
                ticket.ChangePriority(TicketPriority.Urgent, Actor.System, reason: null, terms, now);
                break;
            case Deed.LowerPriority:
                ticket.ChangePriority(TicketPriority.Low, Actor.System, reason: null, terms, now);
                break;
        }
    }
}
