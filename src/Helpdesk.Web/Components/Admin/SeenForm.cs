using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Web.Components.Admin;

/// <summary>
/// A form that carries a mark of what its reader saw. What is edited here has no row version, and a form made of several rows would
/// need many: at saving the rows are read again, and another mark means that somebody else was quicker.
/// </summary>
public abstract class SeenForm
{
    // what is worked out from the fields says nothing new; lists are written out all the same, and are marked where they stand
    private static readonly JsonSerializerOptions OnlyFields = new() { IgnoreReadOnlyProperties = true };

    /// <summary>The mark; a hidden field.</summary>
    [JsonIgnore]
    public string? Seen { get; set; }

    public string Mark() => Convert.ToHexStringLower(SHA256.HashData(Bytes()))[..32];

    /// <summary>Sets the mark of the state this form was just read from.</summary>
    public void See() => Seen = Mark();

    /// <summary>What people call the thing that is edited, for the history; empty where it has no name.</summary>
    [JsonIgnore]
    public virtual string Title
    {
        get
        {
            using var mine = JsonDocument.Parse(Bytes());
            return mine.RootElement.TryGetProperty("Name", out var name) ? name.ToString() : "";
        }
    }

    /// <summary>
    /// What is other than before, for the history; with nothing before it, all that is filled in. What stands in a list by keys is told
    /// key by key, as <c>Skills/7</c>. Secrets are no part of a form's mark, and so never told.
    /// </summary>
    public IReadOnlyList<ChangedField> ChangesFrom(SeenForm? before)
    {
        var (was, became) = (before is null ? [] : before.Flat(), Flat());
        return
        [
            .. became
                .Keys.Concat(was.Keys.Where(name => !became.ContainsKey(name)))
                .Select(name => new ChangedField(name, was.GetValueOrDefault(name), became.GetValueOrDefault(name)))
                .Where(f => f.Was != f.Became),
        ];
    }

    private Dictionary<string, string> Flat()
    {
        using var mine = JsonDocument.Parse(Bytes());
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in mine.RootElement.EnumerateObject())
            if (property.Value.ValueKind is JsonValueKind.Object)
                foreach (var entry in property.Value.EnumerateObject())
                    Put($"{property.Name}/{entry.Name}", entry.Value);
            else
                Put(property.Name, property.Value);
        return flat;

        // what is empty, off or nothing is the same as not there
        void Put(string name, JsonElement value)
        {
            if (
                value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)
                && value.ToString() is { Length: > 0 } text
            )
                flat[name] = text;
        }
    }

    /// <summary>Names of the fields in which two forms differ, for the record.</summary>
    public string Differences(SeenForm other)
    {
        using var mine = JsonDocument.Parse(Bytes());
        using var theirs = JsonDocument.Parse(other.Bytes());
        var names = mine
            .RootElement.EnumerateObject()
            .Where(p =>
                !theirs.RootElement.TryGetProperty(p.Name, out var value) || !JsonElement.DeepEquals(p.Value, value)
            )
            .Select(p => p.Name);
        return string.Join(", ", names);
    }

    private byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(this, GetType(), OnlyFields);
}
