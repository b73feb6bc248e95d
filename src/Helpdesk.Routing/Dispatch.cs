using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Splitting;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Routing;

/// <summary>Gives a ticket that was read to a specialist or a queue, answers or acknowledges it, and writes down why. The caller commits.</summary>
internal static class Dispatch
{
    private const double MostSure = 0.9999;

    /// <param name="verdict">Whether an article answers it.</param>
    /// <param name="contents">Of the articles that do, by their ids.</param>
    public static RoutingOutcome Apply(
        HelpdeskDbContext db,
        TriagedTicket request,
        TriageSetting setting,
        AutoAnswerVerdict verdict,
        Dictionary<long, MessageContent> contents
    )
    {
        var (picture, board, now) = (setting.Picture, setting.Board, setting.Now);
        var ticket = request.Ticket;
        var vacancy = VacancyOf(request);
        var choice = request.IsBegun ? Keep(ticket, board) : board.Choose(vacancy);
        var outcome = request.IsBegun
            ? choice.Chosen is null
                ? RoutingOutcome.Queued
                : RoutingOutcome.Kept
            : choice.Chosen is null
                ? board.AnybodyAble(vacancy)
                    ? RoutingOutcome.Queued
                    : RoutingOutcome.NobodyFits
                : choice.Chosen == ticket.SpecialistId
                    ? RoutingOutcome.Kept
                    : RoutingOutcome.Assigned;
        if (outcome is not RoutingOutcome.Kept && !request.IsBegun)
        {
            if (ticket.SpecialistId is { } before)
                board.TakeBack(before, vacancy);
            if (choice.Chosen is { } chosen)
                board.Give(chosen, vacancy);
        }
        var found = request.Found;
        var terms = picture.TermsOf(ticket);
        var content = verdict.IsSent ? contents.GetValueOrDefault(found[0].Hit.Id) : null;
        var result = ResultOf(request, choice, board, isQuiet: content is not null);
        if (request.IsBegun)
            ticket.Classify(result, now);
        else
            ticket.Route(result, terms, now);
        if (picture.Settings.SplitsCombined && MattersOf(request, picture) is { Count: > 1 } matters)
            RequestSplit.Apply(db, ticket, matters, Actor.System, picture, tell: !ticket.Acknowledged, now);
        else if (content is not null)
            ticket.AnswerByArticle(content, found[0].Hit.Id, picture.TermsOf(ticket), now);
        else if (!request.IsBegun)
            ticket.Acknowledge(NotificationFacts.WithArticles(found.Select(f => f.Article.Offered)), now);
        if (verdict.IsCandidate && request.Topic is { } topic)
            db.Add(
                new ObservedAnswer
                {
                    Ticket = ticket,
                    TopicId = topic.Id,
                    ArticleId = found[0].Hit.Id,
                    Confidence = Math.Round(request.Confidence, 4),
                    At = now,
                    IsSent = content is not null,
                }
            );
        db.Add(
            new RoutingDecision
            {
                TicketId = ticket.Id,
                At = now,
                Outcome = outcome,
                TopicId = request.Topic?.Id,
                Type = request.Type ?? TicketType.Special,
                // 1 says that a person set it
                Confidence = request.TopicBy is "read" or "special"
                    ? Math.Min(Math.Round(request.Confidence, 4), MostSure)
                    : request.Confidence,
                Priority = request.Priority.Priority,
                PriorityScore = request.Priority.Score,
                TeamId = request.TeamId,
                SpecialistId = choice.Chosen,
                ModelId = request.Reading is null ? null : setting.Live.TopicsId,
                WouldAnswerWith = verdict.IsSure ? found[0].Hit.Id : null,
                DetailsJson = DetailsOf(request, choice, picture, found, verdict.Objections).ToJson(),
            }
        );
        return outcome;
    }

    /// <summary>Whoever has it goes on; without anybody it stays in its queue.</summary>
    private static Choice Keep(Ticket ticket, AssignmentBoard board) =>
        ticket.SpecialistId is { } id
            ? new(id, [new CandidateVerdict(id, board.Person(id).Name, 1, [], [new Reason("begun", 1)], [])])
            : new(null, []);

    /// <summary>Only of a request that is decided for the first time: what a person left together stays together.</summary>
    private static IReadOnlyList<RequestMatter> MattersOf(TriagedTicket request, DeskPicture picture) =>
        request is { IsFirst: true, TopicBy: "read", Type: TicketType.Combined, Reading: { } reading }
        && request.Ticket.Replies == 0
        && request.Ticket.Reopenings == 0
            ? RequestSplit.MattersOf(
                [
                    .. reading
                        .Parts.Select(p => new PartTopic(p.Start, p.Length, p.Topic))
                        .Where(p => p.Topic is { } key && picture.TopicsByKey.ContainsKey(key)),
                ],
                request.Text,
                request.Topic?.Key
            )
            : [];

    private static Vacancy VacancyOf(TriagedTicket request) =>
        new()
        {
            TeamId = request.TeamId,
            Topic = request.Topic,
            CustomerId = request.Ticket.CustomerId,
            Language = request.Language,
            Complexity = request.Complexity.Complexity,
            Status = request.Ticket.Status,
            IsVip = request.IsVip,
            HeldBy = request.Ticket.SpecialistId,
            HadBy = request.HadBy,
            // whoever put it back and was given it by a person since, has it
            GivenBackBy = [.. request.GivenBackBy.Where(id => id != request.Ticket.SpecialistId)],
        };

    private static RoutingResult ResultOf(TriagedTicket request, Choice choice, AssignmentBoard board, bool isQuiet) =>
        new()
        {
            Type = request.Type,
            Frequency = request.Type is null ? null : request.Topic?.Frequency ?? Frequency.Rare,
            Complexity = request.Complexity.Complexity,
            Language = request.Language,
            Tone = request.Tone,
            TopicId = request.Topic?.Id,
            TeamId = request.TeamId,
            Specialist = choice.Chosen is { } id ? board.Person(id) : null,
            InsteadOf =
                request.Ticket.SpecialistId is { } held && held != choice.Chosen && board.IsAbsent(held)
                    ? board.Person(held).Name
                    : null,
            Priority = request.Priority.Priority,
            PriorityScore = request.Priority.Score,
            IsQuiet = isQuiet,
        };

    private static DecisionDetails DetailsOf(
        TriagedTicket request,
        Choice choice,
        DeskPicture picture,
        IReadOnlyList<(SearchHit Hit, FoundArticle Article)> found,
        IReadOnlyList<string> objections
    ) =>
        new()
        {
            TopicBy = request.TopicBy,
            Topics = request.Reading is { } reading
                ? [.. reading.Likely.Select(l => new TopicChance(l.Topic, l.Probability))]
                : [],
            Special = Math.Round(request.Reading?.Special ?? 0, 4),
            Combined = Math.Round(request.Reading?.Combined ?? 0, 4),
            Words = request.TopicBy is "read" ? request.Reading!.Words : [],
            IsCorrected = request is { TopicBy: "read" or "special", Reading.IsCorrected: true },
            Parts = [.. (request.Reading?.Parts ?? []).Select(p => new PartTopic(p.Start, p.Length, p.Topic))],
            Frequency = request.Topic?.Frequency,
            Complexity = request.Complexity.Complexity,
            ComplexityProbability = Math.Round(request.Complexity.Probability, 3),
            ComplexityReason = request.Complexity.Reason,
            Language = request.Language,
            LanguageShare = Math.Round(request.LanguageRead?.Share ?? 0, 2),
            LanguageWords = request.LanguageRead?.Words ?? [],
            Upset = request.Upset,
            ToneByPerson = request.Ticket.ToneIsManual ? request.Tone : null,
            IsVip = request.IsVip,
            Articles = [.. found.Select(f => new MatchedArticle(f.Hit.Id, FitPercent.Of(f.Hit.Fit)))],
            Priority = request.Priority.Contributions,
            Team = request.TeamId is { } team ? picture.Teams.GetValueOrDefault(team)?.Name ?? "" : "",
            TeamShare = request.TeamShare is { } share ? Math.Round(share, 4) : null,
            Candidates = choice.Verdicts,
            NoAutoAnswer = objections,
        };
}
