using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Helpdesk.Web.Tests.Statements;

/// <summary>What a desk asks its database from now on, every statement once, as it was first asked.</summary>
internal sealed class StatementLog
    : IObserver<DiagnosticListener>,
        IObserver<KeyValuePair<string, object?>>,
        IDisposable
{
    private readonly string _dataFile;
    private readonly List<IDisposable> _subscriptions = [];
    private readonly Dictionary<string, List<(string Name, object? Value)>> _statements = new(StringComparer.Ordinal);

    /// <param name="dataFile">Of the one desk that is listened to; others may live in this process.</param>
    public StatementLog(string dataFile)
    {
        _dataFile = dataFile;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>What was asked since the last time.</summary>
    public IReadOnlyDictionary<string, List<(string Name, object? Value)>> Take()
    {
        lock (_statements)
        {
            var taken = _statements.ToDictionary(StringComparer.Ordinal);
            _statements.Clear();
            return taken;
        }
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
            _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (
            value.Key == RelationalEventId.CommandExecuting.Name
            && value.Value is CommandEventData { Command: { } command }
            && command.Connection?.DataSource == _dataFile
        )
            lock (_statements)
                _statements.TryAdd(command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(Copy)]);
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
    }

    private static (string Name, object? Value) Copy(DbParameter parameter) =>
        (parameter.ParameterName, parameter.Value is DBNull ? null : parameter.Value);
}
