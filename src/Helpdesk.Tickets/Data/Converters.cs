using Helpdesk.Tickets.Html;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Helpdesk.Tickets.Data;

/// <summary>Clean HTML as text; what comes back was clean when it was stored.</summary>
/// <remarks>Public because the compiled model names it.</remarks>
public sealed class SafeHtmlConverter()
    : ValueConverter<SafeHtml, string>(html => html.Value, stored => HtmlSanitizer.FromStorage(stored));

/// <summary>SQLite has no instant type; UTC ticks compare and sort as numbers.</summary>
/// <remarks>Public because the compiled model names it.</remarks>
public sealed class UtcTicksConverter()
    : ValueConverter<DateTimeOffset, long>(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
