using Helpdesk.Tickets.Data;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Intake;

/// <summary>Whether the disk under our own data file has room; looked at every two seconds at most.</summary>
public sealed class DiskRoom(IOptions<StorageOptions> storage, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(2);
    private long lookedAt = long.MinValue;
    private long freeBytes = long.MaxValue;

    /// <returns>Always true where the data lies on another machine, or the disk cannot be asked.</returns>
    public bool Has(long bytes)
    {
        if (storage.Value.Provider is not StorageProvider.Sqlite)
            return true;
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref lookedAt);
        if (last == long.MinValue || time.GetElapsedTime(last, now) >= KeptFor)
        {
            Interlocked.Exchange(ref freeBytes, Look());
            Interlocked.Exchange(ref lookedAt, now);
        }
        return Interlocked.Read(ref freeBytes) >= bytes;
    }

    private long Look()
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(storage.Value.DataDirectory)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue; // the commit itself will say so
        }
    }
}
