using System.Globalization;

namespace Helpdesk.Web.Localisation;

/// <summary>The languages the screens are written in: those with a full set of resources. The first is the default.</summary>
public static class Languages
{
    public static IReadOnlyList<CultureInfo> All { get; } = [CultureInfo.GetCultureInfo("en")];

    public static CultureInfo Default => All[0];

    /// <summary>The language for a wish such as <c>de-AT</c>, or null when we do not speak it.</summary>
    public static CultureInfo? Find(string? name) =>
        string.IsNullOrEmpty(name)
            ? null
            : All.FirstOrDefault(language =>
                name.Equals(language.Name, StringComparison.OrdinalIgnoreCase)
                || name.StartsWith(language.Name + "-", StringComparison.OrdinalIgnoreCase)
            );
}
