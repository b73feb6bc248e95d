using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Helpdesk.Mail.Intake;

/// <summary>Tells a database that cannot work now from data that it will never take.</summary>
public static class StorageTrouble
{
    private const int SqliteFull = 13;
    private const int SqliteConstraint = 19;
    private const int SqliteTooBig = 18;

    public static bool IsDiskFull(Exception e) =>
        Innermost(e) is SqliteException { SqliteErrorCode: SqliteFull } or DbException { SqlState: "53100" };

    /// <summary>True where the same commit may succeed later without anybody doing anything to the data.</summary>
    public static bool IsPassing(Exception e) =>
        Innermost(e) switch
        {
            SqliteException sqlite => sqlite.SqliteErrorCode is not (SqliteConstraint or SqliteTooBig),
            // class 22 data, 23 constraint, 42 syntax and types; everything else is the server's own trouble
            DbException { SqlState: { } state } => !state.StartsWith("22", StringComparison.Ordinal)
                && !state.StartsWith("23", StringComparison.Ordinal)
                && !state.StartsWith("42", StringComparison.Ordinal),
            DbException or OperationCanceledException or TimeoutException or IOException => true,
            _ => false,
        };

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
