namespace Helpdesk.Web.Components.Parts;

/// <summary>What an island says back after an action: one at a time, ten seconds, undone while it shows.</summary>
public sealed class Toasts(TimeProvider time) : IDisposable
{
    /// <summary>How long it stays, and how long it can be undone.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private ITimer? _timer;

    /// <summary>Raised on any thread when <see cref="Current"/> changed.</summary>
    public event EventHandler? Changed;

    public Toast? Current { get; private set; }

    /// <summary>Shows a sentence, in the place of the one before.</summary>
    /// <param name="undo">Offered as a button when given; the action itself must wait for <see cref="Lifetime"/> or be revertible.</param>
    public void Show(string text, Func<Task>? undo = null)
    {
        Current = new(text, undo);
        _timer?.Dispose();
        _timer = time.CreateTimer(_ => Close(), null, Lifetime, Timeout.InfiniteTimeSpan);
        Changed?.Invoke(this, EventArgs.Empty);
    }

    public void Close()
    {
        Current = null;
        Changed?.Invoke(this, EventArgs.Empty);
    }

    public async Task UndoAsync()
    {
        var undo = Current?.Undo;
        Close();
        if (undo is not null)
            await undo();
    }

    public void Dispose() => _timer?.Dispose();
}

/// <summary>One sentence said back.</summary>
public sealed record Toast(string Text, Func<Task>? Undo);
