using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Helpdesk.Knowledge.Articles;

/// <summary>An address made of words.</summary>
public static class Slugs
{
    /// <summary><c>Wo ist meine Karte?</c> → <c>wo-ist-meine-karte</c>; empty where nothing of it can stand in an address.</summary>
    public static string Of(string? title)
    {
        var slug = new StringBuilder();
        foreach (var c in WithoutLoneSurrogates(title ?? "").Normalize(NormalizationForm.FormD))
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

    /// <summary>Lower-case letters a–z, digits and single hyphens between them.</summary>
    public static bool IsWellFormed([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= Article.MaxSlugLength }
        && text[0] != '-'
        && text[^1] != '-'
        && !text.Contains("--", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    // normalising refuses them
    private static string WithoutLoneSurrogates(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            whole.Append(rune.ToString());
        return whole.ToString();
    }
}
