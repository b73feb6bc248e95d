using Helpdesk.Tickets;

namespace Helpdesk.Web.Sample;

/// <summary>The labelled requests, a shuffled pile for each topic.</summary>
internal sealed class RequestTexts
{
    private const int MinLength = 12;
    private const int MaxLength = 450;
    private readonly Dictionary<string, string[]> byTopic;

    public RequestTexts(IReadOnlyList<LabelledRequest> requests, int seed)
    {
        var dice = new Dice(seed, -3);
        byTopic = requests
            .Where(r => r.Text.Length is >= MinLength and <= MaxLength)
            .DistinctBy(r => r.Text)
            .GroupBy(r => r.TopicKey, StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key,
                g =>
                {
                    var texts = g.Select(r => r.Text).ToArray();
                    dice.Shuffle(texts.AsSpan());
                    return texts;
                },
                StringComparer.Ordinal
            );
    }

    public string Of(StaffedTopic topic, int number)
    {
        var texts = byTopic[topic.Plan.Key];
        return texts[number % texts.Length];
    }
}

/// <summary>A request as it is written: subject and text.</summary>
internal readonly record struct WrittenRequest(string Subject, string Text, bool IsUrgent);

/// <summary>Turns an arrival into what the customer writes.</summary>
internal sealed class RequestWords(Conversations talk, RequestTexts texts)
{
    private const int MaxSubjectLength = 64;

    public WrittenRequest Write(Arrival arrival, TicketFacts facts, Dice dice) =>
        arrival.Kind switch
        {
            RequestKind.Special => Given(talk.Special[arrival.Text % talk.Special.Count]),
            RequestKind.Emerging => Given(talk.Emerging.Requests[arrival.Text % talk.Emerging.Requests.Count]),
            RequestKind.Foreign => Given(talk.OtherLanguages[arrival.Text]),
            RequestKind.Combined => Combined(arrival, facts, dice),
            _ => Typical(arrival, facts, dice),
        };

    /// <summary>The bare words of a request with a topic.</summary>
    public string Question(Arrival arrival) => texts.Of(arrival.Topic!, arrival.Text);

    private static WrittenRequest Given(SpecialRequest request) => new(request.Subject, request.Text, IsUrgent: false);

    private static WrittenRequest Given(ForeignRequest request) => new(request.Subject, request.Text, IsUrgent: false);

    private WrittenRequest Typical(Arrival arrival, TicketFacts facts, Dice dice)
    {
        var request = texts.Of(arrival.Topic!, arrival.Text);
        var topic = talk.Topics[arrival.Topic!.Plan.Key];
        var text = request;
        if (dice.Chance(0.55))
            text += " " + facts.ForCustomer(dice.Of(topic.Details));
        var urgent = dice.Chance(0.06);
        if (urgent)
            text += " " + dice.Of(talk.General.Urgent);
        return new(Subject(request, topic, facts, dice), text, urgent);
    }

    private WrittenRequest Combined(Arrival arrival, TicketFacts facts, Dice dice)
    {
        var request = texts.Of(arrival.Topic!, arrival.Text);
        var second = texts.Of(arrival.SecondTopic!, arrival.SecondText);
        var join = dice.Of(talk.General.Combine);
        var joined = join[^2] is ':' ? second : char.ToLowerInvariant(second[0]) + second[1..];
        if (second.StartsWith("I ", StringComparison.Ordinal) || second.StartsWith("I'", StringComparison.Ordinal))
            joined = second;
        return new(
            Subject(request, talk.Topics[arrival.Topic!.Plan.Key], facts, dice),
            $"{request}\n\n{join}{joined}",
            IsUrgent: false
        );
    }

    /// <summary>Half of the customers name the matter, the others begin the letter in the subject line.</summary>
    private static string Subject(string request, TopicTalk topic, TicketFacts facts, Dice dice) =>
        dice.Chance(0.55) ? facts.ForCustomer(dice.Of(topic.Subjects)) : FirstSentence(request);

    private static string FirstSentence(string text)
    {
        var line = Text.OneLine(text, 400);
        var end = line.AsSpan().IndexOfAny(".!?");
        // "Hi!" alone says nothing
        var sentence = end is > 14 and < MaxSubjectLength ? line[..(line[end] is '?' ? end + 1 : end)] : line;
        if (sentence.Length <= MaxSubjectLength)
            return sentence;
        var space = sentence.LastIndexOf(' ', MaxSubjectLength);
        return sentence[..(space > 20 ? space : MaxSubjectLength)].TrimEnd(',', ';', ' ') + "…";
    }
}
