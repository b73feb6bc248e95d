using Helpdesk.Tickets.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Commands;

/// <summary>One consistent copy of the data file while the desk runs, and its way back. The search index is not in it: it rebuilds itself.</summary>
internal static class Backup
{
    public static async Task<int> WriteAsync(
        IServiceProvider services,
        string file,
        CancellationToken cancellationToken
    )
    {
        RequireSqlite(services, "pg_dump");
        if (File.Exists(file))
            throw new IOException($"{file} exists. Backups never overwrite: choose another name.");
        await using var db = await services
            .GetRequiredService<IDbContextFactory<HelpdeskDbContext>>()
            .CreateDbContextAsync(cancellationToken);
        // a reader's snapshot: writers go on meanwhile, and free pages (deleted text) are left out
        await db.Database.ExecuteSqlAsync($"VACUUM INTO {file}", cancellationToken);
        await Console.Error.WriteLineAsync($"{file}: {new FileInfo(file).Length:N0} bytes");
        return 0;
    }

    public static async Task<int> RestoreAsync(
        IServiceProvider services,
        string file,
        CancellationToken cancellationToken
    )
    {
        var storage = RequireSqlite(services, "pg_restore");
        if (!File.Exists(file))
            throw new IOException($"There is no file {file}.");
        var target = new SqliteConnectionStringBuilder(storage.EffectiveConnectionString).DataSource;
        if (File.Exists(target))
            throw new IOException($"{target} exists. Restore goes into an empty place: move the old file away first.");
        await using (var source = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False"))
        {
            await source.OpenAsync(cancellationToken);
            await using var check = source.CreateCommand();
            check.CommandText = "PRAGMA integrity_check";
            if (await check.ExecuteScalarAsync(cancellationToken) is not "ok")
                throw new InvalidDataException($"{file} is damaged. Nothing was restored.");
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        var partial = target + ".restoring";
        File.Copy(file, partial, overwrite: true);
        File.Move(partial, target); // a restore that was cut off never looks like a data file
        // what the index has seen may not be what the restored articles are: it rebuilds itself
        var index = Path.Combine(storage.DataDirectory, "index");
        if (Directory.Exists(index))
            Directory.Delete(index, recursive: true);
        await Console.Error.WriteLineAsync($"restored to {target}");
        return 0;
    }

    private static StorageOptions RequireSqlite(IServiceProvider services, string instead)
    {
        var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        return storage.Provider is StorageProvider.Sqlite
            ? storage
            : throw new IOException($"The data is in PostgreSQL. Use {instead}; it does this better.");
    }
}
