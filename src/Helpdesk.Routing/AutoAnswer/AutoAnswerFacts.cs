using Helpdesk.Knowledge.Search;
using Helpdesk.Routing.Classification;
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

    /// <summary>Written by a machine, or told already with the request it was part of: nothing automatic is sent in answer.</summary>
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

    /// <summary>The customer writes in anger: an automatic answer would make it worse.</summary>
    public bool IsUpset { get; init; }

    /// <summary>The article is not in the customer's language.</summary>
    public bool IsOtherLanguage { get; init; }

    /// <summary>The customer's tier always gets a person.</summary>
    public bool IsTierExcluded { get; init; }
    public AnsweringState State { get; init; } = AnsweringState.Observing;

    /// <param name="answering">The change in force of each topic that was ever changed.</param>
    internal static AutoAnswerFacts Of(
        TriagedTicket request,
        TriageSetting setting,
        Dictionary<int, AnsweringChange> answering,
        RoutingOptions options
    )
    {
        var best = request.Found is [var first, ..] ? first : ((SearchHit Hit, FoundArticle Article)?)null;
        var change = request.Topic is { } topic ? answering.GetValueOrDefault(topic.Id) : null;
        var tier = setting.Picture.TierOf(request.Ticket.Customer);
        var asMeasured =
            setting.Live.Topics?.Promises.Precision.GetValueOrDefault(
                options.AutoAnswerPromise,
                PromisedPrecision.Never
            ) ?? PromisedPrecision.Never;
        return new()
        {
            Type = request.Type ?? TicketType.Special,
            Frequency = request.Topic?.Frequency,
            Complexity = request.Complexity.Complexity,
            Confidence = request.Confidence,
            PromisedFrom = change?.Threshold ?? asMeasured,
            IsVip = request.IsVip,
            // acknowledged before its first decision: the intake suppressed it
            IsFromMachine = request.IsFirst && request.Ticket.Acknowledged && request.Ticket.Type is null,
            // whatever Ticket.AnswerByArticle refuses must be refused here, or the request would never be routed
            IsAnswered =
                !request.IsFirst
                || request.Ticket.FirstRespondedAt is not null
                || request.Ticket.Type is not null
                || request.Ticket.Reopenings > 0
                || request.Ticket.Replies > 0
                || request.Ticket.AutoAnswer is not AutoAnswerState.None,
            // a mail is passed on, and what it shows needs a sign-in: what is for chosen customers is offered, not sent
            FitPercent = best is { Article.IsPublic: true }
                ? Knowledge.Matching.FitPercent.Of(best.Value.Hit.Fit)
                : null,
            FitNeeded = options.AutoAnswerFitPercent,
            IsSpoken =
                request.TopicBy is "person"
                || request.Ticket.Channel is Channel.Phone or Channel.InPerson or Channel.Chat,
            IsUpset = request.Tone is CustomerTone.Upset,
            IsUndeliverable = request.Ticket.Customer.UndeliverableAt is not null,
            IsOtherLanguage =
                best is not null && request.Language is { } language && best.Value.Article.Language != language,
            IsTierExcluded = tier is not null && change?.ExcludedTierIds.Contains(tier.Id) is true,
            State = change?.State ?? AnsweringState.Observing,
        };
    }
}
