using System.Text.Json.Serialization;

namespace Helpdesk.Routing;

/// <summary>One thing that counted, as a code for the resources to put into words.</summary>
/// <param name="Code">Names the sentence, e.g. <c>tier</c>.</param>
/// <param name="Points">What it added to the score; 0 where it only explains.</param>
/// <param name="Arguments">What the sentence is about, already fit to be shown (names, numbers in invariant form).</param>
[method: JsonConstructor]
public sealed record Reason(
    [property: JsonPropertyName("c")] string Code,
    [property: JsonPropertyName("p")] double Points,
    [property: JsonPropertyName("a")] IReadOnlyList<string> Arguments
)
{
    public Reason(string code, double points, params string[] arguments)
        : this(code, points, (IReadOnlyList<string>)arguments) { }
}
