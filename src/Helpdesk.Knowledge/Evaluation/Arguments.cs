using System.Globalization;

namespace Helpdesk.Knowledge.Evaluation;

/// <summary>The arguments of a command: names with a value, and names alone.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="UsageException">An unknown name, a name without its value, or a value that is not of a name.</exception>
    public Arguments(IReadOnlyList<string> args, IReadOnlyCollection<string> named, IReadOnlyCollection<string> flags)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (flags.Contains(args[i]))
                _values[args[i]] = "";
            else if (!named.Contains(args[i]))
                throw new UsageException($"Unknown argument {args[i]}.");
            else if (i + 1 == args.Count)
                throw new UsageException($"{args[i]} needs a value.");
            else
                _values[args[i]] = args[++i];
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Get(string name) => _values.GetValueOrDefault(name);

    /// <exception cref="UsageException">It is not there.</exception>
    public string Require(string name) => Get(name) ?? throw new UsageException($"{name} is missing.");

    /// <exception cref="UsageException">It is not a whole number above 0.</exception>
    public int? Number(string name) =>
        Get(name) is not { } text ? null
        : int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new UsageException($"{name} must be a whole number above 0.");
}

/// <summary>A command was called wrongly; its usage is shown with the message.</summary>
internal sealed class UsageException(string message) : Exception(message);
