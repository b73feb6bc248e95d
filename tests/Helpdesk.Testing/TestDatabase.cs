using Helpdesk.Tickets.Data;
using Npgsql;

namespace Helpdesk.Testing;

/// <summary>A fresh database for one test: a SQLite file, or a database on the PostgreSQL server that the test script started.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    /// <summary>Set by the test script: a connection string without a database, e.g. <c>Host=127.0.0.1;Port=55432;Username=helpdesk</c>.</summary>
    public const string ServerVariable = "HELPDESK_TEST_POSTGRES";
    private readonly string directory = Path.Combine(Path.GetTempPath(), "helpdesk-" + Guid.NewGuid().ToString("N"));
    private readonly string? database;

    public TestDatabase(StorageProvider provider)
    {
        Provider = provider;
        Directory.CreateDirectory(directory);
        if (provider is StorageProvider.Postgres)
        {
            if (PostgresServer is null)
                Assert.Skip($"No PostgreSQL server: {ServerVariable} is not set. The test script starts one.");
            database = "t" + Guid.NewGuid().ToString("N");
            ConnectionString = $"{PostgresServer};Database={database};Maximum Pool Size=12";
        }
        else
        {
            ConnectionString = null;
        }
    }

    public static string? PostgresServer { get; } = Environment.GetEnvironmentVariable(ServerVariable);

    public StorageProvider Provider { get; }

    /// <summary>Null for SQLite: the file in <see cref="DataDirectory"/>.</summary>
    public string? ConnectionString { get; }
    public string DataDirectory => directory;

    public IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Storage:Provider", Provider.ToString()),
            new("Storage:DataDirectory", directory),
            new("Storage:ConnectionString", ConnectionString),
        ];

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await using var connection = new NpgsqlConnection(PostgresServer + ";Database=postgres");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = $"drop database if exists {database} with (force)";
            await command.ExecuteNonQueryAsync();
        }
        else
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        }
        Directory.Delete(directory, recursive: true);
    }
}
