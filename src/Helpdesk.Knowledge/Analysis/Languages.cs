namespace Helpdesk.Knowledge.Analysis;

public static class Languages
{
    /// <summary>The language of an ISO 639-1 code such as "de"; unknown for every other text.</summary>
    public static Language FromCode(string? code) =>
        code switch
        {
            "en" => Language.English,
            "ru" => Language.Russian,
            "uk" => Language.Ukrainian,
            "pl" => Language.Polish,
            "de" => Language.German,
            _ => Language.Unknown,
        };
}
