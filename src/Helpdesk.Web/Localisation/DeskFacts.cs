using Helpdesk.Tickets.Settings;

namespace Helpdesk.Web.Localisation;

/// <summary>
/// The desk's name, zone and address for what surrounds a page. Never fails: without the database the last known facts
/// stand, because an error page needs them too.
/// </summary>
public sealed class DeskFacts(DeskDirectory directory, TimeProvider time, ILogger<DeskFacts> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private volatile DeskSettings _known = new();
    private long _failedAt;

    public async ValueTask<DeskSettings> GetAsync(CancellationToken cancellation)
    {
        // while the database is away, not every request should wait for it
        var failedAt = Interlocked.Read(ref _failedAt);
        if (failedAt != 0 && time.GetElapsedTime(failedAt) < Pause)
            return _known;
        try
        {
            _known = (await directory.GetAsync(cancellation)).Settings;
            Interlocked.Exchange(ref _failedAt, 0);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Interlocked.Exchange(ref _failedAt, time.GetTimestamp());
            log.LogWarning(exception, "The desk's settings cannot be read; pages use the last known ones");
        }
        return _known;
    }
}
