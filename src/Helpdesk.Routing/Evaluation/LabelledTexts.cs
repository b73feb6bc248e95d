using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Helpdesk.Routing.Evaluation;

/// <summary>One row of a labelled file.</summary>
/// <param name="Labels">One for a plain row; any number where the file has a <c>labels</c> column.</param>
internal sealed record LabelledText(string Text, IReadOnlyList<string> Labels);

/// <summary>Reads CSV files of texts with labels: comma, double quotes, UTF-8, a header row.</summary>
internal static class LabelledTexts
{
    /// <summary>The label of a request outside all topics.</summary>
    public const string OutOfScope = "oos";

    /// <param name="textColumns">Joined by a line break when there are several (subject and body).</param>
    /// <param name="labelColumn">A column named <c>labels</c> holds sets, separated by bars.</param>
    /// <exception cref="InvalidDataException">A named column is not in the header.</exception>
    public static List<LabelledText> Read(string path, IReadOnlyList<string> textColumns, string labelColumn)
    {
        using var reader = new StreamReader(path);
        using var csv = new CsvReader(
            reader,
            new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null }
        );
        csv.Read();
        csv.ReadHeader();
        var header = csv.HeaderRecord ?? [];
        foreach (var column in textColumns.Append(labelColumn))
            if (!header.Contains(column))
                throw new InvalidDataException($"{path} has no column \"{column}\".");
        var rows = new List<LabelledText>();
        while (csv.Read())
        {
            var text = string.Join('\n', textColumns.Select(c => csv.GetField(c)));
            var label = csv.GetField(labelColumn) ?? "";
            rows.Add(new LabelledText(text, labelColumn == "labels" ? label.Split('|') : [label]));
        }
        return rows;
    }

    public static IReadOnlyList<string> Header(string path)
    {
        using var reader = new StreamReader(path);
        using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
        return csv.Read() && csv.ReadHeader() ? csv.HeaderRecord ?? [] : [];
    }
}
