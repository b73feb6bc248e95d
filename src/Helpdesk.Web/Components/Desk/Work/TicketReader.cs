using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>Reads what a ticket's page shows: eight small questions, each by key, none that loads a whole ticket.</summary>
public sealed class TicketReader(IDbContextFactory<HelpdeskDbContext> databases, LiveFeed feed)
{
    /// <summary>A longer text is cut; the whole is one click away.</summary>
    public const int ShownLength = 20_000;
    public const int ShownMessages = 100;
    private const int ShownEvents = 200;
    private const int ShownEarlier = 100;

    /// <summary>Null when there is no such ticket for this viewer.</summary>
    public async Task<TicketView?> ReadAsync(
        Viewer.Staff viewer,
        long ticketId,
        CancellationToken cancellationToken = default
    )
    {
        var position = feed.Position;
        await using var db = databases.CreateDbContext();
        var ticket = await Facts(db.Tickets.AsNoTracking().VisibleTo(viewer).Where(t => t.Id == ticketId))
            .SingleOrDefaultAsync(cancellationToken);
        if (ticket is null)
            return null;
        var messages = await Messages(db, ticketId).ToListAsync(cancellationToken);
        var hasEarlier = messages.Count > ShownMessages;
        if (hasEarlier)
            messages.RemoveAt(messages.Count - 1);
        messages.Reverse();
        var files = await db
            // "in" rather than "exists": SQLite goes from the ticket's messages to their files, not through all files
            .Attachments.Where(a =>
                db.Messages.Where(m => m.TicketId == ticketId).Select(m => m.Id).Contains(a.MessageId)
            )
            .OrderBy(a => a.Id)
            .Select(a => new FileFacts(a.Id, a.MessageId, a.Name, a.Size))
            .ToListAsync(cancellationToken);
        var events = await db
            .TicketEvents.Where(e => e.TicketId == ticketId)
            .OrderByDescending(e => e.Id)
            .Take(ShownEvents)
            .Select(e => new EventFacts(e.Id, e.Kind, e.At, e.ActorKind, e.ActorId, e.ActorName, e.Data))
            .ToListAsync(cancellationToken);
        var customerId = ticket.Customer.Id;
        var earlier = await db
            .Tickets.VisibleTo(viewer)
            .Where(t => t.CustomerId == customerId && t.Id != ticketId)
            .OrderByDescending(t => t.CreatedAt)
            .Take(ShownEarlier)
            .Select(t => new EarlierTicket(t.Id, t.Subject, t.Status, t.CreatedAt))
            .ToListAsync(cancellationToken);
        var userId = viewer.UserId;
        var drafts = await db
            .Drafts.Where(d => d.TicketId == ticketId && d.UserId == userId)
            .Select(d => new DraftFacts(d.IsNote, d.Text, d.SavedAt))
            .ToListAsync(cancellationToken);
        var participants = await db
            .Participants.Where(p => p.TicketId == ticketId && p.RemovedAt == null)
            .OrderBy(p => p.Id)
            .Select(p => new ParticipantFacts(p.Id, p.Address, p.Name, p.Origin, p.UndeliverableAt != null))
            .ToListAsync(cancellationToken);
        var copies = await db
            .Notifications.Where(n => n.TicketId == ticketId && n.Copy != CopyKind.None && n.MessageId != null)
            .OrderBy(n => n.Id)
            .Select(n => new CopyFacts(n.MessageId!.Value, n.Address, n.Copy, n.MailState))
            .ToListAsync(cancellationToken);
        return new(
            ticket,
            messages,
            hasEarlier,
            files.ToLookup(f => f.MessageId),
            events,
            earlier,
            drafts,
            participants,
            copies.ToLookup(c => c.MessageId),
            position
        );
    }

    private static IQueryable<TicketFacts> Facts(IQueryable<Ticket> tickets) =>
        tickets.Select(t => new TicketFacts
        {
            Id = t.Id,
            Version = t.Version,
            Subject = t.Subject,
            Channel = t.Channel,
            Status = t.Status,
            Priority = t.Priority,
            PriorityIsManual = t.PriorityIsManual,
            TopicId = t.TopicId,
            TopicIsManual = t.TopicIsManual,
            Type = t.Type,
            TypeIsManual = t.TypeIsManual,
            Frequency = t.Frequency,
            Complexity = t.Complexity,
            ComplexityIsManual = t.ComplexityIsManual,
            Language = t.Language,
            Tone = t.Tone,
            TeamId = t.TeamId,
            SpecialistId = t.SpecialistId,
            SpecialistName = t.Specialist!.Name,
            AutoAnswer = t.AutoAnswer,
            IsSpam = t.IsSpam,
            PersonWantedAt = t.PersonWantedAt,
            RoutedAt = t.RoutedAt,
            DueAt = t.DueAt,
            DueTarget = t.DueTarget,
            SlaPolicyId = t.SlaPolicyId,
            FirstResponseKept = t.FirstResponseKept,
            ResolutionKept = t.ResolutionKept,
            ResolutionNote = t.ResolutionNote,
            SolutionArticleId = t.SolutionArticleId,
            Timeline = new SlaTimeline
            {
                Priority = t.Priority,
                CreatedAt = t.CreatedAt,
                FirstRespondedAt = t.FirstRespondedAt,
                AwaitingReplySince = t.AwaitingReplySince,
                ResolutionStartedAt = t.ResolutionStartedAt,
                ResolvedAt = t.ResolvedAt,
                Paused = t.PausedWorkingTime,
                PausedSince = t.PausedSince,
                Replies = t.Replies,
                Reopenings = t.Reopenings,
            },
            Customer = new CustomerFacts
            {
                Id = t.CustomerId,
                Name = t.Customer.Name,
                Address = t.Customer.Address,
                Organization = t.Customer.Organization!.Name,
                CustomerSince = t.Customer.Organization!.CustomerSince,
                TierId = t.Customer.TierId ?? t.Customer.Organization!.TierId,
                Language = t.Customer.Language,
                TimeZoneId = t.Customer.TimeZoneId,
                IsVerified = t.Customer.VerifiedAt != null,
                IsUndeliverable = t.Customer.UndeliverableAt != null,
            },
        });

    // newest first, so that a very long conversation shows its end
    private static IQueryable<MessageFacts> Messages(HelpdeskDbContext db, long ticketId) =>
        db
            .Messages.AsNoTracking()
            .Where(m => m.TicketId == ticketId)
            .OrderByDescending(m => m.Id)
            .Take(ShownMessages + 1)
            .Select(m => new MessageFacts
            {
                Id = m.Id,
                Kind = m.Kind,
                AuthorName = m.AuthorName,
                AuthorUserId = m.AuthorUserId,
                Text = m.Text.Substring(0, ShownLength),
                IsCut = m.Text.Length > ShownLength,
                FoldedText = m.FoldedText!.Substring(0, ShownLength),
                Html = m.Kind != MessageKind.Customer && m.InboundMailId == null ? m.Html : null,
                HasFormatting = m.Html != null,
                FromOtherSender = m.FromOtherSender,
                SenderAddress = m.SenderAddress,
                IsMail = m.InboundMailId != null,
                ThreadReason = m.ThreadReason,
                MovedFromTicketId = m.MovedFromTicketId,
                CreatedAt = m.CreatedAt,
            });
}
