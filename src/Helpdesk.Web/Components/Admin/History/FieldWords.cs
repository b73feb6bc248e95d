using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Admin.History;

/// <summary>What people call the fields of forms and of the set-up's file.</summary>
internal static class FieldWords
{
    private static readonly Dictionary<string, string> Sections = new(StringComparer.Ordinal)
    {
        ["desk"] = "Section.desk",
        ["rules"] = "Section.rules",
        ["teams"] = "Field.TeamId",
        ["skills"] = "Field.SkillId",
        ["hours"] = "Field.HoursId",
        ["areas"] = "Field.AreaId",
        ["topics"] = "Field.Topic",
        ["people"] = "Field.Person",
        ["automaticAnswers"] = "Field.State",
    };

    /// <param name="name">A form's field (<c>TeamId</c>), one with an entry (<c>Skills/Mortgages</c>), or one of the set-up (<c>topics/card_lost: team</c>).</param>
    /// <returns>Its words; what is named after something of the desk's own keeps that name.</returns>
    public static string Of(IStringLocalizer<AdminTexts> texts, string name)
    {
        var (place, field) = Cut(name, ": ");
        var (section, entry) = Cut(place, "/");
        if (field is null || !Sections.TryGetValue(section, out var called))
            return field is not null ? name : OfForm(texts, section, entry);
        var what = entry is null ? texts[called].Value : texts["SetUp.Of", texts[called].Value, entry].Value;
        // a person's fields are those of the file and the keys of skills
        return texts[
            "Changes.Entry",
            what,
            section is "rules" ? Rule(texts, field) : Word(texts, Upper(field)) ?? field
        ];
    }

    /// <summary>The field's own name, without where it stands.</summary>
    public static string LastOf(string name) => Cut(name, ": ") is (_, { } field) ? Upper(field) : Cut(name, "/").First;

    private static string OfForm(IStringLocalizer<AdminTexts> texts, string field, string? entry) =>
        field is "Points" && entry is not null ? Rule(texts, entry)
        : (Word(texts, field) ?? field) is var word && entry is null ? word
        : texts["Changes.Entry", word, entry!];

    private static string Rule(IStringLocalizer<AdminTexts> texts, string name) =>
        texts[$"Rules.{Upper(name)}"] is { ResourceNotFound: false } known ? known.Value : name;

    private static string? Word(IStringLocalizer<AdminTexts> texts, string field) =>
        texts[$"Field.{field}"] is { ResourceNotFound: false } known ? known.Value : null;

    private static string Upper(string field) => char.ToUpperInvariant(field[0]) + field[1..];

    private static (string First, string? After) Cut(string text, string at) =>
        text.IndexOf(at, StringComparison.Ordinal) is > 0 and var found && found + at.Length < text.Length
            ? (text[..found], text[(found + at.Length)..])
            : (text, null);
}
