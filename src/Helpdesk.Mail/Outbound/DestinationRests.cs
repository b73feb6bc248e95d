using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// Domains that lately could not take mail for several people in a row: what else waits for them rests, instead of being tried one after the other, and
/// the rest grows until one gets through. Kept in memory only; a start forgets it.
/// </summary>
public sealed class DestinationRests(TimeProvider time, IOptions<OutboundQueueOptions> options)
{
    /// <summary>One full mailbox says nothing about its neighbours.</summary>
    public const int PeopleBefore = 3;

    private const int MostDomains = 5_000;
    private const int MostPeople = 1_000;
    private static readonly TimeSpan LetOthersFirst = TimeSpan.FromMinutes(1);

    private readonly Lock door = new();
    private readonly Dictionary<string, Trouble> troubles = new(StringComparer.OrdinalIgnoreCase);

    private sealed class Trouble
    {
        public HashSet<string> People { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>Who was tried after a rest, in vain. They let others go first, or full mailboxes would keep their neighbours waiting for days.</summary>
        public HashSet<string> TriedInVain { get; } = new(StringComparer.OrdinalIgnoreCase);
        public int Rests { get; set; }
        public DateTimeOffset Until { get; set; }
    }

    /// <summary>Until when nothing is tried at this address's domain; null = it may be tried.</summary>
    public DateTimeOffset? Of(string address)
    {
        var now = time.GetUtcNow();
        lock (door)
        {
            if (troubles.GetValueOrDefault(DomainOf(address)) is not { Rests: > 0 } trouble)
                return null;
            var until = trouble.TriedInVain.Contains(address) ? trouble.Until + LetOthersFirst : trouble.Until;
            return until > now ? until : null;
        }
    }

    /// <summary>Takes note of what the server said about one mail.</summary>
    public void Note(Delivery delivery)
    {
        var domain = DomainOf(delivery.Recipient);
        lock (door)
        {
            if (delivery.State is DeliveryState.Sent or DeliveryState.Refused)
                troubles.Remove(domain); // it answers
            else if (delivery.State is DeliveryState.TryLater)
                Rest(domain, delivery.Recipient);
        }
    }

    private void Rest(string domain, string address)
    {
        if (!troubles.TryGetValue(domain, out var trouble))
        {
            if (troubles.Count >= MostDomains)
                troubles.Clear(); // better tried once too often than remembered without end
            troubles[domain] = trouble = new Trouble();
        }
        if (trouble.People.Count < PeopleBefore)
            trouble.People.Add(address);
        if (trouble.People.Count < PeopleBefore)
            return;
        if (trouble.Rests > 0 && trouble.TriedInVain.Count < MostPeople)
            trouble.TriedInVain.Add(address);
        trouble.Until = time.GetUtcNow() + options.Value.PauseAfter(++trouble.Rests);
    }

    private static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..];
}
