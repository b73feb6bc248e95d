using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Tickets.Moving;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Shouldly;

namespace Helpdesk.Tickets.Tests;

/// <summary>The clocks played from the beginning are those that a ticket came to step by step, whatever happened to it.</summary>
public sealed class ConversationClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 27, 6, 0, 0, TimeSpan.Zero);
    private static readonly Actor Anna = Actor.Staff(Guid.NewGuid(), "Anna");

    private enum Deed
    {
        CustomerWrites,
        Answer,
        AnswerAndWait,
        AnswerAndResolve,
        Wait,
        Resume,
        Resolve,
        Reopen,
        Close,
        Note,
    }

    private static readonly SlaTerms Terms = new(
        new SlaPolicy
        {
            Name = "test",
            BusinessHours = new BusinessHours
            {
                Name = "test",
                TimeZoneId = "Europe/Tallinn",
                Week = "Mon 08:00-18:00; Tue 08:00-18:00; Wed 08:00-18:00; Thu 08:00-18:00; Fri 08:00-18:00",
            },
            Promises =
            {
                new SlaPromise
                {
                    Priority = TicketPriority.Normal,
                    FirstResponseMinutes = 60,
                    NextResponseMinutes = 120,
                    ResolutionMinutes = 600,
                },
            },
        }
    );

    private static readonly Arbitrary<(Deed Deed, int Minutes)[]> Lives = (
        from deed in Gen.Elements(Enum.GetValues<Deed>())
        from minutes in Gen.Choose(1, 900)
        select (deed, minutes)
    )
        .ArrayOf(20)
        .ToArbitrary();

    [Fact]
    public void Played_from_the_beginning_everything_is_as_it_is() =>
        Prop.ForAll(
                Lives,
                life =>
                {
                    var (ticket, now) = Live(life);
                    return Facts(Play(ticket, now)) == Facts(ticket);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_message_that_was_never_answered_leaves_nothing_behind() =>
        Prop.ForAll(
                Lives,
                life =>
                {
                    var (ticket, now) = Live(life);
                    var before = Facts(ticket);
                    ticket.AddCustomerMessage(
                        new MessageContent { Text = "wrong place" },
                        Actor.Customer(ticket.Customer),
                        Terms,
                        now.AddMinutes(1)
                    );
                    var record = ConversationRecord.Of(ticket);
                    var state = ConversationClock.Play(
                        ticket.CreatedAt,
                        record.Without(record.Messages[^1]),
                        Terms.Calendar,
                        now.AddMinutes(2)
                    );
                    return Facts(state) == before;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_moved_in_waits_since_it_was_written()
    {
        var (ticket, _) = Live([(Deed.AnswerAndResolve, 60)]);
        var written = Start.AddMinutes(30);
        var moved = new MessageMark(MessageKind.Customer, written, MovedAt: Start.AddHours(5));
        var state = ConversationClock.Play(
            ticket.CreatedAt,
            ConversationRecord.Of(ticket).With(moved),
            Terms.Calendar,
            Start
        );
        state.Status.ShouldBe(TicketStatus.Open); // nobody answered it yet, whenever it was written
        state.AwaitingReplySince.ShouldBe(written);
        state.Reopenings.ShouldBe(1);
        state.CustomerWroteLast.ShouldBeTrue();
    }

    [Fact]
    public void A_ticket_of_which_nothing_remains_is_closed()
    {
        var (ticket, _) = Live([]);
        var empty = ConversationRecord.Of(ticket) with { Messages = [] };
        var state = ConversationClock.Play(ticket.CreatedAt, empty, Terms.Calendar, Start.AddHours(1));
        (state.Status, state.ClosedAt).ShouldBe((TicketStatus.Closed, Start.AddHours(1)));
    }

    private static ConversationState Play(Ticket ticket, DateTimeOffset now) =>
        ConversationClock.Play(ticket.CreatedAt, ConversationRecord.Of(ticket), Terms.Calendar, now);

    private static (Ticket Ticket, DateTimeOffset Now) Live((Deed Deed, int Minutes)[] life)
    {
        var customer = new Customer("ann@example.org", "Ann", Start);
        var by = Actor.Customer(customer);
        var ticket = Ticket.Open(
            customer,
            Channel.Email,
            "Card",
            new MessageContent { Text = "Where?" },
            by,
            Terms,
            Start
        );
        var now = Start;
        foreach (var (deed, minutes) in life)
        {
            now = now.AddMinutes(minutes);
            try
            {
                Do(ticket, deed, by, now);
            }
            catch (RuleViolationException)
            {
                // not possible now; nothing happened
            }
        }
        return (ticket, now);
    }

    private static void Do(Ticket ticket, Deed deed, Actor customer, DateTimeOffset now)
    {
        var content = new MessageContent { Text = "words" };
        switch (deed)
        {
            case Deed.CustomerWrites:
                ticket.AddCustomerMessage(content, customer, Terms, now);
                break;
            case Deed.Answer:
                ticket.Reply(content, Anna, TicketStatus.Open, Terms, now);
                break;
            case Deed.AnswerAndWait:
                ticket.Reply(content, Anna, TicketStatus.Waiting, Terms, now);
                break;
            case Deed.AnswerAndResolve:
                ticket.Reply(content, Anna, TicketStatus.Resolved, Terms, now);
                break;
            case Deed.Wait:
                ticket.WaitForCustomer(Anna, Terms, now);
                break;
            case Deed.Resume:
                ticket.Resume(Anna, Terms, now);
                break;
            case Deed.Resolve:
                ticket.Resolve(null, null, Anna, Terms, now);
                break;
            case Deed.Reopen:
                ticket.Reopen(Anna, Terms, now);
                break;
            case Deed.Close:
                ticket.Close(Anna, now);
                break;
            default:
                ticket.AddNote(content, Anna, now);
                break;
        }
    }

    private static string Facts(Ticket t) =>
        $"{t.Status} {t.FirstRespondedAt:O} {t.AwaitingReplySince:O} {t.LastMessageAt:O} {t.CustomerWroteLast} {t.ResolutionStartedAt:O} {t.ResolvedAt:O} {t.ClosedAt:O} {t.Replies} {t.Reopenings} {t.PausedWorkingTime} {t.PausedSince:O}";

    private static string Facts(ConversationState t) =>
        $"{t.Status} {t.FirstRespondedAt:O} {t.AwaitingReplySince:O} {t.LastMessageAt:O} {t.CustomerWroteLast} {t.ResolutionStartedAt:O} {t.ResolvedAt:O} {t.ClosedAt:O} {t.Replies} {t.Reopenings} {t.PausedWorkingTime} {t.PausedSince:O}";
}
