using System.Globalization;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>The language that a visitor's browser asks for first, whatever the screens are written in: articles may be in more languages.</summary>
public static class ReaderLanguage
{
    /// <returns>Two lower-case letters; null where the browser says nothing of use.</returns>
    public static string? Of(HttpContext context) =>
        context
            .Request.GetTypedHeaders()
            .AcceptLanguage.OrderByDescending(language => language.Quality ?? 1)
            .Select(language => CodeOf(language.Value.Value))
            .FirstOrDefault(code => code is not null);

    /// <summary>A language's name in the reader's: <c>German</c>.</summary>
    public static string NameOf(string code) =>
        CodeOf(code) is { } known ? CultureInfo.GetCultureInfo(known).DisplayName : code;

    /// <summary>A language's name for itself: <c>Deutsch</c>.</summary>
    public static string OwnNameOf(string code) =>
        CodeOf(code) is { } known ? CultureInfo.GetCultureInfo(known).NativeName : code;

    private static string? CodeOf(string? language) =>
        language is { Length: >= 2 }
        && char.IsAsciiLetter(language[0])
        && char.IsAsciiLetter(language[1])
        && (language.Length == 2 || language[2] == '-')
            ? language[..2].ToLowerInvariant()
            : null;
}
