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

    /// <summary>The confidence from which the promise is kept: by the desk's own answers where the topic answers, else as the model was
    /// measured; above 1 = it cannot.</summary>
    public required double PromisedFrom { get; init; }
    public required bool IsVip { get; init; }

    /// <summary>Written by a machine: nothing automatic is ever sent in answer.</summary>
    public required bool IsFromMachine { get; init; }

    /// <summary>Somebody, or the desk itself, has answered in this conversation before.</summary>
    public required bool IsAnswered { get; init; }

    /// <summary>How well the best public article fits, in percent; null without one.</summary>
    public required int? FitPercent { get; init; }
    public required int FitNeeded { get; init; }

    /// <summary>Somebody is on the line, or stands there: a mail is no answer.</summary>
    public bool IsSpoken { get; init; }

    /// <summary>Mail to the customer came back before.</summary>
    public bool IsUndeliverable { get; init; }

    /// <summary>The article is not in the customer's language.</summary>
    public bool IsOtherLanguage { get; init; }

    /// <summary>The customer's tier always gets a person.</summary>
    public bool IsTierExcluded { get; init; }
    public AnsweringState State { get; init; } = AnsweringState.Observing;
}

/// <param name="Objections">What speaks against sending, as codes; empty when it may be sent.</param>
/// <param name="IsCandidate">An article could answer; whether it is sure enough, and whether the topic answers at all, is another question.</param>
/// <param name="IsSure">It would be sent if the topic answered.</param>
public sealed record AutoAnswerVerdict(IReadOnlyList<string> Objections, bool IsCandidate, bool IsSure)
{
    public bool IsSent => Objections.Count == 0;
}

/// <summary>
/// Whether an article may be sent as the answer: common, simple, typical, sure enough to keep the promise, nobody special, and a topic that was
/// allowed to.
/// </summary>
public static class AutoAnswerPolicy
{
    public static AutoAnswerVerdict Decide(AutoAnswerFacts facts)
    {
        var objections = new List<string>();
        void Object(bool applies, string code)
        {
            if (applies)
                objections.Add(code);
        }

        Object(facts.IsFromMachine, "machine");
        Object(facts.IsAnswered, "answered");
        Object(facts.IsSpoken, "spoken");
        Object(facts.IsUndeliverable, "undeliverable");
        Object(facts.IsVip, "vip");
        Object(facts.IsTierExcluded, "tier");
        Object(facts.Type is not TicketType.Typical, "not-typical");
        Object(facts.Frequency is not Frequency.Common, "not-common");
        Object(facts.Complexity is not Complexity.Simple, "not-simple");
        Object(facts.FitPercent is null, "no-article");
        Object(facts.FitPercent < facts.FitNeeded, "article-fits-little");
        Object(facts.IsOtherLanguage, "other-language");
        var isCandidate = objections.Count == 0;
        Object(facts.PromisedFrom > 1, "no-promise");
        Object(facts.PromisedFrom <= 1 && facts.Confidence < facts.PromisedFrom, "not-sure");
        var isSure = objections.Count == 0;
        Object(facts.State is AnsweringState.Off, "off");
        Object(facts.State is AnsweringState.Observing, "observing");
        Object(
            facts.State is not (AnsweringState.Off or AnsweringState.Observing or AnsweringState.Answering),
            "withdrawn"
        );
        return new(objections, isCandidate && facts.State is not AnsweringState.Off, isSure);
    }
}
