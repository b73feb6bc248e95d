using System.Globalization;

namespace Helpdesk.Mail.Outbound;

/// <summary>Instants in words for somebody who reads them later, elsewhere: with the zone, and the day where it is not today.</summary>
internal sealed class LetterClock(string? timeZoneId, DateTimeOffset now, CultureInfo culture)
{
    private readonly TimeZoneInfo zone = Find(timeZoneId);

    public string Write(DateTimeOffset at)
    {
        var (there, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone).Date);
        var clock = there.ToString("HH:mm", CultureInfo.InvariantCulture);
        var words =
            there.Date == today ? Phrase("Today", clock)
            : there.Date == today.AddDays(1) ? Phrase("Tomorrow", clock)
            : Phrase("OnDay", there.ToString(TemplateWords.Phrase("DayFormat", culture), culture), clock);
        return Phrase("InZone", words, zone.Id);
    }

    private string Phrase(string name, params string[] values) =>
        string.Format(culture, TemplateWords.Phrase(name, culture), values);

    private static TimeZoneInfo Find(string? id) =>
        id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found) ? found : TimeZoneInfo.Utc;
}
