using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Api;

/// <summary>A ticket as the API shows it.</summary>
public sealed record TicketView
{
    public required long Number { get; init; }
    public required string Subject { get; init; }
    public required string Status { get; init; }
    public required string Priority { get; init; }
    public required string Channel { get; init; }
    public required PersonView Customer { get; init; }

    /// <summary>Key and name of the topic; null until it was classified.</summary>
    public TopicView? Topic { get; init; }
    public string? Type { get; init; }
    public string? Frequency { get; init; }
    public string? Complexity { get; init; }
    public string? Language { get; init; }
    public string? Team { get; init; }
    public PersonView? Specialist { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Null until routing decided.</summary>
    public DateTimeOffset? RoutedAt { get; init; }
    public DateTimeOffset? FirstRespondedAt { get; init; }

    /// <summary>The nearest open promise; null while waiting for the customer and after the end.</summary>
    public DateTimeOffset? DueAt { get; init; }
    public string? DueTarget { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Addresses of those who get the answers in copy.</summary>
    public required IReadOnlyList<string> Cc { get; init; }
    public required IReadOnlyList<MessageView> Messages { get; init; }

    public sealed record PersonView(string Name, string Address);

    public sealed record TopicView(string Key, string Name);

    /// <param name="FromOtherSender">Somebody else than the ticket's customer wrote it; no customer sees it until it is released.</param>
    public sealed record MessageView(
        long Id,
        string Kind,
        string Author,
        string Text,
        DateTimeOffset CreatedAt,
        bool FromOtherSender
    );

    /// <summary>Reads one ticket within what the viewer may see.</summary>
    public sealed class Reader(DeskDirectory directory)
    {
        public async Task<TicketView?> ReadAsync(
            HelpdeskDbContext db,
            Viewer viewer,
            long number,
            CancellationToken cancellationToken
        )
        {
            var picture = await directory.GetAsync(cancellationToken);
            var ticket = await db
                .Tickets.AsNoTracking()
                .VisibleTo(viewer)
                .Include(t => t.Customer)
                .Include(t => t.Specialist)
                .Include(t => t.Messages.OrderBy(m => m.Id))
                .Include(t => t.Participants.OrderBy(p => p.Id))
                .AsSplitQuery()
                .SingleOrDefaultAsync(t => t.Id == number, cancellationToken);
            return ticket is null ? null : Of(ticket, picture);
        }
    }

    private static TicketView Of(Ticket ticket, DeskPicture picture) =>
        new()
        {
            Number = ticket.Id,
            Subject = ticket.Subject,
            Status = ticket.Status.ToString(),
            Priority = ticket.Priority.ToString(),
            Channel = ticket.Channel.ToString(),
            Customer = new(ticket.Customer.DisplayName, ticket.Customer.Address),
            Topic =
                ticket.TopicId is { } topicId && picture.Topics.TryGetValue(topicId, out var topic)
                    ? new(topic.Key, topic.Name)
                    : null,
            Type = ticket.Type?.ToString(),
            Frequency = ticket.Frequency?.ToString(),
            Complexity = ticket.Complexity?.ToString(),
            Language = ticket.Language,
            Team = ticket.TeamId is { } teamId ? picture.Teams.GetValueOrDefault(teamId)?.Name : null,
            Specialist = ticket.Specialist is { } specialist ? new(specialist.Name, specialist.Address) : null,
            CreatedAt = ticket.CreatedAt,
            UpdatedAt = ticket.UpdatedAt,
            RoutedAt = ticket.RoutedAt,
            FirstRespondedAt = ticket.FirstRespondedAt,
            DueAt = ticket.DueAt,
            DueTarget = ticket.DueTarget?.ToString(),
            ResolvedAt = ticket.ResolvedAt,
            Cc = [.. ticket.Participants.Where(p => p is { IsActive: true, IsProposed: false }).Select(p => p.Address)],
            Messages = ticket.Messages.ConvertAll(m => new MessageView(
                m.Id,
                m.Kind.ToString(),
                m.AuthorName,
                m.Text,
                m.CreatedAt,
                m.FromOtherSender
            )),
        };
}
