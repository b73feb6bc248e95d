// Test-only stand-in for the AngleSharp.Diffing package (absent on the mirror): just what bUnit touches outside MarkupMatches.
using AngleSharp.Dom;

namespace AngleSharp.Diffing.Extensions
{
    public static class ElementExtensions
    {
        public static IEnumerable<INode> GetParents(this INode node)
        {
            for (var p = node.Parent; p is not null; p = p.Parent)
                yield return p;
        }
    }
}
