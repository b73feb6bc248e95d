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
    private const double Sure = 0.85;

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
        var fit = FittingArticle.Of(setting, arrival);
        // of a topic that was read wrong some article always seems to fit
        if ((isRead ? fit.Article : dice.Of(articles)) is not { } finds)
            return null;
        // sure of most; it takes the wrong article, and the wrong topic, where it is not
        var confidence = isRead
            ? 0.99 - (Math.Pow(1 - fit.Plainness, 5) * 0.44) - (dice.Share() * 0.02)
            : dice.Between(0.4, Sure);
        if (articles.Count > 1 && dice.Chance((Sure - confidence) * 0.9))
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
