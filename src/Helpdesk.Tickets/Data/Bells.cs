using System.Threading.Channels;

namespace Helpdesk.Tickets.Data;

/// <summary>Wakes one waiting worker. Rows are the queue; a lost ring only costs the poll interval.</summary>
public sealed class Bell
{
    private readonly Channel<bool> rings = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Ring() => rings.Writer.TryWrite(true);

    /// <summary>Returns at the next ring (also one that came before the call), or after <paramref name="atMost"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(atMost);
        try
        {
            await rings.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // the poll interval is over
        }
    }
}

/// <summary>The bells of this process, rung after a commit that concerns them.</summary>
public sealed class Bells
{
    /// <summary>A mail was stored and waits for intake; rung by the listener.</summary>
    public Bell InboundMail { get; } = new();

    /// <summary>A ticket waits for routing.</summary>
    public Bell Routing { get; } = new();

    /// <summary>A notification waits to be mailed.</summary>
    public Bell Outbox { get; } = new();

    /// <summary>Tickets changed; live pages read the new events.</summary>
    public Bell Events { get; } = new();

    /// <summary>Articles changed; the index catches up.</summary>
    public Bell Articles { get; } = new();
}
