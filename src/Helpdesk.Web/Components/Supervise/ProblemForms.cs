using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Helpdesk.Routing.Emerging;
using Helpdesk.Tickets;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>What a supervisor makes of alike requests.</summary>
public sealed class ProblemForm
{
    [StringLength(Problem.MaxTitleLength)]
    public string? Title { get; set; }

    /// <summary>The ticked ones.</summary>
    public List<long> Tickets
    {
        get;
        set => field = value ?? [];
    } = [];

    /// <summary>The button: <c>link</c>, <c>aside</c>, <c>resolved</c> or <c>dismissed</c>.</summary>
    public string? Do { get; set; }
}

/// <summary>Requests to be linked, by their numbers.</summary>
public sealed class ProblemAddForm
{
    private static readonly char[] Between = [' ', ',', ';', '\n', '\r', '\t', '#'];

    [StringLength(2000)]
    public string? Numbers { get; set; }

    /// <summary>Null where something else than numbers stands there, or nothing.</summary>
    public IReadOnlyList<long>? Ids()
    {
        var words = (Numbers ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries);
        var ids = new List<long>();
        foreach (var word in words)
            if (long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                ids.Add(id);
            else
                return null;
        return ids.Count is 0 or > ProblemWork.MostInOneGo ? null : [.. ids.Distinct()];
    }
}

/// <summary>One answer for all.</summary>
public sealed class ProblemAnswerForm
{
    /// <summary>Made with the page; see <see cref="ProblemTicket.AnswerKey"/>.</summary>
    public Guid Key { get; set; }

    [StringLength(Message.MaxTextLength)]
    public string? Text { get; set; }

    /// <summary>The button: <c>open</c> or <c>resolve</c>.</summary>
    public string? Do { get; set; }
}
