namespace Helpdesk.Web.Security;

/// <summary>Where to go after signing in or saving: only ever a path of our own.</summary>
public static class ReturnUrl
{
    /// <summary>The path when it is local, else <paramref name="fallback"/>. Refuses <c>//host</c>, <c>/\host</c> and control characters, which browsers drop.</summary>
    public static string OrElse(string? path, string fallback) => IsLocal(path) ? path! : fallback;

    public static bool IsLocal(string? path) =>
        path is ['/'] or ['/', not '/' and not '\\', ..] && !path.Any(char.IsControl) && path.Length <= 2000;
}
