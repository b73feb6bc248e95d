using System.Globalization;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;

namespace Helpdesk.Web.Sample;

/// <summary>
/// What the desk of the past noted silently: the article with which it would have answered a simple, common request, and how sure it was. What became of
/// the request then judges the note by the desk's own rules.
/// </summary>
internal static class AnswerNotes
{
    /// <summary>Tells these dice from those with which the tickets are lived, so that noting changes no life.</summary>
    private const long Apart = 3_000_000_000;

    public static ObservedAnswer? Of(LifeSetting setting, Arrival arrival, Ticket ticket)
    {
        if (
            arrival.Kind is not RequestKind.Typical
            || ticket.Channel is not (Channel.Email or Channel.Web)
            || ticket is not { Complexity: Complexity.Simple, Frequency: Frequency.Common }
            || setting.Desk.TierOf(ticket.Customer) is { IsVip: true }
            || ReadAs(ticket) is not { } topicId
            || setting.Desk.Topics.FirstOrDefault(t => t.Topic.Id == topicId) is not { } read
            || setting.Articles[read.Plan.Key].ToList() is not { Count: > 0 } articles
        )
            return null;
        var dice = new Dice(setting.Seed, Apart + arrival.Number);
        var isRead = read.Topic.Id == arrival.Topic?.Topic.Id;
        // the surer, the rarer it takes the wrong article; what was misread is seldom read with certainty
        var confidence = isRead ? 1 - Math.Pow(dice.Between(0, 1), 2) * 0.4 : dice.Between(0.45, 0.93);
        var finds = ticket.SolutionArticleId is { } solution && articles.Contains(solution) ? solution : articles[0];
        if (articles.Count > 1 && dice.Chance(Math.Pow(1 - confidence, 1.2)))
            finds = dice.Of([.. articles.Where(a => a != finds)]);
        var note = new ObservedAnswer
        {
            Ticket = ticket,
            TopicId = topicId,
            ArticleId = finds,
            Confidence = Math.Round(confidence, 4),
            At = ticket.RoutedAt ?? ticket.CreatedAt,
            IsSent = false,
        };
        note.Judge(AnswerJudgement.Of(note, JudgedTicket.Of(ticket)), ticket.ResolvedAt ?? ticket.UpdatedAt);
        return note;
    }

    /// <summary>The topic of the first decision, whatever a person made of it later.</summary>
    private static int? ReadAs(Ticket ticket) =>
        ticket.Events.Find(e => e.Kind is TicketEventKind.Routed) is { } routed
        && int.TryParse(routed.Details.GetValueOrDefault("topic"), CultureInfo.InvariantCulture, out var topic)
            ? topic
            : null;
}
