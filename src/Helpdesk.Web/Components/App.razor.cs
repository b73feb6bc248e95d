using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Helpdesk.Web.Components;

public sealed partial class App : IDisposable
{
    private bool _absent;

    [Inject]
    internal NavigationManager Navigation { get; set; } = default!;

    [CascadingParameter]
    public HttpContext? Context { get; set; }

    [Parameter]
    public Type? Page { get; set; }

    /// <summary>The page's parameters by name.</summary>
    [Parameter]
    public Dictionary<string, object?>? Values { get; set; }

    /// <summary>A whole document with one page in its layout, as the answer of an endpoint.</summary>
    public static RazorComponentResult<App> Render<TPage>(Dictionary<string, object?> values)
        where TPage : IComponent =>
        new(new Dictionary<string, object?> { [nameof(Page)] = typeof(TPage), [nameof(Values)] = values });

    public void Dispose() => Navigation.OnNotFound -= ShowAbsence;

    protected override void OnInitialized()
    {
        if (Page is not null)
            Navigation.OnNotFound += ShowAbsence;
    }

    // The router does this for routed pages.
    private void ShowAbsence(object? sender, NotFoundEventArgs args)
    {
        Context!.Response.StatusCode = StatusCodes.Status404NotFound;
        _absent = true;
        StateHasChanged();
    }

    private Type? Shown => Page ?? Context?.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type;

    private IComponentRenderMode? Mode => Shown?.GetCustomAttribute<RenderModeAttribute>()?.Mode;

    // Pages for customers ship no script: it comes only where something on the page needs a circuit.
    private bool NeedsScript =>
        Mode is not null
        || Shown?.GetCustomAttribute<HasIslandsAttribute>() is not null
        || Shown?.GetCustomAttribute<LayoutAttribute>()?.LayoutType.GetCustomAttribute<HasIslandsAttribute>()
            is not null;

    private static string Direction => CultureInfo.CurrentUICulture.TextInfo.IsRightToLeft ? "rtl" : "ltr";
}

/// <summary>A static page or layout that holds interactive components, so that the document brings the browser script.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class HasIslandsAttribute : Attribute;
