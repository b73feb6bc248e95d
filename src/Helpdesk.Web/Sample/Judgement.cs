using Helpdesk.Tickets;
using Helpdesk.Tickets.People;

namespace Helpdesk.Web.Sample;

/// <summary>What the router of the past thought of a request.</summary>
internal static class Judgement
{
    /// <summary>The topic's usual effort, one step off in two cases of ten; two matters at once take one step more.</summary>
    public static Complexity Effort(Arrival arrival, Dice dice)
    {
        var usual = arrival.Topic?.Plan.Effort ?? Complexity.Medium;
        if (arrival.Kind is RequestKind.Combined && usual < Complexity.Complex)
            usual++;
        return dice.Below(10) switch
        {
            0 when usual > Complexity.Simple => usual - 1,
            1 when usual < Complexity.Complex => usual + 1,
            _ => usual,
        };
    }

    public static TicketType Type(RequestKind kind) =>
        kind switch
        {
            RequestKind.Combined => TicketType.Combined,
            RequestKind.Special or RequestKind.Emerging => TicketType.Special,
            _ => TicketType.Typical,
        };

    public static (TicketPriority Priority, int Score) Priority(StaffedTopic? topic, Tier? tier, bool isUrgent)
    {
        var score = 25 + (tier?.PriorityPoints ?? 0);
        if (isUrgent)
            score += 20;
        if (topic?.AreaKey == "fraud")
            score += topic.Plan.Effort is Complexity.Complex ? 25 : 20;
        if (topic?.Plan.Effort is Complexity.Simple)
            score -= 10;
        var priority = score switch
        {
            >= 70 => TicketPriority.Urgent,
            >= 45 => TicketPriority.High,
            >= 16 => TicketPriority.Normal,
            _ => TicketPriority.Low,
        };
        return (priority, score);
    }

    /// <summary>Who fits: by room for work, whether at work now, language, and seniors for what is difficult or important.</summary>
    public static Worker? Choose(
        IReadOnlyList<Worker> people,
        string language,
        Complexity effort,
        bool isVip,
        DateTimeOffset at,
        Dice dice
    )
    {
        if (people.Count == 0)
            return null;
        Span<double> weights = stackalloc double[people.Count];
        for (var i = 0; i < people.Count; i++)
        {
            var worker = people[i];
            weights[i] = worker.Person.Capacity;
            if (!worker.Person.Speaks(language))
                weights[i] /= 50;
            if (worker.Hours.IsOpen(at))
                weights[i] *= isVip ? 20 : 3;
            if (isVip || effort is Complexity.Complex)
                weights[i] *= worker.IsSenior ? 2 : 1;
            else if (!worker.IsSenior)
                weights[i] *= 1.2;
        }
        return people[dice.Weighted(weights)];
    }
}
