namespace Helpdesk.Mail.Smtp;

/// <summary>Tells our own patience from the caller's wish to stop.</summary>
internal sealed class Patience(TimeSpan longest, TimeProvider time, CancellationToken caller) : IDisposable
{
    private readonly CancellationTokenSource patience = new(longest, time);

    public async Task RunAsync(Func<CancellationToken, Task> work) =>
        await RunAsync(async token =>
        {
            await work(token);
            return true;
        });

    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, caller);
        try
        {
            return await work(both.Token);
        }
        catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server did not answer within {longest}.", e);
        }
    }

    public void Dispose() => patience.Dispose();
}
