using Helpdesk.Tickets;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>What an automatic answer depends on.</summary>
public sealed record AutoAnswerFacts
{
    public required TicketType Type { get; init; }
    public required Frequency? Frequency { get; init; }
    public required Complexity Complexity { get; init; }

    /// <summary>Probability that the topic is right.</summary>
    public required double Confidence { get; init; }

    /// <summary>The confidence from which the model keeps the promised precision; above 1 = it cannot.</summary>
    public required double PromisedFrom { get; init; }
    public required bool IsVip { get; init; }

    /// <summary>Written by a machine: nothing automatic is ever sent in answer.</summary>
    public required bool IsFromMachine { get; init; }

    /// <summary>Somebody, or the desk itself, has answered in this conversation before.</summary>
    public required bool IsAnswered { get; init; }

    /// <summary>How well the best public article fits, in percent; null without one.</summary>
    public required int? FitPercent { get; init; }
    public required int FitNeeded { get; init; }
}

/// <summary>
/// Whether an article may be sent as the answer: common, simple, typical, sure enough to keep the promise, and nobody
/// special. Today it observes: the answer is stored with the decision and judged by what people answered later.
/// </summary>
public static class AutoAnswerPolicy
{
    /// <returns>What speaks against it, as codes; empty when it may be sent.</returns>
    public static IReadOnlyList<string> Objections(AutoAnswerFacts facts)
    {
        var objections = new List<string>();
        void Object(bool applies, string code)
        {
            if (applies)
                objections.Add(code);
        }

        Object(facts.IsFromMachine, "machine");
        Object(facts.IsAnswered, "answered");
        Object(facts.IsVip, "vip");
        Object(facts.Type is not TicketType.Typical, "not-typical");
        Object(facts.Frequency is not Frequency.Common, "not-common");
        Object(facts.Complexity is not Complexity.Simple, "not-simple");
        Object(facts.PromisedFrom > 1, "no-promise");
        Object(facts.PromisedFrom <= 1 && facts.Confidence < facts.PromisedFrom, "not-sure");
        Object(facts.FitPercent is null, "no-article");
        Object(facts.FitPercent < facts.FitNeeded, "article-fits-little");
        return objections;
    }
}
