using System.Globalization;
using SQLitePCL;

namespace Helpdesk.Web.Tests.Statements;

/// <summary>Runs a statement on SQLite itself and says how many steps of its machine it took, which no clock can.</summary>
internal sealed class StatementWork : IDisposable
{
    private readonly sqlite3 _database;

    public StatementWork(string dataFile)
    {
        if (raw.sqlite3_open_v2(dataFile, out _database, raw.SQLITE_OPEN_READWRITE, null) != raw.SQLITE_OK)
            throw new InvalidOperationException($"{dataFile} cannot be opened.");
    }

    /// <summary>Changes nothing: what the statement writes is rolled back.</summary>
    public int StepsOf(string sql, IEnumerable<(string Name, object? Value)> parameters)
    {
        raw.sqlite3_exec(_database, "BEGIN");
        try
        {
            var steps = 0;
            for (var rest = sql; !string.IsNullOrWhiteSpace(rest); )
            {
                if (raw.sqlite3_prepare_v2(_database, rest, out var statement, out rest) != raw.SQLITE_OK)
                    throw new InvalidOperationException($"{raw.sqlite3_errmsg(_database).utf8_to_string()}\n{sql}");
                using (statement)
                {
                    foreach (var (name, value) in parameters)
                        Bind(statement, raw.sqlite3_bind_parameter_index(statement, name), value);
                    while (raw.sqlite3_step(statement) == raw.SQLITE_ROW) { }
                    steps += raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_VM_STEP, 0);
                }
            }
            return steps;
        }
        finally
        {
            raw.sqlite3_exec(_database, "ROLLBACK");
        }
    }

    public void Dispose() => _database.Dispose();

    private static void Bind(sqlite3_stmt statement, int index, object? value)
    {
        if (index == 0)
            return;
        var result = value switch
        {
            null => raw.sqlite3_bind_null(statement, index),
            byte[] bytes => raw.sqlite3_bind_blob(statement, index, bytes),
            string text => raw.sqlite3_bind_text(statement, index, text),
            Guid id => raw.sqlite3_bind_text(statement, index, id.ToString().ToUpperInvariant()),
            double or float => raw.sqlite3_bind_double(
                statement,
                index,
                Convert.ToDouble(value, CultureInfo.InvariantCulture)
            ),
            _ => raw.sqlite3_bind_int64(statement, index, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        };
        if (result != raw.SQLITE_OK)
            throw new InvalidOperationException($"Parameter {index} cannot be bound.");
    }
}
