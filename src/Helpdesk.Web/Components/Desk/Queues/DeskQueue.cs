namespace Helpdesk.Web.Components.Desk.Queues;

/// <summary>The lists of unresolved tickets a specialist works from.</summary>
public enum DeskQueue
{
    Mine,

    /// <summary>What the person's teams have; everything for supervisors who are in no team.</summary>
    Team,
    Unassigned,

    /// <summary>The customer has the next word.</summary>
    Waiting,

    /// <summary>Due within <see cref="QueueQuery.Soon"/>.</summary>
    DueSoon,

    /// <summary>A promise is missed and still open.</summary>
    Breached,
    Vip,

    /// <summary>Everything the person may see.</summary>
    Everything,
}

public static class DeskQueues
{
    /// <summary>In the order of the navigation.</summary>
    public static IReadOnlyList<DeskQueue> Shown { get; } =
    [
        DeskQueue.Mine,
        DeskQueue.Team,
        DeskQueue.Unassigned,
        DeskQueue.Waiting,
        DeskQueue.DueSoon,
        DeskQueue.Breached,
        DeskQueue.Vip,
    ];

    /// <summary>The name in addresses and keys of texts.</summary>
    public static string Slug(this DeskQueue queue) =>
        queue switch
        {
            DeskQueue.Mine => "mine",
            DeskQueue.Team => "team",
            DeskQueue.Unassigned => "unassigned",
            DeskQueue.Waiting => "waiting",
            DeskQueue.DueSoon => "due-soon",
            DeskQueue.Breached => "breached",
            DeskQueue.Vip => "vip",
            _ => "all",
        };

    /// <summary>The queue of an address; null when there is none of that name.</summary>
    public static DeskQueue? Find(string? slug)
    {
        foreach (var queue in Enum.GetValues<DeskQueue>())
            if (queue.Slug() == slug)
                return queue;
        return null;
    }
}
