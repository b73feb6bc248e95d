using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Priority;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Routing;

/// <summary>A ticket read and prioritised, before anybody is chosen.</summary>
internal sealed record TriagedTicket(
    Ticket Ticket,
    string Text,
    string TopicBy,
    Topic? Topic,
    RequestReading? Reading,
    TicketType? Type,
    double Confidence,
    string? Language,
    ComplexityPrediction Complexity,
    PriorityDecision Priority,
    int? TeamId,
    bool IsVip,
    ArticleReader Reader,
    IReadOnlyList<SearchHit> Hits
)
{
    /// <summary>Those that the customer may read now, best first; of an article and its translations one.</summary>
    public IReadOnlyList<(SearchHit Hit, FoundArticle Article)> Found { get; init; } = [];

    /// <summary>Words by which the customer shows anger.</summary>
    public IReadOnlyList<string> Upset { get; } = ToneWords.In(Text);

    /// <summary>As a person set it, else as the words say.</summary>
    public CustomerTone Tone =>
        Ticket is { ToneIsManual: true, Tone: { } set } ? set
        : Upset.Count > 0 ? CustomerTone.Upset
        : CustomerTone.Ordinary;

    /// <summary>Null where the language was known before.</summary>
    public LanguageReading? LanguageRead { get; init; }

    /// <summary>How likely the topics by which it came to its team are together, 0 where it is the default team; null where its own topic says it.</summary>
    public double? TeamShare { get; init; }

    /// <summary>No decision was made about it before.</summary>
    public bool IsFirst { get; init; }

    /// <summary>A person works on it: it is only classified, and stays with whoever has it.</summary>
    public bool IsBegun { get; init; }

    /// <summary>Who had it when an absence took it from them.</summary>
    public Guid? HadBy { get; init; }

    /// <summary>People who had it and put it back into the queue.</summary>
    public IReadOnlyCollection<Guid> GivenBackBy { get; init; } = [];

    /// <summary>There was no model, or it failed; it is read later.</summary>
    public bool IsUnread => TopicBy is "no-model" or "failed";
}

/// <summary>What all tickets of a batch are read by.</summary>
/// <param name="Live">The models in use.</param>
internal sealed record TriageSetting(
    DeskPicture Picture,
    Models Live,
    PriorityWeights Weights,
    AssignmentBoard Board,
    DateTimeOffset Now
);

/// <summary>What a ticket is about, how hard and how urgent it is, whose it is and which articles may answer it. Nothing is changed.</summary>
public sealed class Triage(SolutionMatcher solutions, RoutingMetrics metrics, ILogger<Triage> log)
{
    /// <summary>Translations of one article are one answer, so that more than are offered are looked at.</summary>
    private const int MostLookedAt = 3 * NotificationFacts.MaxArticles;
    private static readonly TimeSpan BreachRemembered = TimeSpan.FromDays(90);

    internal TriagedTicket Read(Ticket ticket, RequestFacts facts, TriageSetting setting)
    {
        var (picture, live) = (setting.Picture, setting.Live);
        var text = RequestText.Of(ticket.Subject, facts.Message);
        var (reading, failed) = Classify(ticket, text, live.Topics);
        var (topicBy, topic) = TopicOf(ticket, reading, failed, picture);
        var type = topicBy is "read" or "special" && !ticket.TypeIsManual ? reading!.Type : ticket.Type;
        var known = facts.Complexity(ticket, text, topic?.Key, type ?? TicketType.Special);
        var tier = picture.TierOf(ticket.Customer);
        var reader = ArticleAccess.ReaderOf(ticket.Customer);
        var (teamId, teamShare) = TeamOf(topic, reading, picture);
        var language = ticket.Language is null ? RequestLanguage.Read(text) : null;
        return new TriagedTicket(
            ticket,
            text,
            topicBy,
            topic,
            reading,
            type,
            topicBy is "read" or "special" ? reading!.Confidence
                : topicBy is "person" ? 1
                : 0,
            ticket.Language ?? language?.Language,
            ticket is { ComplexityIsManual: true, Complexity: { } set }
                ? new ComplexityPrediction(set, 1, new Reason("complexity-person", 0))
                : live.Complexity?.Predict(known) ?? ComplexityRule.Predict(known),
            PriorityRules.Decide(PriorityFactsOf(ticket, text, facts, tier, setting), setting.Weights),
            teamId,
            tier?.IsVip ?? false,
            reader,
            FindArticles(ticket, facts.Message, reader)
        )
        {
            IsFirst = !ticket.WasRouted,
            LanguageRead = language,
            TeamShare = teamShare,
        };
    }

    private (RequestReading? Reading, bool Failed) Classify(Ticket ticket, string text, ITextClassifier? model)
    {
        try
        {
            return (model is null ? null : RequestClassifier.Read(model, text), false);
        }
        catch (Exception e)
        {
            log.LogError(e, "Ticket {TicketId} could not be classified", ticket.Id);
            metrics.Failed("classify");
            return (null, true);
        }
    }

    private IReadOnlyList<SearchHit> FindArticles(Ticket ticket, string message, ArticleReader reader)
    {
        try
        {
            return solutions.Match(ticket.Subject, message, reader, MostLookedAt);
        }
        catch (Exception e)
        {
            log.LogError(e, "No articles could be looked for ticket {TicketId}", ticket.Id);
            metrics.Failed("match");
            return [];
        }
    }

    /// <summary>A person's topic stands; so does what was decided before; else what was read.</summary>
    private static (string By, Topic? Topic) TopicOf(
        Ticket ticket,
        RequestReading? reading,
        bool failed,
        DeskPicture picture
    )
    {
        if (ticket.TopicId is { } id && picture.Topics.TryGetValue(id, out var known))
            return (ticket.TopicIsManual ? "person" : "kept", known);
        if (ticket is { TypeIsManual: true, Type: TicketType.Special })
            return ("person", null);
        if (reading is null)
            return (failed ? "failed" : "no-model", null);
        return reading.Topic is { } key && picture.TopicsByKey.GetValueOrDefault(key) is { IsArchived: false } topic
            ? ("read", topic)
            : ("special", null);
    }

    /// <summary>The topic's team; for a special request the team to whose topics most of the probability belongs, if that is
    /// more than half; else the desk's default.</summary>
    private static (int? Id, double? Share) TeamOf(Topic? topic, RequestReading? reading, DeskPicture picture)
    {
        if (TeamOf(topic, picture) is { } owner)
            return (owner, null);
        var likely = (reading?.Likely ?? [])
            .Select(l => (Team: TeamOf(picture.TopicsByKey.GetValueOrDefault(l.Topic), picture), l.Probability))
            .Where(l => l.Team is not null)
            .GroupBy(l => l.Team)
            .Select(g => (Team: g.Key, Sum: g.Sum(l => l.Probability)))
            .OrderByDescending(g => g.Sum)
            .ThenBy(g => g.Team)
            .FirstOrDefault();
        return likely.Sum > 0.5 ? (likely.Team, likely.Sum) : (picture.Settings.DefaultTeamId, 0);
    }

    private static int? TeamOf(Topic? topic, DeskPicture picture) =>
        topic?.TeamId ?? (topic?.ParentId is { } parent ? picture.Topics.GetValueOrDefault(parent)?.TeamId : null);

    private static PriorityFacts PriorityFactsOf(
        Ticket ticket,
        string text,
        RequestFacts facts,
        Tier? tier,
        TriageSetting setting
    ) =>
        new()
        {
            TierPoints = tier?.PriorityPoints ?? 0,
            TierName = tier?.Name ?? "",
            HasContract = ticket.Customer.Organization?.SlaPolicyId is not null,
            Text = text,
            Reopenings = ticket.Reopenings,
            RepeatedContacts = facts.Unanswered,
            EarlierBreach = setting.Board.WasBreached(ticket.CustomerId, setting.Now - BreachRemembered),
            PromiseUsed = PromiseUsed(ticket, setting.Picture.TermsOf(ticket), setting.Now),
        };

    /// <summary>Share of the nearest running promise's working time that is over; null without one.</summary>
    internal static double? PromiseUsed(Ticket ticket, SlaTerms? terms, DateTimeOffset now)
    {
        if (
            terms is null
            || SlaClock.Open(terms, ticket.Timeline()).FirstOrDefault(c => !c.IsPaused) is not { } nearest
        )
            return null;
        var worked = terms.Calendar.Between(nearest.StartedAt, now) - nearest.Extension;
        return nearest.Promised > TimeSpan.Zero ? Math.Max(0, worked / nearest.Promised) : null;
    }

    /// <summary>Of the articles found those that may be read, as the database has just said, and that fit what the request is about; the
    /// customer's language first.</summary>
    internal static List<(SearchHit Hit, FoundArticle Article)> FoundBy(
        TriagedTicket request,
        Dictionary<(ArticleReader Reader, long Id), FoundArticle> readable,
        TriageSetting setting
    ) =>
        [
            .. TopicAgreement
                .Order(
                    [.. request.Hits.Where(hit => readable.ContainsKey((request.Reader, hit.Id)))],
                    id => readable[(request.Reader, id)].TopicId,
                    LikelyTopicsOf(request, setting)
                )
                .Where(hit => FitPercent.Of(hit.Fit) >= SolutionMatcher.LeastPercent)
                .Select(hit => (Hit: hit, Article: readable[(request.Reader, hit.Id)]))
                .GroupBy(found => found.Article.SourceId)
                .Select(same => same.OrderByDescending(found => found.Article.Language == request.Language).First())
                .Take(NotificationFacts.MaxArticles),
        ];

    private static Dictionary<int, double> LikelyTopicsOf(TriagedTicket request, TriageSetting setting)
    {
        // of topics that no model knows nothing can be said
        var known = (setting.Live.Topics?.Topics ?? []).Select(topic => (topic, 0.0));
        return request is { TopicBy: "person" or "kept", Topic: { } decided }
            ? QuestionTopics.ById(known.Append((decided.Key, 1)), special: 0, setting.Picture)
            : QuestionTopics.ById(
                known.Concat((request.Reading?.Likely ?? []).Select(l => (l.Topic, l.Probability))),
                request.Reading?.Special ?? 0,
                setting.Picture
            );
    }
}
