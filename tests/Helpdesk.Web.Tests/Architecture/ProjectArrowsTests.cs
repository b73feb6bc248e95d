using System.Reflection;
using Shouldly;

namespace Helpdesk.Web.Tests.Architecture;

/// <summary>Who may know whom; see docs/architecture.md.</summary>
public sealed class ProjectArrowsTests
{
    [Theory]
    [InlineData("Helpdesk.Tickets", "")]
    [InlineData("Helpdesk.Knowledge", "Helpdesk.Tickets")]
    [InlineData("Helpdesk.Routing", "Helpdesk.Knowledge Helpdesk.Tickets")]
    [InlineData("Helpdesk.Mail", "Helpdesk.Tickets")]
    public void A_module_knows_only_those_below_it(string module, string allowed)
    {
        var known = Assembly
            .Load(module)
            .GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(name => name.StartsWith("Helpdesk.", StringComparison.Ordinal));
        known.Except(allowed.Split(' ')).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Services")]
    [InlineData("Models")]
    [InlineData("Interfaces")]
    [InlineData("Helpers")]
    [InlineData("Utils")]
    [InlineData("Managers")]
    [InlineData("Common")]
    public void Folders_are_capabilities_not_kinds(string kind)
    {
        string[] modules =
        [
            "Helpdesk.Tickets",
            "Helpdesk.Knowledge",
            "Helpdesk.Routing",
            "Helpdesk.Mail",
            "Helpdesk.Web",
        ];
        var namespaces = modules
            .SelectMany(m => Assembly.Load(m).GetTypes())
            .Select(t => t.Namespace ?? "")
            .Where(n => n.StartsWith("Helpdesk.", StringComparison.Ordinal))
            .Distinct();
        namespaces.ShouldNotContain(n => n.Split('.').Contains(kind));
    }
}
