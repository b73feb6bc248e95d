using System.Globalization;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Desk.Queues;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Search;

/// <summary>Where a ticket that is looked for stands.</summary>
public enum SearchState
{
    Any,
    Unresolved,
    Resolved,
}

/// <summary>What the search page was asked for; all of it stands in the address.</summary>
/// <param name="Words">Null = nothing is searched.</param>
/// <param name="Before">The page begins behind this ticket number; the newest come first.</param>
public sealed record TicketSearchRequest(
    string? Words = null,
    SearchState State = SearchState.Any,
    int? TeamId = null,
    int? TopicId = null,
    long? Before = null
)
{
    public const int MaxWordsLength = QueueRequest.MaxWordsLength;

    public bool IsFiltered => State is not SearchState.Any || TeamId is not null || TopicId is not null;

    public TicketSearchRequest FirstPage => this with { Before = null };

    public string Address(string path)
    {
        var query = new List<KeyValuePair<string, string?>>();
        Add("q", Words);
        Add("state", State is SearchState.Any ? null : State.ToString());
        Add("team", TeamId?.ToString(CultureInfo.InvariantCulture));
        Add("topic", TopicId?.ToString(CultureInfo.InvariantCulture));
        Add("before", Before?.ToString(CultureInfo.InvariantCulture));
        return QueryHelpers.AddQueryString(path, query);

        void Add(string name, string? value)
        {
            if (value is not null)
                query.Add(new(name, value));
        }
    }

    /// <summary>From the parts of an address; what makes no sense counts as not given.</summary>
    public static TicketSearchRequest Parse(
        string? words,
        string? state,
        string? team,
        string? topic,
        string? before
    ) =>
        new(
            Tickets.Text.OneLine(words, MaxWordsLength) is { Length: > 0 } line ? line : null,
            state switch
            {
                nameof(SearchState.Unresolved) => SearchState.Unresolved,
                nameof(SearchState.Resolved) => SearchState.Resolved,
                _ => SearchState.Any,
            },
            (int?)Number(team, int.MaxValue),
            (int?)Number(topic, int.MaxValue),
            Number(before, long.MaxValue)
        );

    private static long? Number(string? text, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : null;
}

/// <summary>A ticket that was found.</summary>
public sealed record FoundTicket(
    long Id,
    string Subject,
    string CustomerName,
    string? Organization,
    int? TierId,
    TicketStatus Status,
    TicketPriority Priority,
    int? TopicId,
    int? TeamId,
    string? SpecialistName,
    DateTimeOffset CreatedAt
);

public sealed record TicketSearchPage(IReadOnlyList<FoundTicket> Rows, bool HasNext);

/// <summary>
/// Finds tickets for staff, newest first: unresolved ones by subject, customer and every message; resolved ones by customer and, through the
/// ticket index, by subject and first message. Each part reads an index and is cut after one page; rights and filters stand in each.
/// </summary>
public sealed class TicketSearch(IDbContextFactory<HelpdeskDbContext> databases, SolutionIndexes indexes)
{
    public const int PageSize = 25;
    private const int MaxWords = 8;
    private const int MaxHits = 100;
    private const int MaxCustomers = 50;

    /// <summary>Of the best hit's score: what scores less shares a common word with the question and no more.</summary>
    private const double LeastShare = 0.4;

    /// <summary>The ticket that a text names, such as <c>#48213</c>; null for words, and for tickets the person may not see.</summary>
    public async Task<long?> JumpAsync(
        Viewer.Staff viewer,
        string? words,
        CancellationToken cancellationToken = default
    )
    {
        if (QueueQuery.NumberIn(words) is not { } number)
            return null;
        await using var db = databases.CreateDbContext();
        return await db.Tickets.VisibleTo(viewer).AnyAsync(t => t.Id == number, cancellationToken) ? number : null;
    }

    public async Task<TicketSearchPage> FindAsync(
        Viewer.Staff viewer,
        TicketSearchRequest request,
        CancellationToken cancellationToken = default
    )
    {
        var words = request
            .Words?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal)
            .Take(MaxWords)
            .ToList();
        if (words is not { Count: > 0 })
            return new([], HasNext: false);
        await using var db = databases.CreateDbContext();
        var parts = new List<IQueryable<Ticket>>();
        if (request.State is not SearchState.Resolved)
            parts.Add(Unresolved(Tickets(db, viewer, request), words));
        if (request.State is not SearchState.Unresolved)
        {
            if (Hits(request.Words!) is { Count: > 0 } hits)
                parts.Add(Tickets(db, viewer, request).Where(t => hits.Contains(t.Id)));
            var customers = await CustomersAsync(db, words, cancellationToken);
            if (customers.Count > 0)
                parts.Add(Tickets(db, viewer, request).Where(t => customers.Contains(t.CustomerId)));
        }
        var ids = parts
            .Select(part => part.OrderByDescending(t => t.Id).Select(t => t.Id).Take(PageSize + 1))
            .Aggregate((all, part) => all.Union(part))
            .OrderByDescending(id => id)
            .Take(PageSize + 1);
        var page = await ids.ToListAsync(cancellationToken);
        var hasNext = page.Count > PageSize;
        return new(await RowsAsync(db, viewer, [.. page.Take(PageSize)], cancellationToken), hasNext);
    }

    private static IQueryable<Ticket> Tickets(HelpdeskDbContext db, Viewer.Staff viewer, TicketSearchRequest request)
    {
        var tickets = db.Tickets.AsNoTracking().VisibleTo(viewer);
        if (request.State is SearchState.Resolved)
            tickets = tickets.Where(t => t.Status >= TicketStatus.Resolved);
        if (request.TeamId is { } teamId)
            tickets = tickets.Where(t => t.TeamId == teamId);
        if (request.TopicId is { } topicId)
            tickets = tickets.Where(t => t.TopicId == topicId);
        if (request.Before is { } before)
            tickets = tickets.Where(t => t.Id < before);
        return tickets;
    }

    private static IQueryable<Ticket> Unresolved(IQueryable<Ticket> tickets, List<string> words)
    {
        tickets = tickets.Where(t => t.Status < TicketStatus.Resolved);
        foreach (var word in words)
        {
            var lower = word.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // becomes lower(…) in SQL; SQLite knows letter case only in ASCII, so the word as typed too
            tickets = tickets.Where(t =>
                t.Subject.ToLower().Contains(lower)
                || t.Subject.Contains(word)
                || t.Customer.Name.ToLower().Contains(lower)
                || t.Customer.Name.Contains(word)
                || t.Customer.NormalizedAddress.Contains(lower)
                || t.Customer.Organization!.Name.ToLower().Contains(lower)
                || t.Customer.Organization!.Name.Contains(word)
                || t.Messages.Any(m => m.Text.ToLower().Contains(lower) || m.Text.Contains(word))
            );
#pragma warning restore CA1304, CA1311, CA1862
        }
        return tickets;
    }

    private List<long> Hits(string words)
    {
        var hits = indexes
            .ResolvedTickets.Search(new SearchQuery(words) { Count = MaxHits, MaxWords = ArticleSearch.MaxQueryWords })
            .Hits;
        return hits.Count == 0
            ? []
            : [.. hits.Where(hit => hit.Score >= hits[0].Score * LeastShare).Select(hit => hit.Id)];
    }

    private static Task<List<long>> CustomersAsync(
        HelpdeskDbContext db,
        List<string> words,
        CancellationToken cancellationToken
    )
    {
        var customers = db.Customers.AsNoTracking();
        foreach (var word in words)
        {
            var lower = word.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // as above
            customers = customers.Where(c =>
                c.NormalizedAddress.Contains(lower)
                || c.Name.ToLower().Contains(lower)
                || c.Name.Contains(word)
                || c.Organization!.Name.ToLower().Contains(lower)
                || c.Organization!.Name.Contains(word)
            );
#pragma warning restore CA1304, CA1311, CA1862
        }
        return customers.OrderBy(c => c.Id).Select(c => c.Id).Take(MaxCustomers).ToListAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<FoundTicket>> RowsAsync(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        List<long> ids,
        CancellationToken cancellationToken
    ) =>
        await db
            .Tickets.AsNoTracking()
            .VisibleTo(viewer)
            .Where(t => ids.Contains(t.Id))
            .OrderByDescending(t => t.Id)
            .Select(t => new FoundTicket(
                t.Id,
                t.Subject,
                t.Customer.Name == "" ? t.Customer.Address : t.Customer.Name,
                t.Customer.Organization!.Name,
                t.Customer.TierId ?? t.Customer.Organization!.TierId,
                t.Status,
                t.Priority,
                t.TopicId,
                t.TeamId,
                t.Specialist!.Name,
                t.CreatedAt
            ))
            .ToListAsync(cancellationToken);
}
