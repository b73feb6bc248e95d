using System.Globalization;
using Helpdesk.Mail.Outbound;

namespace Helpdesk.Web.Components.Admin.Letters;

/// <summary>Whose words are edited: a team's or the desk's, for one language or for all that have none.</summary>
/// <param name="TeamId"><see cref="LetterWords.Desk"/> for the desk.</param>
/// <param name="Language"><see cref="LetterWords.AnyLanguage"/> for all.</param>
public readonly record struct LetterPlace(int TeamId, string Language)
{
    public static LetterPlace Default { get; } = new(LetterWords.Desk, LetterWords.AnyLanguage);

    public bool IsDefault => this == Default;

    /// <summary>The place as the end of an address; empty for the desk's words in all languages.</summary>
    public string Query =>
        IsDefault ? "" : string.Create(CultureInfo.InvariantCulture, $"?team={TeamId}&lang={Language}");

    /// <summary>From the parts of an address; what makes no sense counts as not given.</summary>
    public static LetterPlace Parse(int? teamId, string? language) =>
        new(
            teamId is > 0 and var team ? team : LetterWords.Desk,
            LetterLanguages.Offered.Contains(language) ? language! : LetterWords.AnyLanguage
        );

    /// <summary>What the language is called by those who speak it.</summary>
    public static string NameOf(string language) => CultureInfo.GetCultureInfo(language).NativeName;
}
