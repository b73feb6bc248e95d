using Helpdesk.Tickets;

namespace Helpdesk.Routing.AutoAnswer;

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
        Object(facts.IsUpset, "upset");
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
