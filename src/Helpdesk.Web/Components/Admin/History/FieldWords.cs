using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Admin.History;

/// <summary>What people call the fields of forms and of the set-up's file, and what they hold.</summary>
internal static class FieldWords
{
    private const string Levels = "skills/";

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

    /// <summary>A field's name, taken apart.</summary>
    /// <param name="Place">A section of the set-up's file, or a form's field.</param>
    /// <param name="Entry">What it is about: named by people, so with any signs in it.</param>
    /// <param name="Field">Of the set-up only.</param>
    private readonly record struct Parts(string Place, string? Entry, string? Field);

    /// <param name="name">A form's field (<c>TeamId</c>), one with an entry (<c>Skills/Mortgages</c>), or one of the set-up (<c>topics/card_lost: team</c>).</param>
    /// <returns>Its words; what is named after something of the desk's own keeps that name.</returns>
    /// <param name="topics">Names of areas and topics by key, to be called by; what is not in it keeps its key.</param>
    public static string Of(
        IStringLocalizer<AdminTexts> texts,
        string name,
        IReadOnlyDictionary<string, string>? topics = null
    )
    {
        var (place, entry, field) = Read(name);
        if (entry is not null && place is "topics" or "areas" or "automaticAnswers")
            entry = topics?.GetValueOrDefault(entry) ?? entry;
        if (field is null)
            return OfForm(texts, place, entry) ?? name;
        var called = texts[Sections[place]].Value;
        var what = entry is null ? called : texts["SetUp.Of", called, entry].Value;
        return texts[
            "Changes.Entry",
            what,
            place is "rules" ? Rule(texts, field)
            : field.StartsWith(Levels, StringComparison.Ordinal) ? field[Levels.Length..]
            // changes of before name a skill's level by its key alone
            : Word(texts, Upper(field)) ?? field
        ];
    }

    /// <summary>A value in words, where the field holds one of few.</summary>
    public static string Value(IStringLocalizer<AdminTexts> texts, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return texts["Changes.Nothing"];
        if (value == bool.TrueString)
            return texts["Changes.Yes"];
        if (value == bool.FalseString)
            return texts["Changes.No"];
        return Read(name) switch
        {
            ("Role", null, null) => texts[$"Role.{value}"],
            ("Presence", null, null) => texts[$"Presence.{value}"],
            ("State", null, null) or ("automaticAnswers", _, "state") => texts[$"AnsweringState.{value}"],
            ("Rights", null, null) => string.Join(
                ", ",
                value.Split(", ").Select(right => texts[$"Right.{right}"].Value)
            ),
            _ => value,
        };
    }

    private static Parts Read(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var colon = name.IndexOf(": ", StringComparison.Ordinal);
        if (colon > 0 && (slash < 0 || colon < slash))
            return Sections.ContainsKey(name[..colon])
                ? new(name[..colon], null, name[(colon + 2)..])
                : new(name, null, null);
        if (slash <= 0 || slash + 1 == name.Length)
            return new(name, null, null);
        var (place, rest) = (name[..slash], name[(slash + 1)..]);
        if (!Sections.ContainsKey(place))
            return new(place, rest, null);
        // an address has no ": " in it and keys of skills may; elsewhere names may, and the fields behind them are ours
        var cut = place is "people"
            ? rest.IndexOf(": ", StringComparison.Ordinal)
            : rest.LastIndexOf(": ", StringComparison.Ordinal);
        return cut > 0 ? new(place, rest[..cut], rest[(cut + 2)..]) : new(place, rest, null);
    }

    private static string? OfForm(IStringLocalizer<AdminTexts> texts, string field, string? entry) =>
        field is "Points" && entry is not null ? Rule(texts, entry)
        : Word(texts, field) is not { } word ? null
        : entry is null ? word
        : texts["Changes.Entry", word, entry];

    private static string Rule(IStringLocalizer<AdminTexts> texts, string name) =>
        texts[$"Rules.{Upper(name)}"] is { ResourceNotFound: false } known ? known.Value : name;

    private static string? Word(IStringLocalizer<AdminTexts> texts, string field) =>
        texts[$"Field.{field}"] is { ResourceNotFound: false } known ? known.Value : null;

    private static string Upper(string field) => field.Length == 0 ? "" : char.ToUpperInvariant(field[0]) + field[1..];
}
