using Helpdesk.Tickets;

namespace Helpdesk.Routing.Classification;

/// <summary>How many known topics a request is about.</summary>
public static class RequestType
{
    /// <summary>
    /// A part counts when its special score is at most <paramref name="specialAbove"/>. No part that counts: special.
    /// Two or more different topics among them: combined. Otherwise typical.
    /// </summary>
    public static TicketType Of(IReadOnlyList<TextPart> parts, float specialAbove) =>
        TopicsOf(parts, specialAbove).Count switch
        {
            0 => TicketType.Special,
            1 => TicketType.Typical,
            _ => TicketType.Combined,
        };

    /// <summary>The different topics of the parts that count, the most certain first; ties keep the order of the
    /// text.</summary>
    public static IReadOnlyList<int> TopicsOf(IReadOnlyList<TextPart> parts, float specialAbove) =>
        [
            .. parts
                .Where(p => p.Prediction.Special <= specialAbove)
                .OrderByDescending(p => p.Prediction.Confidence)
                .Select(p => p.Prediction.Best)
                .Distinct(),
        ];
}
