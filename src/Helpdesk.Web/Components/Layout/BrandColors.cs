using System.Globalization;
using System.Text.RegularExpressions;

namespace Helpdesk.Web.Components.Layout;

/// <summary>
/// A company's colour as the pages can use it: darkened or lightened just so far that everything stays readable, by the contrast of
/// WCAG 2.2 (4.5 for text, 3 for the shape of a button).
/// </summary>
/// <param name="Light">For buttons on light pages.</param>
/// <param name="Dark">For buttons on dark pages.</param>
/// <param name="OnLight">Text on <paramref name="Light"/>.</param>
/// <param name="OnDark">Text on <paramref name="Dark"/>.</param>
/// <param name="LinkLight">Links on light pages.</param>
/// <param name="LinkDark">Links on dark pages.</param>
public sealed partial record BrandColors(
    string Light,
    string Dark,
    string OnLight,
    string OnDark,
    string LinkLight,
    string LinkDark
)
{
    public const double TextContrast = 4.5;
    public const double ShapeContrast = 3;

    // the grounds of tokens.css on which it stands out least: of shapes, and of links, which also stand on banners and on found words
    private const string LightGround = "#f1eee8";
    private const string LightTinted = "#fde9a6";
    private const string DarkGround = "#25282e";
    private const string DarkTinted = "#453604";
    private const string White = "#ffffff";
    private const string Black = "#000000";
    private const int Steps = 100;

    /// <param name="color"><c>#rrggbb</c>.</param>
    public static BrandColors Of(string color)
    {
        var light = Towards(color, Black, LightGround, ShapeContrast);
        var dark = Towards(color, White, DarkGround, ShapeContrast);
        return new(
            light,
            dark,
            TextOn(light),
            TextOn(dark),
            Towards(color, Black, LightTinted, TextContrast),
            Towards(color, White, DarkTinted, TextContrast)
        );
    }

    /// <summary><c>#rrggbb</c> in lower case; null for what is no colour.</summary>
    public static string? Parse(string? text) =>
        text?.Trim().ToLowerInvariant() is { } color && Hexadecimal().IsMatch(color) ? color : null;

    /// <summary>From 1 to 21.</summary>
    public static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>What the pages' tokens become.</summary>
    public string Css() =>
        ":root{"
        + $"--brand:light-dark({Light},{Dark});"
        + $"--brand-hover:light-dark({Hovered(Light, OnLight)},{Hovered(Dark, OnDark)});"
        + $"--on-brand:light-dark({OnLight},{OnDark});"
        + $"--link:light-dark({LinkLight},{LinkDark})}}";

    // of white and black one always can be read
    private static string TextOn(string ground) => Contrast(White, ground) >= TextContrast ? White : Black;

    /// <summary>The ground of a button under the pointer: further from its text, never nearer.</summary>
    private static string Hovered(string ground, string text) => Mixed(ground, text == White ? Black : White, 0.15);

    private static string Towards(string color, string end, string ground, double least)
    {
        for (var step = 0; step < Steps; step++)
        {
            var mixed = Mixed(color, end, (double)step / Steps);
            if (Contrast(mixed, ground) >= least)
                return mixed;
        }
        return end;
    }

    private static string Mixed(string color, string other, double share)
    {
        var (from, to) = (Channels(color), Channels(other));
        return "#"
            + string.Concat(
                from.Zip(
                    to,
                    (a, b) => ((int)Math.Round(a + ((b - a) * share))).ToString("x2", CultureInfo.InvariantCulture)
                )
            );
    }

    private static double Luminance(string color)
    {
        var linear = Array.ConvertAll(
            Channels(color),
            channel => channel / 255.0 is var c && c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)
        );
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }

    private static int[] Channels(string color) =>
        [
            .. new[] { 1, 3, 5 }.Select(at =>
                int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            ),
        ];

    [GeneratedRegex("^#[0-9a-f]{6}$", RegexOptions.NonBacktracking)]
    private static partial Regex Hexadecimal();
}
