using System.Globalization;
using Helpdesk.Routing.Assignment;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Routing.Decisions;

/// <summary>One row of the candidates' table.</summary>
/// <param name="Score">Null for somebody who was kept away.</param>
public sealed record CandidateRow(
    Guid Id,
    string Name,
    bool IsChosen,
    double? Score,
    IReadOnlyList<string> For,
    IReadOnlyList<string> Against,
    IReadOnlyList<string> WouldChange
);

/// <param name="Probability">As it was read, 0 to 1.</param>
public sealed record LikelyTopic(int Id, string Name, double Probability);

/// <summary>A stored decision in plain words.</summary>
/// <param name="What">One sentence: what the request is, and how that is known.</param>
/// <param name="Who">One sentence: who got it, and why.</param>
/// <param name="Urgency">One sentence: the priority that was decided, and what it comes from; empty where nothing is known of that.</param>
/// <param name="Decided">The priority as it was decided: it may have been changed since.</param>
/// <param name="Priority">What made the priority, with its points.</param>
/// <param name="Candidates">Everybody who was looked at, the chosen first.</param>
/// <param name="NoAutoAnswer">Why a person had to answer; empty when the desk would have answered by itself.</param>
/// <param name="TopicId">What it was decided to be about; null = none of the topics.</param>
/// <param name="Rather">What else it may be about, the likeliest first.</param>
public sealed record RoutingExplanation(
    string What,
    string Who,
    string Urgency,
    TicketPriority Decided,
    IReadOnlyList<(string Text, double Points)> Priority,
    IReadOnlyList<CandidateRow> Candidates,
    IReadOnlyList<string> NoAutoAnswer,
    int? TopicId,
    IReadOnlyList<LikelyTopic> Rather
)
{
    private const int MostOffered = 2;

    /// <summary>What is less likely is not worth a glance.</summary>
    private const double LeastOffered = 0.01;

    private const int MostReasons = 3;

    /// <summary>Percent; nothing that was read is certain.</summary>
    private const int MostSaid = 99;

    /// <summary>Points against the chosen person from which the sentence names them.</summary>
    private const double MuchAgainst = 20;

    /// <param name="openedAt">When the ticket was opened, for how long it waited.</param>
    public static RoutingExplanation Of(
        RoutingDecision decision,
        DateTimeOffset openedAt,
        DeskPicture picture,
        CultureInfo culture
    )
    {
        var details = decision.Details;
        return new RoutingExplanation(
            WhatOf(decision, details, picture, culture),
            $"{WhoseOf(decision, details, culture)}{WhoOf(decision, details, openedAt, culture)}",
            UrgencyOf(decision, details, culture),
            decision.Priority,
            [.. details.Priority.Select(r => (RoutingTexts.Of(r, culture), r.Points))],
            [.. details.Candidates.Select(c => RowOf(c, decision.SpecialistId, culture))],
            [.. details.NoAutoAnswer.Select(code => RoutingTexts.Text($"Auto.{code}", culture))],
            decision.TopicId,
            [.. RatherOf(decision, details, picture).Take(MostOffered)]
        );
    }

    private static string WhatOf(
        RoutingDecision decision,
        DecisionDetails details,
        DeskPicture picture,
        CultureInfo culture
    )
    {
        var names = TopicsOf(decision, details, picture);
        var isCombined = details.TopicBy == "read" && names.Count > 1;
        var because =
            details.Words.Count == 0 ? "" : RoutingTexts.Text("What.because", culture, Quoted(details.Words, culture));
        var what = RoutingTexts.Text(
            isCombined ? "What.combined"
                : details.TopicBy == "person" && decision.TopicId is null ? "What.person-special"
                : $"What.{details.TopicBy}",
            culture,
            isCombined ? Quoted(names, culture) : names.FirstOrDefault() ?? "",
            Math.Min(MostSaid, (int)Math.Round(SureOf(decision, details, picture) * 100)),
            because,
            RoutingTexts.List(KindOf(decision, details, culture), culture)
        );
        return details.IsCorrected ? $"{what} {RoutingTexts.Text("What.corrected", culture)}" : what;
    }

    /// <summary>
    /// Of the whole text, as the bars beside the words show it: a part may be surer of its topic, and there would be two figures for one thing.
    /// </summary>
    public static double SureOf(RoutingDecision decision, DecisionDetails details, DeskPicture picture) =>
        decision.TopicId is { } id
        && picture.Topics.TryGetValue(id, out var topic)
        && details.Topics.FirstOrDefault(t => t.Topic == topic.Key) is { } chance
            ? chance.Probability
            : decision.Confidence;

    private static IEnumerable<LikelyTopic> RatherOf(
        RoutingDecision decision,
        DecisionDetails details,
        DeskPicture picture
    ) =>
        from chance in details.Topics
        where chance.Probability >= LeastOffered
        let topic = picture.TopicsByKey.GetValueOrDefault(chance.Topic)
        where topic is { IsLeaf: true } && topic.Id != decision.TopicId
        select new LikelyTopic(topic.Id, topic.Name, chance.Probability);

    private static List<string> KindOf(RoutingDecision decision, DecisionDetails details, CultureInfo culture)
    {
        var kind = new List<string>();
        if (!details.IsUnread)
            kind.Add(RoutingTexts.Text($"Type.{decision.Type}", culture));
        if (details.Frequency is { } frequency)
            kind.Add(RoutingTexts.Text($"Frequency.{frequency}", culture));
        kind.Add(RoutingTexts.Text($"Complexity.{details.Complexity}", culture));
        return kind;
    }

    /// <summary>The decision's topic first, then those of the other parts.</summary>
    private static List<string> TopicsOf(RoutingDecision decision, DecisionDetails details, DeskPicture picture)
    {
        var topics = new List<string>();
        if (decision.TopicId is { } id && picture.Topics.TryGetValue(id, out var main))
            topics.Add(main.Name);
        if (decision.Type is TicketType.Combined)
            foreach (var part in details.Parts)
                if (
                    part.Topic is { } key
                    && picture.TopicsByKey.TryGetValue(key, out var topic)
                    && !topics.Contains(topic.Name)
                )
                    topics.Add(topic.Name);
        return topics;
    }

    /// <summary>How a request about no topic came to its team.</summary>
    private static string WhoseOf(RoutingDecision decision, DecisionDetails details, CultureInfo culture) =>
        decision.TopicId is not null || details.Team.Length == 0 || details.TeamShare is not { } share ? ""
        : share > 0
            ? RoutingTexts.Text("Whose.Likely", culture, details.Team, Math.Min(MostSaid, (int)Math.Round(share * 100)))
                + " "
        : RoutingTexts.Text("Whose.Default", culture, details.Team) + " ";

    private static string WhoOf(
        RoutingDecision decision,
        DecisionDetails details,
        DateTimeOffset openedAt,
        CultureInfo culture
    )
    {
        if (decision.SpecialistId is null)
            return details.Team.Length == 0 ? RoutingTexts.Text("Who.NoTeam", culture)
                : decision.Outcome is RoutingOutcome.Queued && details.IsVip
                    ? RoutingTexts.Text("Who.QueuedVip", culture, details.Team)
                : RoutingTexts.Text($"Who.{decision.Outcome}", culture, details.Team);
        var chosen = details.Candidates.FirstOrDefault(c => c.Id == decision.SpecialistId);
        var reasons = (chosen?.Counted ?? [])
            .Where(r => r.Points > 0)
            .OrderByDescending(r => r.Points)
            .Take(MostReasons)
            .Select(r => RoutingTexts.Of(r, culture))
            .ToList();
        var against = (chosen?.Counted ?? [])
            .Where(r => r.Points <= -MuchAgainst)
            .Select(r => RoutingTexts.Of(r, culture))
            .ToList();
        return RoutingTexts.Text(
            $"Who.{decision.Outcome}",
            culture,
            chosen?.Name ?? "",
            RoutingTexts.List(reasons, culture),
            RoutingTexts.Duration(decision.At - openedAt, culture),
            against.Count == 0
                ? ""
                : RoutingTexts.Text("Who.against", culture, RoutingTexts.List([.. against], culture))
        );
    }

    private static string UrgencyOf(RoutingDecision decision, DecisionDetails details, CultureInfo culture)
    {
        if (details.Priority.Count == 0)
            return "";
        var level = RoutingTexts.Text($"Priority.{decision.Priority}", culture);
        var reasons = details
            .Priority.Where(r => r.Code != "base")
            .OrderByDescending(r => Math.Abs(r.Points))
            .Take(MostReasons)
            .Select(r => RoutingTexts.Of(r, culture))
            .ToList();
        return reasons.Count == 0
            ? RoutingTexts.Text("Urgency.plain", culture, level)
            : RoutingTexts.Text("Urgency", culture, level, RoutingTexts.List(reasons, culture));
    }

    private static CandidateRow RowOf(CandidateVerdict verdict, Guid? chosen, CultureInfo culture) =>
        new(
            verdict.Id,
            verdict.Name,
            verdict.Id == chosen,
            verdict.Blocks.Count > 0 ? null : verdict.Score,
            [.. verdict.Counted.Where(r => r.Points > 0).Select(r => RoutingTexts.Of(r, culture))],
            // whoever was kept away was weighed by nothing else
            [
                .. (verdict.Blocks.Count > 0 ? verdict.Blocks : verdict.Counted.Where(r => r.Points < 0)).Select(r =>
                    RoutingTexts.Of(r, culture)
                ),
            ],
            [.. verdict.WouldChange.Select(r => RoutingTexts.WouldChange(r, culture))]
        );

    private static string Quoted(IReadOnlyList<string> items, CultureInfo culture) =>
        RoutingTexts.List([.. items.Select(i => RoutingTexts.Text("Quote", culture, i))], culture);
}
