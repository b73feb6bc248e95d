using System.Data.Common;
using System.Runtime.CompilerServices;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Helpdesk.Tickets.Data;

/// <summary>Rings, after a commit, the bells of the workers whom it concerns.</summary>
internal sealed class BellInterceptor(Bells bells) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    [Flags]
    private enum Concerns
    {
        None = 0,
        Routing = 1,
        Outbox = 2,
        Events = 4,
    }

    private sealed class Noted
    {
        public Concerns Concerns { get; set; }
    }

    private readonly ConditionalWeakTable<DbContext, Noted> noted = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Note(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        Note(eventData.Context);
        return new(result);
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        RingUnlessInTransaction(eventData.Context);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    )
    {
        RingUnlessInTransaction(eventData.Context);
        return new(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        Ring(eventData.Context);

    public Task TransactionCommittedAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Ring(eventData.Context);
        return Task.CompletedTask;
    }

    private void Note(DbContext? context)
    {
        if (context is null)
            return;
        var concerns = Concerns.None;
        foreach (var entry in context.ChangeTracker.Entries())
        {
            concerns |= (entry.Entity, entry.State) switch
            {
                (TicketEvent, EntityState.Added) => Concerns.Events,
                (Notification { MailState: MailState.Pending }, EntityState.Added) => Concerns.Outbox | Concerns.Events,
                (Notification, EntityState.Added) => Concerns.Events,
                (Ticket { RoutedAt: null }, EntityState.Added or EntityState.Modified) => Concerns.Routing,
                _ => Concerns.None,
            };
        }
        if (concerns is not Concerns.None)
            noted.GetOrCreateValue(context).Concerns |= concerns;
    }

    private void RingUnlessInTransaction(DbContext? context)
    {
        if (context?.Database.CurrentTransaction is null)
            Ring(context);
    }

    private void Ring(DbContext? context)
    {
        if (context is null || !noted.TryGetValue(context, out var note))
            return;
        var concerns = note.Concerns;
        note.Concerns = Concerns.None;
        if (concerns.HasFlag(Concerns.Routing))
            bells.Routing.Ring();
        if (concerns.HasFlag(Concerns.Outbox))
            bells.Outbox.Ring();
        if (concerns.HasFlag(Concerns.Events))
            bells.Events.Ring();
    }
}
