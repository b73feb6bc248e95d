using Helpdesk.Tickets;
using Helpdesk.Tickets.Closing;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Sample;

/// <summary>What every ticket's life needs and none changes.</summary>
internal sealed record LifeSetting(
    StaffedDesk Desk,
    Conversations Talk,
    RequestWords Words,
    int Seed,
    DateTimeOffset Now
)
{
    /// <summary>Topics that make four fifths of what comes in.</summary>
    public required IReadOnlySet<int> CommonTopics { get; init; }

    /// <summary>Public articles by topic key.</summary>
    public required ILookup<string, long> Articles { get; init; }
}

/// <summary>
/// One ticket lived through the ticket's own methods, from its arrival to its end or to the present, whichever comes first. Escalations
/// happen in between, as the sweep would have made them. A step answers false when it lies in the future: there the life ends for now.
/// </summary>
internal sealed class TicketLife
{
    private static readonly TimeSpan AMoment = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan BusyTime = TimeSpan.FromHours(26);
    private readonly LifeSetting setting;
    private readonly StaffedDesk desk;
    private readonly Arrival arrival;
    private readonly Dice dice;
    private readonly Customer customer;
    private readonly TicketWords words;
    private readonly SlaTerms? terms;
    private readonly Tier? tier;
    private readonly Complexity effort;
    private readonly StaffedTopic? topic;
    private Ticket ticket = null!;

    /// <summary>The instant to which the life has come.</summary>
    private DateTimeOffset clock;

    private TicketLife(LifeSetting setting, Arrival arrival, Customer customer, Dice dice)
    {
        (this.setting, this.arrival, this.customer, this.dice) = (setting, arrival, customer, dice);
        desk = setting.Desk;
        topic = arrival.Topic;
        clock = arrival.At;
        terms = desk.TermsFor(customer);
        tier = desk.TierOf(customer);
        words = new TicketWords(setting.Talk, arrival, customer, dice);
        effort = Judgement.Effort(arrival, dice);
    }

    /// <summary>The ticket as it stands at the present; nothing about it is saved.</summary>
    public static Ticket Live(LifeSetting setting, Arrival arrival, Customer customer, Dice dice)
    {
        var life = new TicketLife(setting, arrival, customer, dice);
        life.Arrive();
        if (life.PickUp() && life.CorrectTopic())
            life.BeAnswered();
        life.EscalateUntil(setting.Now);
        life.CloseWhenOld();
        return life.ticket;
    }

    // ---- what happens

    private void Arrive()
    {
        var channel = (Channel)dice.Weighted([0.56, 0.31, 0.04, 0, 0.09]);
        var request = words.Request(setting.Words);
        var content =
            channel is Channel.Email
                ? words.Letter(request.Text, threadReason: null)
                : new MessageContent { Text = request.Text };
        var actor = Actor.Customer(customer);
        if (channel is Channel.Phone && topic is not null && Choose(topic.People) is { } listener)
        {
            actor = Staff(listener);
            content = content with { SenderName = customer.DisplayName };
        }
        ticket = Ticket.Open(customer, channel, request.Subject, content, actor, terms, clock);
        clock += TimeSpan.FromMilliseconds(300 + dice.Below(1300));
        if (channel is not Channel.Phone)
            ticket.Acknowledge(data: null, clock);
        var isMistaken = arrival.Kind is RequestKind.Typical && dice.Chance(0.045);
        Route(isMistaken ? dice.Of(desk.Topics) : topic, request.IsUrgent);
    }

    private void Route(StaffedTopic? decided, bool isUrgent)
    {
        var (priority, score) = Judgement.Priority(decided, tier, isUrgent);
        var somebodyIsFree = decided is not null && dice.Chance(IsBusy ? 0.85 : 0.95);
        ticket.Route(
            new RoutingResult
            {
                Type = Judgement.Type(arrival.Kind),
                Frequency =
                    decided is not null && setting.CommonTopics.Contains(decided.Topic.Id)
                        ? Frequency.Common
                        : Frequency.Rare,
                Complexity = effort,
                Language = words.Language,
                TopicId = decided?.Topic.Id,
                TeamId = (decided?.Team ?? desk.DefaultTeam).Id,
                Specialist = somebodyIsFree ? Choose(decided!.People)?.Person : null,
                Priority = priority,
                PriorityScore = score,
            },
            terms,
            clock
        );
    }

    /// <summary>From the team's queue into somebody's hands.</summary>
    private bool PickUp()
    {
        if (ticket.SpecialistId is not null)
            return true;
        if (Choose(topic?.People ?? desk.CrewOf(desk.DefaultTeam)) is not { } worker)
            return false;
        if (!Until(worker.Hours.Add(clock, ShareOf(SlaTarget.FirstResponse))))
            return false;
        if (ticket.SpecialistId is null)
            ticket.AssignTo(worker.Person, Staff(worker), reason: null, clock);
        return true;
    }

    /// <summary>Somebody sees that the router was mistaken and passes the ticket to the right team.</summary>
    private bool CorrectTopic()
    {
        if (topic is null || ticket.TopicId == topic.Topic.Id)
            return true;
        if (!Pass(ShareOf(SlaTarget.FirstResponse) * 0.5))
            return false;
        var finder = Staff(Current);
        ticket.AddNote(new MessageContent { Text = words.Misroute() }, finder, clock);
        ticket.ChangeTopic(topic.Topic, finder, clock);
        ticket.MoveTo(topic.Team, finder, clock);
        if (Choose(topic.People) is { } right)
            ticket.AssignTo(right.Person, finder, reason: null, clock);
        return true;
    }

    private void BeAnswered()
    {
        if (dice.Chance(NoteChance) && Pass(ShareOf(SlaTarget.FirstResponse) * 0.3))
            AddNote();
        var delay = ShareOf(SlaTarget.FirstResponse);
        if (IsSlow(delay) && dice.Chance(0.3) && !ChaseWithin(delay))
            return;
        var asks = dice.Chance(AskChance);
        if (asks)
        {
            if (!Pass(delay) || !Reply(words.Ask(Current.Person), TicketStatus.Waiting) || !AnswersTheQuestion())
                return;
            delay = ShareOf(SlaTarget.NextResponse);
        }
        if (
            Pass(delay)
            && Reply(words.FirstAnswer(Current.Person, asks), Chances(effort is Complexity.Simple ? 0.6 : 0.25))
        )
            Converse();
    }

    /// <summary>What the customer says to an answer, and what comes of it, until one of both is content or silent.</summary>
    private void Converse()
    {
        for (var round = 0; round < 4 && ticket.IsUnresolved; round++)
        {
            if (dice.Chance(0.34))
            {
                FallSilent();
                return;
            }
            var isSatisfied = dice.Chance(effort is Complexity.Complex ? 0.5 : 0.68);
            if (!CustomerWrites(isSatisfied ? words.Thanks() : words.Objection(), medianHours: 5))
                return;
            if (isSatisfied)
            {
                if (!Pass(ShareOf(SlaTarget.NextResponse) * 0.4))
                    return;
                Resolve();
            }
            else if ((effort is Complexity.Complex && dice.Chance(0.3) && !HandOver()) || !AnswerAgain())
            {
                return;
            }
        }
        if (ticket.IsUnresolved)
            FallSilent();
        else if (dice.Chance(effort is Complexity.Simple ? FittingArticle.Of(setting, arrival).ComesBack : 0.08))
            ComeBack();
    }

    private bool AnswerAgain() =>
        Pass(ShareOf(SlaTarget.NextResponse)) && Reply(words.LaterAnswer(Current.Person), Chances(0.35));

    private bool HandOver()
    {
        if (!Pass(AMoment))
            return false;
        var giver = Current;
        var others = topic?.People.Where(w => w.IsSenior && w.Person.Id != giver.Person.Id).ToList() ?? [];
        if (Choose(others) is { } taker)
        {
            ticket.AddNote(new MessageContent { Text = words.Handover() }, Staff(giver), clock);
            ticket.AssignTo(taker.Person, Staff(giver), reason: null, clock);
        }
        return true;
    }

    /// <summary>The customer asks where the answer is, shortly before it comes.</summary>
    private bool ChaseWithin(TimeSpan delay) => Until(Current.Hours.Add(clock, delay * 0.8)) && Write(words.Chaser());

    private bool AnswersTheQuestion()
    {
        if (!dice.Chance(0.1))
            return CustomerWrites(words.Detail(), medianHours: 4);
        FallSilent();
        return false;
    }

    private bool CustomerWrites(string text, double medianHours) =>
        Until(Awake(clock + TimeSpan.FromHours(Math.Min(dice.Around(medianHours, 1.0), 72)))) && Write(text);

    /// <summary>The customer does not come back; after some days the specialist takes it as solved.</summary>
    private void FallSilent()
    {
        if (Until(Awake(clock + TimeSpan.FromDays(dice.Between(1.2, 2.6)))) && Pass(AMoment))
            Reply(words.Farewell(Current.Person), TicketStatus.Resolved);
    }

    private void ComeBack()
    {
        if (!CustomerWrites(words.Reopening(), medianHours: 40))
            return;
        if (dice.Chance(NoteChance) && Pass(AMoment))
            AddNote();
        if (Pass(ShareOf(SlaTarget.NextResponse)))
            Reply(words.ReopenAnswer(Current.Person), TicketStatus.Resolved);
    }

    private void CloseWhenOld()
    {
        if (ticket.ResolvedAt is not { } resolvedAt)
            return;
        var at = resolvedAt + CloseResolvedJob.KeptOpenFor + TimeSpan.FromMinutes(5 + dice.Below(50));
        if (at <= setting.Now)
            ticket.Close(Actor.System, at);
    }

    // ---- how it is done

    private bool Write(string text)
    {
        var content =
            ticket.Channel is Channel.Email ? words.Letter(text, "reply-address") : new MessageContent { Text = text };
        ticket.AddCustomerMessage(content, Actor.Customer(customer), terms, clock);
        return true;
    }

    private bool Reply(string text, TicketStatus next)
    {
        // half of the specialists send and resolve in one go, the others resolve after it with a note
        var inOneGo = next is not TicketStatus.Resolved || dice.Chance(0.5);
        ticket.Reply(
            new MessageContent { Text = text },
            Staff(Current),
            inOneGo ? next : TicketStatus.Open,
            terms,
            clock,
            inOneGo && next is TicketStatus.Resolved ? Linked() : null
        );
        if (!inOneGo && Until(clock.AddSeconds(8 + dice.Below(70))))
            Resolve();
        return true;
    }

    private void Resolve()
    {
        var (resolution, any) = (words.Resolution(), Article());
        ticket.Resolve(resolution, effort is Complexity.Simple ? Linked() : any, Staff(Current), terms, clock);
    }

    private void AddNote() => ticket.AddNote(new MessageContent { Text = words.Note() }, Staff(Current), clock);

    private long? Article() =>
        topic is not null && dice.Chance(0.7) && setting.Articles.Contains(topic.Plan.Key)
            ? dice.Of([.. setting.Articles[topic.Plan.Key]])
            : null;

    /// <summary>What is simple is mostly answered with an article.</summary>
    private long? Linked() => effort is Complexity.Simple ? FittingArticle.Of(setting, arrival).Used : null;

    private TicketStatus Chances(double ofResolving) =>
        dice.Chance(ofResolving) ? TicketStatus.Resolved : TicketStatus.Waiting;

    // ---- time

    /// <summary>Goes on by working time of whoever has the ticket.</summary>
    private bool Pass(TimeSpan working) => Until(Current.Hours.Add(clock, working));

    private bool Until(DateTimeOffset at)
    {
        EscalateUntil(at < setting.Now ? at : setting.Now);
        clock = at;
        return at <= setting.Now;
    }

    private void EscalateUntil(DateTimeOffset end)
    {
        while (terms is not null && ticket.NextEscalationAt is { } due && due <= end)
        {
            // the sweep comes once a minute
            var at = due.AddSeconds(1 + dice.Below(58));
            ticket.Escalate(new EscalationPeople(TeamOfTicket.Lead, desk.Supervisors), terms, at < end ? at : end);
            if (ticket.NextEscalationAt <= due)
                return;
        }
    }

    /// <summary>Working time after which something happens: a share of what is promised, seldom more than all of it.</summary>
    private TimeSpan ShareOf(SlaTarget target)
    {
        var promised = terms?.Promised(target, ticket.Priority) ?? TimeSpan.FromHours(6);
        return promised * Math.Clamp(dice.Around(IsBusy ? 0.55 : 0.15, 0.8), 0.01, 2.2);
    }

    /// <summary>Since yesterday noon or so the desk has been behind with its work, so that there is something to see and to do.</summary>
    private bool IsBusy => setting.Now - clock < BusyTime;

    private bool IsSlow(TimeSpan delay) =>
        terms?.Promised(SlaTarget.FirstResponse, ticket.Priority) is { } promised && delay > promised * 0.6;

    /// <summary>Who would write at night sleeps over it.</summary>
    private DateTimeOffset Awake(DateTimeOffset at) =>
        at.Hour is < 6 or > 21 ? at.AddHours(8 + dice.Between(0, 3)) : at;

    // ---- people

    /// <summary>Who has the ticket; the team's lead answers for what nobody has.</summary>
    private Worker Current => desk.Workers[ticket.SpecialistId ?? TeamOfTicket.LeadId ?? desk.Workers.Keys.First()];

    private Team TeamOfTicket => ticket.TeamId is { } id ? desk.Teams[id] : desk.DefaultTeam;

    private Worker? Choose(IReadOnlyList<Worker> people) =>
        Judgement.Choose(people, words.Language, effort, tier?.IsVip is true, clock, dice);

    private static Actor Staff(Worker worker) => Actor.Staff(worker.Person.Id, worker.Person.Name);

    // ---- chances

    private double AskChance =>
        arrival.Kind is RequestKind.Special ? 0
        : effort is Complexity.Simple ? 0.07
        : effort is Complexity.Medium ? 0.3
        : 0.5;

    private double NoteChance =>
        effort switch
        {
            Complexity.Simple => 0.05,
            Complexity.Medium => 0.22,
            _ => 0.5,
        };
}
