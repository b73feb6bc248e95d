using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Rules;
using Helpdesk.Routing.Splitting;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing;

/// <summary>
/// Decides about the tickets that routing owes a decision: read, match, prioritise, choose, and one commit for the batch.
/// A batch that cannot be committed falls apart into single tickets, so one bad ticket holds up nobody.
/// </summary>
public sealed class TicketRouting(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    LiveModels models,
    LiveRules rules,
    LearnedExpertise expertise,
    SolutionMatcher solutions,
    RoutingMetrics metrics,
    TimeProvider time,
    IOptions<RoutingOptions> options,
    ILogger<TicketRouting> log
) : IDisposable
{
    private const int MostConflicts = 5;

    /// <summary>Translations of one article are one answer, so that more than are offered are looked at.</summary>
    private const int MostLookedAt = 3 * NotificationFacts.MaxArticles;
    private static readonly TimeSpan BreachRemembered = TimeSpan.FromDays(90);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Tickets that could not be committed alone; left for a while so that they do not stop the line.</summary>
    private readonly Dictionary<long, DateTimeOffset> _paused = [];
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Takes one batch.</summary>
    /// <returns>Tickets looked at; 0 when none waited.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var due = await DueAsync(cancellationToken);
            if (due.Count == 0)
                return 0;
            var started = time.GetTimestamp();
            try
            {
                await RouteAsync(due, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (due.Count > 1)
                    log.LogInformation(
                        "{Count} tickets could not be routed together ({Error})",
                        due.Count,
                        e.GetType().Name
                    );
                foreach (var id in due)
                    await RouteAloneAsync(id, cancellationToken);
            }
            metrics.Took(time.GetElapsedTime(started), due.Count);
            return due.Count;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<List<long>> DueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var (id, until) in _paused.ToList())
            if (until <= now)
                _paused.Remove(id);
        var left = _paused.Keys.ToList();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db
            .Tickets.Where(t => t.RoutedAt == null && t.Status < TicketStatus.Resolved && !left.Contains(t.Id))
            .OrderBy(t => t.Id)
            .Select(t => t.Id)
            .Take(options.Value.BatchSize)
            .ToListAsync(cancellationToken);
    }

    private async Task RouteAloneAsync(long id, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                await RouteAsync([id], cancellationToken);
                return;
            }
            catch (DbUpdateException) when (conflicts < MostConflicts)
            {
                // somebody changed the ticket, or gave the person work, at the same moment: decide on what is there now
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Ticket {TicketId} could not be routed", id);
                metrics.Failed("commit");
                _paused[id] = time.GetUtcNow() + Pause;
                return;
            }
        }
    }

    private async Task RouteAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var picture = await directory.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // without the specialist: a loaded person would be taken for an unassignment when the ticket keeps them
        var tickets = await db
            .Tickets.Where(t => ids.Contains(t.Id) && t.RoutedAt == null && t.Status < TicketStatus.Resolved)
            .Include(t => t.Customer)
                .ThenInclude(c => c.Organization)
            .OrderBy(t => t.Id)
            .ToListAsync(cancellationToken);
        if (tickets.Count == 0)
            return;
        var live = await models.GetAsync(db, cancellationToken);
        var inForce = await rules.GetAsync(db, cancellationToken);
        var customers = tickets.Select(t => t.CustomerId).Distinct().ToList();
        var board = await AssignmentBoard.LoadAsync(
            db,
            customers,
            inForce.VipMargin,
            expertise,
            now,
            cancellationToken
        );
        var facts = await RequestFacts.LoadAsync(db, tickets, cancellationToken);
        if (picture.Settings.SplitsCombined)
        {
            var numbers = tickets.ConvertAll(t => t.Id);
            await db.Participants.Where(p => numbers.Contains(p.TicketId)).LoadAsync(cancellationToken);
        }
        var read = tickets.ConvertAll(t => Read(t, facts[t.Id], picture, live, inForce.Priority, board, now));
        var readable = await ArticleAnswers.LoadAsync(
            db,
            read.SelectMany(r => r.Hits.Select(hit => (r.Reader, hit.Id))),
            cancellationToken
        );
        read = read.ConvertAll(r => r with { Found = FoundBy(r, readable) });
        var answering = await AnsweringBook.InForceAsync(db, cancellationToken);
        var verdicts = read.ToDictionary(
            r => r.Ticket.Id,
            r => AutoAnswerPolicy.Decide(AutoAnswerFactsOf(r, live, picture, answering))
        );
        var contents = await ArticleAnswers.ContentsAsync(
            db,
            [.. read.Where(r => verdicts[r.Ticket.Id].IsSent).Select(r => r.Found[0].Hit.Id).Distinct()],
            picture.Settings.PublicUrl,
            cancellationToken
        );
        var supervisors = (List<AppUser>?)null;
        var decided = new List<(Ticket Ticket, RoutingOutcome Outcome, TimeSpan Waited)>(read.Count);

        // the most important ticket chooses first
        foreach (
            var request in read.OrderByDescending(r => r.IsVip)
                .ThenByDescending(r => r.Priority.Score)
                .ThenBy(r => r.Ticket.Id)
        )
        {
            var waited = now - request.Ticket.UpdatedAt;
            var outcome = Apply(db, request, board, picture, live, verdicts[request.Ticket.Id], contents, now);
            if (outcome is RoutingOutcome.NobodyFits)
                TellSupervisors(request.Ticket, supervisors ??= await SupervisorsAsync(db, cancellationToken), now);
            decided.Add((request.Ticket, outcome, waited));
        }
        await db.SaveChangesAsync(cancellationToken);
        foreach (var (_, outcome, waited) in decided)
            metrics.Decided(outcome, waited);
    }

    /// <summary>A ticket read and prioritised, before anybody is chosen.</summary>
    private sealed record ReadRequest(
        Ticket Ticket,
        string Text,
        string TopicBy,
        Topic? Topic,
        RequestReading? Reading,
        TicketType Type,
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
    }

    // what somebody may read is read once more from the database; the customer's language first
    private static List<(SearchHit Hit, FoundArticle Article)> FoundBy(
        ReadRequest request,
        Dictionary<(ArticleReader Reader, long Id), FoundArticle> readable
    ) =>
        [
            .. request
                .Hits.Where(hit => readable.ContainsKey((request.Reader, hit.Id)))
                .Select(hit => (Hit: hit, Article: readable[(request.Reader, hit.Id)]))
                .GroupBy(found => found.Article.SourceId)
                .Select(same => same.OrderByDescending(found => found.Article.Language == request.Language).First())
                .Take(NotificationFacts.MaxArticles),
        ];

    private ReadRequest Read(
        Ticket ticket,
        RequestFacts facts,
        DeskPicture picture,
        Models live,
        PriorityWeights weights,
        AssignmentBoard board,
        DateTimeOffset now
    )
    {
        var text = RequestText.Of(ticket.Subject, facts.Message);
        var (reading, failed) = Classify(ticket, text, live.Topics);
        var (topicBy, topic) = TopicOf(ticket, reading, failed, picture);
        var type = topicBy is "read" or "special" ? reading!.Type : ticket.Type ?? TicketType.Special;
        var known = facts.Complexity(ticket, text, topic?.Key, type);
        var tier = picture.TierOf(ticket.Customer);
        var reader = ArticleAccess.ReaderOf(ticket.Customer);
        return new ReadRequest(
            ticket,
            text,
            topicBy,
            topic,
            reading,
            type,
            topicBy is "read" or "special" ? reading!.Confidence
                : topicBy is "person" ? 1
                : 0,
            ticket.Language ?? RequestLanguage.Of(text),
            live.Complexity?.Predict(known) ?? ComplexityRule.Predict(known),
            PriorityRules.Decide(PriorityFactsOf(ticket, text, facts, tier, picture, board, now), weights),
            TeamOf(topic, reading, picture),
            tier?.IsVip ?? false,
            reader,
            FindArticles(ticket, facts.Message, reader)
        );
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
            return
            [
                .. solutions
                    .Match(ticket.Subject, message, reader, MostLookedAt)
                    .Where(h => FitPercent.Of(h.Fit) >= SolutionMatcher.LeastPercent),
            ];
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
        if (reading is null)
            return (failed ? "failed" : "no-model", null);
        return reading.Topic is { } key && picture.TopicsByKey.GetValueOrDefault(key) is { IsArchived: false } topic
            ? ("read", topic)
            : ("special", null);
    }

    /// <summary>The topic's team; for a special request the team to whose topics most of the probability belongs, if that is
    /// more than half; else the desk's default.</summary>
    private static int? TeamOf(Topic? topic, RequestReading? reading, DeskPicture picture)
    {
        if (TeamOf(topic, picture) is { } owner)
            return owner;
        var likely = (reading?.Likely ?? [])
            .Select(l => (Team: TeamOf(picture.TopicsByKey.GetValueOrDefault(l.Topic), picture), l.Probability))
            .Where(l => l.Team is not null)
            .GroupBy(l => l.Team)
            .Select(g => (Team: g.Key, Sum: g.Sum(l => l.Probability)))
            .OrderByDescending(g => g.Sum)
            .ThenBy(g => g.Team)
            .FirstOrDefault();
        return likely.Sum > 0.5 ? likely.Team : picture.Settings.DefaultTeamId;
    }

    private static int? TeamOf(Topic? topic, DeskPicture picture) =>
        topic?.TeamId ?? (topic?.ParentId is { } parent ? picture.Topics.GetValueOrDefault(parent)?.TeamId : null);

    private static PriorityFacts PriorityFactsOf(
        Ticket ticket,
        string text,
        RequestFacts facts,
        Tier? tier,
        DeskPicture picture,
        AssignmentBoard board,
        DateTimeOffset now
    ) =>
        new()
        {
            TierPoints = tier?.PriorityPoints ?? 0,
            TierName = tier?.Name ?? "",
            HasContract = ticket.Customer.Organization?.SlaPolicyId is not null,
            Text = text,
            Reopenings = ticket.Reopenings,
            RepeatedContacts = facts.Unanswered,
            EarlierBreach = board.WasBreached(ticket.CustomerId, now - BreachRemembered),
            PromiseUsed = PromiseUsed(ticket, picture.TermsOf(ticket), now),
        };

    private static double? PromiseUsed(Ticket ticket, SlaTerms? terms, DateTimeOffset now)
    {
        if (
            terms is null
            || SlaClock.Open(terms, ticket.Timeline()).FirstOrDefault(c => !c.IsPaused) is not { } nearest
        )
            return null;
        var worked = terms.Calendar.Between(nearest.StartedAt, now) - nearest.Extension;
        return nearest.Promised > TimeSpan.Zero ? Math.Max(0, worked / nearest.Promised) : null;
    }

    private static RoutingOutcome Apply(
        HelpdeskDbContext db,
        ReadRequest request,
        AssignmentBoard board,
        DeskPicture picture,
        Models live,
        AutoAnswerVerdict verdict,
        Dictionary<long, MessageContent> contents,
        DateTimeOffset now
    )
    {
        var ticket = request.Ticket;
        var vacancy = VacancyOf(request);
        var choice = board.Choose(vacancy);
        var outcome = choice.Chosen is null
            ? board.AnybodyAble(vacancy)
                ? RoutingOutcome.Queued
                : RoutingOutcome.NobodyFits
            : choice.Chosen == ticket.SpecialistId
                ? RoutingOutcome.Kept
                : RoutingOutcome.Assigned;
        if (outcome is not RoutingOutcome.Kept)
        {
            if (ticket.SpecialistId is { } before)
                board.TakeBack(before, vacancy);
            if (choice.Chosen is { } chosen)
                board.Give(chosen, vacancy);
        }
        var found = request.Found;
        var terms = picture.TermsOf(ticket);
        var content = verdict.IsSent ? contents.GetValueOrDefault(found[0].Hit.Id) : null;
        ticket.Route(ResultOf(request, choice, board, isQuiet: content is not null), terms, now);
        if (picture.Settings.SplitsCombined && MattersOf(request, picture) is { Count: > 1 } matters)
            RequestSplit.Apply(db, ticket, matters, Actor.System, picture, tell: !ticket.Acknowledged, now);
        else if (content is not null)
            ticket.AnswerByArticle(content, found[0].Hit.Id, picture.TermsOf(ticket), now);
        else
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
                Type = request.Type,
                Confidence = Math.Round(request.Confidence, 4),
                Priority = request.Priority.Priority,
                PriorityScore = request.Priority.Score,
                TeamId = request.TeamId,
                SpecialistId = choice.Chosen,
                ModelId = request.Reading is null ? null : live.TopicsId,
                WouldAnswerWith = verdict.IsSure ? found[0].Hit.Id : null,
                DetailsJson = DetailsOf(request, choice, picture, found, verdict.Objections).ToJson(),
            }
        );
        return outcome;
    }

    /// <summary>Only of a request that is read for the first time: what a person left together stays together.</summary>
    private static IReadOnlyList<RequestMatter> MattersOf(ReadRequest request, DeskPicture picture) =>
        request is { TopicBy: "read", Type: TicketType.Combined, Reading: { } reading }
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

    private static Vacancy VacancyOf(ReadRequest request) =>
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
        };

    private static RoutingResult ResultOf(ReadRequest request, Choice choice, AssignmentBoard board, bool isQuiet) =>
        new()
        {
            Type = request.Type,
            Frequency = request.Topic?.Frequency ?? Frequency.Rare,
            Complexity = request.Complexity.Complexity,
            Language = request.Language,
            TopicId = request.Topic?.Id,
            TeamId = request.TeamId,
            Specialist = choice.Chosen is { } id ? board.Person(id) : null,
            Priority = request.Priority.Priority,
            PriorityScore = request.Priority.Score,
            IsQuiet = isQuiet,
        };

    private AutoAnswerFacts AutoAnswerFactsOf(
        ReadRequest request,
        Models live,
        DeskPicture picture,
        Dictionary<int, AnsweringChange> answering
    )
    {
        var best = request.Found is [var first, ..] ? first : ((SearchHit Hit, FoundArticle Article)?)null;
        var change = request.Topic is { } topic ? answering.GetValueOrDefault(topic.Id) : null;
        var tier = picture.TierOf(request.Ticket.Customer);
        var asMeasured =
            live.Topics?.Promises.Precision.GetValueOrDefault(options.Value.AutoAnswerPromise, PromisedPrecision.Never)
            ?? PromisedPrecision.Never;
        return new()
        {
            Type = request.Type,
            Frequency = request.Topic?.Frequency,
            Complexity = request.Complexity.Complexity,
            Confidence = request.Confidence,
            PromisedFrom = change?.Threshold ?? asMeasured,
            IsVip = request.IsVip,
            // acknowledged before its first decision: the intake suppressed it
            IsFromMachine = request.Ticket.Acknowledged && request.Ticket.Type is null,
            // whatever Ticket.AnswerByArticle refuses must be refused here, or the request would never be routed
            IsAnswered =
                request.Ticket.FirstRespondedAt is not null
                || request.Ticket.Type is not null
                || request.Ticket.Reopenings > 0
                || request.Ticket.Replies > 0
                || request.Ticket.AutoAnswer is not AutoAnswerState.None,
            // a mail is passed on, and what it shows needs a sign-in: what is for chosen customers is offered, not sent
            FitPercent = best is { Article.IsPublic: true } ? FitPercent.Of(best.Value.Hit.Fit) : null,
            FitNeeded = options.Value.AutoAnswerFitPercent,
            IsSpoken =
                request.TopicBy is "person"
                || request.Ticket.Channel is Channel.Phone or Channel.InPerson or Channel.Chat,
            IsUndeliverable = request.Ticket.Customer.UndeliverableAt is not null,
            IsOtherLanguage =
                best is not null && request.Language is { } language && best.Value.Article.Language != language,
            IsTierExcluded = tier is not null && change?.ExcludedTierIds.Contains(tier.Id) is true,
            State = change?.State ?? AnsweringState.Observing,
        };
    }

    private static DecisionDetails DetailsOf(
        ReadRequest request,
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
            Words = request.TopicBy is "read" ? request.Reading!.Words : [],
            Parts = [.. (request.Reading?.Parts ?? []).Select(p => new PartTopic(p.Start, p.Length, p.Topic))],
            Frequency = request.Topic?.Frequency,
            Complexity = request.Complexity.Complexity,
            ComplexityProbability = Math.Round(request.Complexity.Probability, 3),
            ComplexityReason = request.Complexity.Reason,
            Articles = [.. found.Select(f => new MatchedArticle(f.Hit.Id, FitPercent.Of(f.Hit.Fit)))],
            Priority = request.Priority.Contributions,
            Team = request.TeamId is { } team ? picture.Teams.GetValueOrDefault(team)?.Name ?? "" : "",
            Candidates = choice.Verdicts,
            NoAutoAnswer = objections,
        };

    private static void TellSupervisors(Ticket ticket, List<AppUser> supervisors, DateTimeOffset now) =>
        ticket.Notifications.AddRange(
            supervisors.Select(s =>
                Notification.ToStaff(NotificationKind.NobodyFits, ticket, message: null, s.Id, s.Email!, now)
            )
        );

    /// <summary>On a desk without a supervisor the administrators, who can change that.</summary>
    private static async Task<List<AppUser>> SupervisorsAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var supervisors = await InRoleAsync(db, Tickets.Access.Roles.Supervisor, cancellationToken);
        return supervisors.Count > 0
            ? supervisors
            : await InRoleAsync(db, Tickets.Access.Roles.Administrator, cancellationToken);
    }

    private static Task<List<AppUser>> InRoleAsync(
        HelpdeskDbContext db,
        string name,
        CancellationToken cancellationToken
    ) =>
        (
            from user in db.Users.AsNoTracking()
            join userRole in db.UserRoles on user.Id equals userRole.UserId
            join role in db.Roles on userRole.RoleId equals role.Id
            where role.Name == name && user.DeactivatedAt == null && user.Email != null
            select user
        ).ToListAsync(cancellationToken);
}
