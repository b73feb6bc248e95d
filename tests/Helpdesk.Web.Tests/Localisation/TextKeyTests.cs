using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;

namespace Helpdesk.Web.Tests.Localisation;

/// <summary>Reads the sources of the web project: a key in a page without a text, or a text without a page, is a mistake.</summary>
public sealed partial class TextKeyTests
{
    internal static readonly string Web = FindWeb();
    private static readonly IReadOnlyList<Use> Uses = [.. Sources().SelectMany(UsesIn)];

    [Fact]
    public void Every_key_that_a_page_uses_has_a_text()
    {
        var missing = Uses.Where(use => !KeysOf(use.Texts).Any(use.Matches))
            .Select(use => $"{use.File}: {use.Texts} has no '{use.Key}'");
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_text_is_used()
    {
        var unused =
            from file in Directory.GetFiles(Web, "*Texts.resx", SearchOption.AllDirectories)
            let texts = Path.GetFileNameWithoutExtension(file)
            from key in KeysOf(texts)
            where !Uses.Any(use => use.Texts == texts && use.Matches(key))
            select $"{texts}: '{key}'";
        unused.ShouldBeEmpty();
    }

    [Fact]
    public void Texts_are_found_by_the_program()
    {
        foreach (var file in Directory.GetFiles(Web, "*Texts.resx", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(Web, file)[..^".resx".Length].Replace(Path.DirectorySeparatorChar, '.');
            var type = typeof(Program).Assembly.GetType($"Helpdesk.Web.{name}");
            type.ShouldNotBeNull($"a class beside {file} marks its texts");
            if (KeysOf(Path.GetFileNameWithoutExtension(file)).FirstOrDefault() is { } key)
                new System.Resources.ResourceManager(type)
                    .GetString(key, System.Globalization.CultureInfo.InvariantCulture)
                    .ShouldNotBeNull();
        }
    }

    // A family of keys ($"Status.{code}") matches by its beginning and end.
    private sealed record Use(string File, string Texts, string Key, bool Counted)
    {
        private readonly Regex pattern = new(
            "^"
                + Hole().Replace(Regex.Escape(Key.Replace("{{", "{", StringComparison.Ordinal)), ".+")
                + (Counted ? @"\.(one|few|many|other)" : "")
                + "$",
            RegexOptions.NonBacktracking
        );

        public bool Matches(string key) => pattern.IsMatch(key);
    }

    private static IEnumerable<string> Sources() =>
        Directory
            .EnumerateFiles(Web, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs");

    private static IEnumerable<Use> UsesIn(string file)
    {
        var source = File.ReadAllText(file);
        var localizers = Declaration()
            .Matches(source + ImportsOf(file))
            .Select(match => (Texts: match.Groups[1].Value, Name: match.Groups[2].Value))
            .Distinct()
            .ToList();
        foreach (var (texts, name) in localizers)
        {
            var use = new Regex(
                $@"\b{name}(?:\[|(?<count>\.Count\())\s*(?<family>\$)?(?:""(?<key>[^""]+)""|(?<other>[^""\]]*\?[^\]]*))"
            );
            foreach (Match match in use.Matches(source))
            {
                if (match.Groups["key"].Success)
                    yield return new(Short(file), texts, match.Groups["key"].Value, match.Groups["count"].Success);
                foreach (Match literal in Literal().Matches(match.Groups["other"].Value))
                    yield return new(Short(file), texts, literal.Groups[1].Value, match.Groups["count"].Success);
            }
            foreach (Match match in ErrorKey().Matches(source))
                yield return new(Short(file), texts, match.Groups[1].Value, false);
        }
    }

    // also for .cs files: a form's input type may stand in one beside its page
    private static string ImportsOf(string file)
    {
        var imports = "";
        for (
            var folder = Path.GetDirectoryName(file);
            folder is not null && folder.StartsWith(Web, StringComparison.Ordinal);
            folder = Path.GetDirectoryName(folder)
        )
        {
            var path = Path.Combine(folder, "_Imports.razor");
            if (File.Exists(path))
                imports += File.ReadAllText(path);
        }
        return imports;
    }

    private static List<string> KeysOf(string texts)
    {
        var file = Directory.GetFiles(Web, texts + ".resx", SearchOption.AllDirectories).SingleOrDefault();
        return file is null
            ? []
            : [.. XDocument.Load(file).Root!.Elements("data").Select(data => data.Attribute("name")!.Value)];
    }

    private static string Short(string file) => Path.GetRelativePath(Web, file);

    private static string FindWeb()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var web = Path.Combine(at.FullName, "src", "Helpdesk.Web");
            if (Directory.Exists(web))
                return web;
        }
        throw new InvalidOperationException("The sources are not above the tests.");
    }

    [GeneratedRegex(@"IStringLocalizer<(\w+)>\??\s+(\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\\\{[^}]*}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"ErrorMessage\s*=\s*""([^""]+)""")]
    private static partial Regex ErrorKey();

    [GeneratedRegex(@"""([^""]+)""")]
    private static partial Regex Literal();
}
