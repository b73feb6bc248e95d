using System.Globalization;
using System.Text;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;

namespace Helpdesk.Mail.Intake;

/// <summary>Says in words what a message does not: that it is encrypted, that it invites to something and when.</summary>
public static class NoteText
{
    private const int MaxSummaryChars = 200;

    /// <returns>Lines, or an empty text when there is nothing to say.</returns>
    public static string Of(IReadOnlyList<MailNote> notes, CultureInfo culture)
    {
        var text = new StringBuilder();
        foreach (var note in notes)
        {
            if (text.Length > 0)
                text.Append("\n\n");
            if (note.Event is { } appointment)
                Describe(appointment, text, culture);
            else
                text.Append(Phrase("Encrypted", culture, note.Detail ?? ""));
        }
        return text.ToString();
    }

    private static void Describe(CalendarEvent appointment, StringBuilder text, CultureInfo culture)
    {
        var kind = appointment.Method switch
        {
            "REQUEST" => "Request",
            "CANCEL" => "Cancel",
            "REPLY" when appointment.Reply is "ACCEPTED" or "DECLINED" or "TENTATIVE" =>
                $"Reply.{appointment.Reply[..1]}{appointment.Reply[1..].ToLowerInvariant()}",
            _ => "Event",
        };
        text.Append(Phrase($"Calendar.{kind}", culture, Tickets.Text.OneLine(appointment.Summary, MaxSummaryChars)));
        if (appointment.Starts is { } starts)
            text.Append('\n').Append(Phrase("Calendar.When", culture, When(appointment, starts, culture)));
        if (appointment.Recurs)
            text.Append(", ").Append(Phrase("Calendar.Repeats", culture));
        if (appointment.Location is { } place)
            text.Append('\n').Append(Phrase("Calendar.Where", culture, Tickets.Text.OneLine(place, MaxSummaryChars)));
        if (appointment.Organizer is { } who)
            text.Append('\n').Append(Phrase("Calendar.Organizer", culture, Tickets.Text.OneLine(who, MaxSummaryChars)));
    }

    private static string When(CalendarEvent appointment, DateTime starts, CultureInfo culture)
    {
        const string Day = "dddd d MMMM yyyy";
        if (appointment.IsWholeDay)
        {
            // the end of a whole day is the day after it; one that lies before the beginning is none
            var last = appointment.Ends is { } after && after > starts ? after.AddDays(-1) : starts;
            return last > starts
                ? $"{starts.ToString(Day, culture)} – {last.ToString(Day, culture)}"
                : starts.ToString(Day, culture);
        }
        var text = $"{starts.ToString(Day, culture)}, {starts.ToString("HH:mm", culture)}";
        if (appointment.Ends is { } ends && ends > starts)
            text +=
                ends.Date == starts.Date
                    ? $"–{ends.ToString("HH:mm", culture)}"
                    : $" – {ends.ToString(Day, culture)}, {ends.ToString("HH:mm", culture)}";
        return appointment.Zone is { } zone ? $"{text} ({Tickets.Text.OneLine(zone, 60)})" : text;
    }

    private static string Phrase(string name, CultureInfo culture, params string[] values) =>
        string.Format(culture, TemplateWords.Phrase(name, culture), values);
}
