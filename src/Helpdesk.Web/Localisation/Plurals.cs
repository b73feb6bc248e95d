using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Localisation;

/// <summary>Counted words. Each form is a resource of its own: <c>Tickets.one</c>, <c>Tickets.few</c>, <c>Tickets.other</c>.</summary>
public static class Plurals
{
    /// <summary>The text for a number of things; <c>{0}</c> is the number in the reader's notation, further arguments follow it.</summary>
    /// <param name="texts">Has <c>key.other</c> at least; a missing form falls back to it.</param>
    public static string Count(this IStringLocalizer texts, string key, long number, params object[] arguments)
    {
        var culture = CultureInfo.CurrentUICulture;
        object[] all = [number.ToString("N0", culture), .. arguments];
        var text = texts[$"{key}.{Form(culture.TwoLetterISOLanguageName, number)}", all];
        return text.ResourceNotFound ? texts[$"{key}.other", all] : text;
    }

    /// <summary>The plural form of a whole number: the cardinal rules of Unicode CLDR for the languages we mean to speak.</summary>
    public static string Form(string language, long number)
    {
        var n = Math.Abs(number);
        var (ten, hundred) = (n % 10, n % 100);
        var teen = hundred is >= 11 and <= 14;
        return language switch
        {
            "pl" when n == 1 => "one",
            "pl" when ten is >= 2 and <= 4 && !teen => "few",
            "pl" => "many",
            "ru" or "uk" when ten == 1 && !teen => "one",
            "ru" or "uk" when ten is >= 2 and <= 4 && !teen => "few",
            "ru" or "uk" => "many",
            _ => n == 1 ? "one" : "other",
        };
    }
}
