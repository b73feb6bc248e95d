using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Helpdesk.Web.Components.Desk.Queues;

/// <summary>What a queue page was asked for; all of it stands in the address.</summary>
/// <param name="Words">Number, or words of subject and customer; null = no search.</param>
/// <param name="AssigneeId">Null = anybody.</param>
/// <param name="NobodyYet">Only tickets without a specialist.</param>
/// <param name="After">The page begins behind this row.</param>
/// <param name="Before">The page ends before this row; beats <paramref name="After"/>.</param>
/// <param name="From">The number of the first row on the page, counted by the pages before; 1-based, for display only.</param>
public sealed record QueueRequest(
    DeskQueue Queue,
    string? Words = null,
    int? TopicId = null,
    int? TierId = null,
    Guid? AssigneeId = null,
    bool NobodyYet = false,
    QueueCursor? After = null,
    QueueCursor? Before = null,
    int From = 1
)
{
    public const int MaxWordsLength = 500;
    private const string Nobody = "nobody";

    [JsonIgnore]
    public bool IsFiltered =>
        Words is not null || TopicId is not null || TierId is not null || AssigneeId is not null || NobodyYet;

    [JsonIgnore]
    public bool IsFirstPage => After is null && Before is null;

    /// <summary>The same list from its beginning.</summary>
    [JsonIgnore]
    public QueueRequest FirstPage => this with { After = null, Before = null, From = 1 };

    /// <summary>The address, path and query.</summary>
    public string Address(string path)
    {
        var query = new List<KeyValuePair<string, string?>>();
        Add("q", Words);
        Add("topic", TopicId?.ToString(CultureInfo.InvariantCulture));
        Add("tier", TierId?.ToString(CultureInfo.InvariantCulture));
        Add("to", NobodyYet ? Nobody : AssigneeId?.ToString());
        Add("after", After?.ToString());
        Add("before", Before?.ToString());
        Add("from", From > 1 ? From.ToString(CultureInfo.InvariantCulture) : null);
        return QueryHelpers.AddQueryString(path, query);

        void Add(string name, string? value)
        {
            if (value is not null)
                query.Add(new(name, value));
        }
    }

    /// <summary>From the parts of an address; what makes no sense counts as not given.</summary>
    public static QueueRequest Parse(
        DeskQueue queue,
        string? words,
        string? topic,
        string? tier,
        string? assignee,
        string? after,
        string? before,
        string? from
    ) =>
        new(
            queue,
            Tickets.Text.OneLine(words, MaxWordsLength) is { Length: > 0 } line ? line : null,
            Number(topic),
            Number(tier),
            Guid.TryParse(assignee, out var id) ? id : null,
            assignee == Nobody,
            QueueCursor.Parse(after),
            QueueCursor.Parse(before),
            Math.Max(1, Number(from) ?? 1)
        );

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
