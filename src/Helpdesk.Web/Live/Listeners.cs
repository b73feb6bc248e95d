using System.Collections.Concurrent;

namespace Helpdesk.Web.Live;

/// <summary>Who wants to be told. Listeners are called on the teller's thread and must only hand over.</summary>
internal sealed class Listeners<T>(ILogger log)
{
    private readonly ConcurrentDictionary<object, Action<T>> all = new();

    public bool Any => !all.IsEmpty;

    /// <returns>Dispose it to stop listening.</returns>
    public IDisposable Add(Action<T> listener)
    {
        var key = new object();
        all[key] = listener;
        return new Subscription(() => all.TryRemove(key, out _));
    }

    /// <summary>One listener's failure is not the others'.</summary>
    public void Tell(T news)
    {
        foreach (var listener in all.Values)
        {
            try
            {
                listener(news);
            }
            catch (Exception exception)
            {
                log.LogWarning(exception, "A listener of live changes failed");
            }
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
