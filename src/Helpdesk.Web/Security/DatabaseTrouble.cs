using System.Data.Common;

namespace Helpdesk.Web.Security;

/// <summary>A database that is away or busy: it heals by itself, and what failed may be tried again.</summary>
public static class DatabaseTrouble
{
    // PostgreSQL's provider wraps what may pass in an InvalidOperationException
    public static bool Is(Exception exception) =>
        exception is DbException or TimeoutException or { InnerException: DbException or TimeoutException };
}
