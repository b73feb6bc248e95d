using System.Globalization;
using System.Text;
using Helpdesk.Knowledge.Articles;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>An address made of a title.</summary>
public static class SlugWords
{
    /// <summary><c>Wo ist meine Karte?</c> → <c>wo-ist-meine-karte</c>; empty where nothing of it can stand in an address.</summary>
    public static string Of(string? title)
    {
        var slug = new StringBuilder();
        foreach (var c in (title ?? "").Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark || c is '\'' or '’')
                continue;
            var lower = char.ToLowerInvariant(c);
            if (char.IsAsciiLetterOrDigit(lower))
                slug.Append(lower);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        if (slug.Length > Article.MaxSlugLength)
            slug.Length = Article.MaxSlugLength;
        return slug.ToString().Trim('-');
    }
}
