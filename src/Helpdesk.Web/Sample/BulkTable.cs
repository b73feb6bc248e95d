using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Helpdesk.Tickets.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using SQLitePCL;

namespace Helpdesk.Web.Sample;

/// <summary>
/// Writes many new rows of one table quickly, as the model maps them: a prepared INSERT on SQLite, COPY on PostgreSQL. The change tracker
/// never sees them. Keys are numbers given here; foreign keys are read from the navigations.
/// </summary>
internal sealed class BulkTable<T>
    where T : class
{
    private readonly HelpdeskDbContext db;
    private readonly string table;
    private readonly string bareName;
    private readonly List<Column> columns = [];
    private readonly Action<T, long> setKey;

    private sealed record Column(string Name, string StoreType, Func<T, object?> Read);

    public BulkTable(HelpdeskDbContext db)
    {
        this.db = db;
        var type = db.Model.FindEntityType(typeof(T))!;
        var sql = db.GetService<ISqlGenerationHelper>();
        bareName = type.GetTableName()!;
        table = sql.DelimitIdentifier(bareName, type.GetSchema());
        var store = StoreObjectIdentifier.Table(bareName, type.GetSchema());
        foreach (var property in type.GetProperties())
            columns.Add(
                new(
                    sql.DelimitIdentifier(property.GetColumnName(store)!),
                    property.GetRelationalTypeMapping().StoreTypeNameBase,
                    Reader(property)
                )
            );
        setKey = Setter<long>(type.FindPrimaryKey()!.Properties[0].Name);
    }

    /// <summary>Gives the rows their keys, in their order, following all keys ever used. Needs an open transaction.</summary>
    public async Task NumberAsync(IReadOnlyList<T> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        var next = await ReserveAsync(rows.Count, cancellationToken);
        foreach (var row in rows)
            setKey(row, next++);
    }

    /// <summary>Inserts rows that have their keys. Needs an open transaction.</summary>
    public async Task InsertAsync(IReadOnlyList<T> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        if (db.Database.GetDbConnection() is NpgsqlConnection postgres)
            await CopyAsync(postgres, rows, cancellationToken);
        else
            InsertOneByOne((SqliteConnection)db.Database.GetDbConnection(), rows, cancellationToken);
    }

    /// <summary>Writes a property whose setter only its own class may use: a row of history brings its own values.</summary>
    public static Action<T, TValue> Setter<TValue>(string property) =>
        typeof(T)
            .GetProperty(property, BindingFlags.Instance | BindingFlags.Public)!
            .GetSetMethod(nonPublic: true)!
            .CreateDelegate<Action<T, TValue>>();

    private static Func<T, object?> Reader(IProperty property)
    {
        var convert = property.GetRelationalTypeMapping().Converter?.ConvertToProvider;
        Func<T, object?> read = property.PropertyInfo is { } info ? Getter<T>(info) : _ => null;
        foreach (var foreignKey in property.GetContainingForeignKeys())
        {
            if (foreignKey is { DependentToPrincipal.PropertyInfo: { } navigation, Properties.Count: 1 })
            {
                var principal = Getter<T>(navigation);
                var key = Getter<object>(foreignKey.PrincipalKey.Properties[0].PropertyInfo!);
                var own = read;
                read = row => principal(row) is { } other ? key(other) : own(row);
            }
        }
        if (convert is null)
            return read;
        var plain = read;
        return row => plain(row) is { } value ? convert(value) : null;
    }

    private static Func<TOwner, object?> Getter<TOwner>(PropertyInfo info)
    {
        var row = Expression.Parameter(typeof(TOwner));
        var value = Expression.Property(Expression.Convert(row, info.DeclaringType!), info);
        return Expression.Lambda<Func<TOwner, object?>>(Expression.Convert(value, typeof(object)), row).Compile();
    }

    private async Task<long> ReserveAsync(int count, CancellationToken cancellationToken)
    {
        if (db.Database.GetDbConnection() is not NpgsqlConnection)
        {
            var used = await ScalarAsync(
                $"SELECT MAX(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = '{bareName}'), 0), COALESCE((SELECT MAX(\"Id\") FROM {table}), 0))",
                cancellationToken
            );
            return used + 1;
        }
        // nobody else draws numbers between reading and moving the sequence
        await ScalarAsync($"LOCK TABLE {table} IN EXCLUSIVE MODE; SELECT 1::bigint", cancellationToken);
        var sequence = $"pg_get_serial_sequence('{table}', 'Id')";
        var first = await ScalarAsync($"SELECT nextval({sequence})", cancellationToken);
        var last = (first + count - 1).ToString(CultureInfo.InvariantCulture);
        await ScalarAsync($"SELECT setval({sequence}, {last})", cancellationToken);
        return first;
    }

    private async Task<long> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    private DbCommand Command(string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = sql;
        return command;
    }

    /// <summary>
    /// The engine's own interface: one statement, values bound by place. Through ADO.NET each value is looked up by name first, which costs
    /// more than the insert itself.
    /// </summary>
    private void InsertOneByOne(SqliteConnection connection, IReadOnlyList<T> rows, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", columns.Select(c => c.Name));
        var places = string.Join(", ", Enumerable.Repeat("?", columns.Count));
        var database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(database, $"INSERT INTO {table} ({names}) VALUES ({places})", out var statement));
        using (statement)
        {
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < columns.Count; i++)
                    Check(Bind(statement, i + 1, columns[i].Read(row)));
                var result = raw.sqlite3_step(statement);
                Check(result is raw.SQLITE_DONE ? raw.SQLITE_OK : result);
                Check(raw.sqlite3_reset(statement));
            }
        }

        void Check(int result) => SqliteException.ThrowExceptionForRC(result, database);
    }

    /// <summary>The same storage forms that Microsoft.Data.Sqlite gives to values which the model has converted already.</summary>
    private static int Bind(sqlite3_stmt statement, int place, object? value) =>
        value switch
        {
            null => raw.sqlite3_bind_null(statement, place),
            string text => raw.sqlite3_bind_text(statement, place, text),
            long number => raw.sqlite3_bind_int64(statement, place, number),
            int number => raw.sqlite3_bind_int64(statement, place, number),
            bool flag => raw.sqlite3_bind_int64(statement, place, flag ? 1 : 0),
            double number => raw.sqlite3_bind_double(statement, place, number),
            Guid id => raw.sqlite3_bind_text(statement, place, id.ToString().ToUpperInvariant()),
            byte[] bytes => raw.sqlite3_bind_blob(statement, place, bytes),
            _ => throw new NotSupportedException($"No storage form is known for {value.GetType()}."),
        };

    private async Task CopyAsync(
        NpgsqlConnection connection,
        IReadOnlyList<T> rows,
        CancellationToken cancellationToken
    )
    {
        var names = string.Join(", ", columns.Select(c => c.Name));
        await using var writer = await connection.BeginBinaryImportAsync(
            $"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var row in rows)
        {
            await writer.StartRowAsync(cancellationToken);
            foreach (var column in columns)
            {
                if (column.Read(row) is { } value)
                    await writer.WriteAsync(value, column.StoreType, cancellationToken);
                else
                    await writer.WriteNullAsync(cancellationToken);
            }
        }
        await writer.CompleteAsync(cancellationToken);
    }
}
