namespace Helpdesk.Routing.Evaluation;

/// <summary><c>--name value</c> pairs, nothing else.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Null with a sentence in <paramref name="problem"/> when an argument is unknown, lacks its value or a
    /// required one is missing.</summary>
    public static Arguments? Parse(
        string[] args,
        IReadOnlyList<string> required,
        IReadOnlyList<string> optional,
        out string problem
    )
    {
        var parsed = new Arguments();
        problem = "";
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (!required.Contains(name) && !optional.Contains(name))
                problem = $"\"{args[i]}\" is not known here.";
            else if (i + 1 == args.Length)
                problem = $"{args[i]} needs a value.";
            else if (!parsed._values.TryAdd(name, args[i + 1]))
                problem = $"{args[i]} is given twice.";
            if (problem.Length > 0)
                return null;
        }
        var missing = required.FirstOrDefault(r => !parsed._values.ContainsKey(r));
        if (missing is not null)
            problem = $"--{missing} is missing.";
        return missing is null ? parsed : null;
    }

    public string this[string name] => _values[name];

    public string? Find(string name) => _values.GetValueOrDefault(name);
}
