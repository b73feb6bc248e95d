using System.Text.Json;

namespace Helpdesk.Tickets.Settings;

/// <summary>One field of what was changed, as an administrator reads it.</summary>
/// <param name="Name">The field's name in its form or file.</param>
/// <param name="Was">Null: there was nothing.</param>
/// <param name="Became">Null: there is nothing any more.</param>
public sealed record ChangedField(string Name, string? Was, string? Became);

/// <summary>A change of how the desk is set up: who, when and what. Written in the transaction of the change; rows are only added.</summary>
public sealed class AdministrationChange
{
    public const int MaxSubjectLength = 200;
    public const int MaxValueLength = 400;
    private const int MostFields = 200;

    public long Id { get; private set; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Null: the desk itself, or somebody at the machine's command line.</summary>
    public Guid? ByUserId { get; init; }

    /// <summary>Their name then.</summary>
    public string ByName { get; init; } = "";

    /// <summary>The part of the administration: <c>topics</c>, <c>people</c>, <c>rules</c> …</summary>
    public required string Area { get; init; }

    /// <summary>Past tense: <c>topic saved</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The name of what was changed; empty for the desk as a whole.</summary>
    public string Subject { get; init; } = "";

    /// <summary><see cref="Fields"/> as a JSON array.</summary>
    public string FieldsJson { get; private set; } = "[]";

    /// <summary>Before and after, long values and long lists cut.</summary>
    public IReadOnlyList<ChangedField> Fields
    {
        get => JsonSerializer.Deserialize<List<ChangedField>>(FieldsJson)!;
        init =>
            (FieldsJson, MoreFields) = (
                JsonSerializer.Serialize(value.Take(MostFields).Select(Short)),
                Math.Max(0, value.Count - MostFields)
            );
    }

    /// <summary>So many more fields were changed than are kept.</summary>
    public int MoreFields { get; private set; }

    private static ChangedField Short(ChangedField field) => new(field.Name, Short(field.Was), Short(field.Became));

    private static string? Short(string? value) => value is null ? null : Text.Cut(value, MaxValueLength);
}
