using Helpdesk.Tickets;
using Helpdesk.Tickets.People;

namespace Helpdesk.Web.Sample;

/// <summary>What customer and specialists say in one ticket.</summary>
internal sealed class TicketWords
{
    private readonly Conversations talk;
    private readonly Arrival arrival;
    private readonly Customer customer;
    private readonly Dice dice;
    private readonly TicketFacts facts;
    private readonly TopicTalk? topic;
    private readonly ForeignReply? foreign;

    public TicketWords(Conversations talk, Arrival arrival, Customer customer, Dice dice)
    {
        (this.talk, this.arrival, this.customer, this.dice) = (talk, arrival, customer, dice);
        facts = new TicketFacts(dice, talk.Vocabulary, FirstName, arrival.At);
        topic = arrival.Topic is { } of ? talk.Topics[of.Plan.Key] : null;
        foreign = arrival.Kind is RequestKind.Foreign ? talk.LanguageReplies[Language] : null;
    }

    /// <summary>ISO 639-1, of the request.</summary>
    public string Language => arrival.Kind is RequestKind.Foreign ? talk.OtherLanguages[arrival.Text].Language : "en";

    private string FirstName => customer.Name.Split(' ')[0];

    private GeneralTalk General => talk.General;

    // ---- the customer

    public WrittenRequest Request(RequestWords words) => words.Write(arrival, facts, dice);

    public string Detail() => topic is null ? dice.Of(General.FollowUps) : Customer(dice.Of(topic.Details));

    public string Chaser() => dice.Of(General.Chasers);

    public string Thanks() => dice.Of(foreign?.Thanks ?? General.Thanks);

    public string Reopening() => dice.Of(General.Reopens);

    public string Objection() =>
        dice.Chance(0.25)
            ? Customer(dice.Of(topic?.Complaints ?? General.Complaints))
            : Customer(dice.Of(topic?.FollowUps ?? General.FollowUps));

    /// <summary>As it arrives by mail: often with a greeting, for people of an organization with a signature.</summary>
    public MessageContent Letter(string text, string? threadReason)
    {
        var isPlain = foreign is not null;
        var greeting = !isPlain && dice.Chance(0.45) ? dice.Of(General.Greetings) + "\n\n" : "";
        var closing =
            !isPlain && dice.Chance(0.6)
                ? $"\n\n{dice.Of(General.Closings)}\n{(dice.Chance(0.5) ? customer.Name : FirstName)}"
                : "";
        return new MessageContent
        {
            Text = greeting + text + closing,
            FoldedText = customer.Organization is { } organization
                ? $"-- \n{customer.Name}\n{organization.Name}"
                : null,
            ThreadReason = threadReason,
        };
    }

    // ---- the specialist

    public string Ask(Specialist by) => Reply(by, topic?.Ask ?? dice.Of(General.AskAnything), General.StaffThanks);

    /// <param name="wasAsked">The customer has just answered a question of ours.</param>
    public string FirstAnswer(Specialist by, bool wasAsked) =>
        Reply(by, FirstAnswer(), wasAsked ? General.StaffFollowUps : General.StaffThanks);

    public string LaterAnswer(Specialist by) =>
        Reply(
            by,
            arrival.Kind is RequestKind.Emerging ? talk.Emerging.Answers[1] : dice.Of(topic?.Later ?? General.Later),
            beginnings: null
        );

    public string ReopenAnswer(Specialist by) => Reply(by, dice.Of(General.ReopenAnswers), beginnings: null);

    public string Farewell(Specialist by) => Reply(by, dice.Of(General.Farewells), beginnings: null);

    public string Note() => Staff(dice.Of(topic?.Notes ?? General.SpecialNotes));

    public string Handover() => dice.Of(General.Handovers);

    public string Misroute() => dice.Of(General.Misroutes);

    public string? Resolution() => topic is null ? null : dice.Of(topic.Resolutions);

    private string FirstAnswer()
    {
        if (arrival.Kind is RequestKind.Emerging)
            return talk.Emerging.Answers[0];
        if (topic is null)
            return talk.Special[arrival.Text % talk.Special.Count].Answer!;
        var answer = dice.Of(topic.Answers);
        return arrival.SecondTopic is { } second
            ? $"{answer}\n\n{dice.Of(talk.Topics[second.Plan.Key].Answers)}"
            : answer;
    }

    private string Reply(Specialist by, string text, IReadOnlyList<string>? beginnings)
    {
        if (foreign is not null)
            return $"{Staff(foreign.Greeting)}\n\n{dice.Of(foreign.Answers)}\n\n{foreign.Closing}\n{by.Name}";
        var beginning = beginnings is not null && dice.Chance(0.4) ? dice.Of(beginnings) + " " : "";
        return $"{Staff(dice.Of(General.StaffGreetings))}\n\n{beginning}{Staff(text)}\n\n{dice.Of(General.StaffClosings)}\n{by.Name}";
    }

    private string Customer(string text) => facts.ForCustomer(text);

    private string Staff(string text) => facts.ForStaff(text);
}
