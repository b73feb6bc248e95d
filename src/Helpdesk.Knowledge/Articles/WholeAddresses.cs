using System.Text.RegularExpressions;

namespace Helpdesk.Knowledge.Articles;

/// <summary>
/// An article's text for where no help centre stands around it: in a mail or a reply. Articles name each other by their slugs and files by
/// their paths, which lead nowhere from there.
/// </summary>
public static partial class WholeAddresses
{
    /// <param name="publicUrl">Where the help centre is.</param>
    public static string In(string markdown, string publicUrl)
    {
        var site = publicUrl.TrimEnd('/');
        var withPaths = OwnPath().Replace(markdown, m => $"{m.Groups["lead"].Value}{site}{m.Groups["path"].Value}");
        return OtherArticle()
            .Replace(
                withPaths,
                m => $"{m.Groups["lead"].Value}{site}/articles/{m.Groups["slug"].Value}{m.Groups["end"].Value}"
            );
    }

    // both ways in which Markdown names a target: in the link, and below the text; two slashes name another host
    [GeneratedRegex(
        @"(?<lead>\]\(<?|\]:[ ]*)(?<path>/[^/\s])",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex OwnPath();

    [GeneratedRegex(
        @"(?<lead>\]\()(?<slug>[a-z0-9-]+)(?<end>[)\s])",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex OtherArticle();
}
