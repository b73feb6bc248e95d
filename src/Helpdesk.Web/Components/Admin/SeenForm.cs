using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Helpdesk.Web.Components.Admin;

/// <summary>
/// A form that carries a mark of what its reader saw. What is edited here has no row version, and a form made of several rows would
/// need many: at saving the rows are read again, and another mark means that somebody else was quicker.
/// </summary>
public abstract class SeenForm
{
    // what is worked out from the fields says nothing new
    private static readonly JsonSerializerOptions OnlyFields = new() { IgnoreReadOnlyProperties = true };

    /// <summary>The mark; a hidden field.</summary>
    [JsonIgnore]
    public string? Seen { get; set; }

    public string Mark() => Convert.ToHexStringLower(SHA256.HashData(Bytes()))[..32];

    /// <summary>Sets the mark of the state this form was just read from.</summary>
    public void See() => Seen = Mark();

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
