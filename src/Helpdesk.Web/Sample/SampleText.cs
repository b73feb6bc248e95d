using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;

namespace Helpdesk.Web.Sample;

/// <summary>One request of the sample data with the topic that people gave it.</summary>
/// <param name="TopicKey">A <see cref="Tickets.Topics.Topic.Key"/>. About one label in seven is disputable.</param>
public readonly record struct LabelledRequest(string Text, string TopicKey);

/// <summary>The written part of the sample desk, embedded in this assembly. See <c>ATTRIBUTION.md</c> beside it.</summary>
public static class SampleText
{
    private const string Prefix = "Sample/";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static DeskPlan Desk() => ReadJson<DeskPlan>("desk.json");

    public static Conversations Conversations() => ReadJson<Conversations>("conversations.json");

    /// <summary>The 10,003 labelled requests of Banking77's training part, in their order.</summary>
    public static IReadOnlyList<LabelledRequest> Requests()
    {
        using var reader = new StreamReader(Open("banking77.csv"));
        using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
        var requests = new List<LabelledRequest>(10_003);
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
            requests.Add(new(csv.GetField(0)!.Trim(), csv.GetField(1)!));
        return requests;
    }

    /// <summary>The articles as Markdown with front matter; the key is the file name without <c>.md</c>.</summary>
    public static IReadOnlyDictionary<string, string> Articles()
    {
        const string folder = Prefix + "articles/";
        var articles = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            if (!name.StartsWith(folder, StringComparison.Ordinal) || !name.EndsWith(".md", StringComparison.Ordinal))
                continue;
            using var reader = new StreamReader(Open(name[Prefix.Length..]));
            articles.Add(name[folder.Length..^3], reader.ReadToEnd());
        }
        return articles;
    }

    private static T ReadJson<T>(string name)
    {
        using var stream = Open(name);
        return JsonSerializer.Deserialize<T>(stream, Json)!;
    }

    private static Stream Open(string name) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name)
        ?? throw new FileNotFoundException($"The sample file {name} is not part of this build.");
}
