namespace Helpdesk.Testing;

/// <summary>Public measuring data kept beside the checkout; absent on most machines, so tests on it skip with a reason.</summary>
public static class SharedData
{
    /// <summary>The folder <c>shared/data</c> beside the checkout, or null where there is none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The path of a file or folder of that data, or null when it is not there.</summary>
    public static string? Path(string relative)
    {
        if (Root is null)
            return null;
        var path = System.IO.Path.Combine(Root, relative);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    private static string? Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var candidate = System.IO.Path.Combine(at.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
