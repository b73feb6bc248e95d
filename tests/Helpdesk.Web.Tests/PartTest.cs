using System.Globalization;
using System.Runtime.CompilerServices;
using Bunit;
using Helpdesk.Testing;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Components.Parts;
using Helpdesk.Web.Localisation;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Web.Tests;

/// <summary>
/// Renders single components with the real texts and a clock that stands at <see cref="Now"/>. Find, Click and markup as text
/// work; <c>MarkupMatches</c> does not, its comparer is missing here.
/// </summary>
public abstract class PartTest : BunitContext
{
    /// <param name="further">Services beside those of every part; they must be known before the first rendering.</param>
    protected PartTest(Action<IServiceCollection>? further = null)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Languages.Default;
        var comparer = typeof(BunitContext).Assembly.GetType("Bunit.Diffing.HtmlComparer", throwOnError: true)!;
        Services.AddSingleton(comparer, RuntimeHelpers.GetUninitializedObject(comparer));
        Services.AddLogging();
        Services.AddLocalization();
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton(new AssetPaths(new DefaultEndpointDataSource()));
        Services.AddScoped(_ => Reader);
        Services.AddScoped<ReaderClock>();
        Services.AddScoped<Toasts>();
        further?.Invoke(Services);
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    /// <summary>Wednesday, 18 November 2026, 13:32 UTC: 14:32 in the reader's Berlin.</summary>
    protected static DateTimeOffset Now { get; } = new(2026, 11, 18, 13, 32, 0, TimeSpan.Zero);

    protected ManualTime Time { get; } = new(Now);

    protected Reader Reader { get; } = new() { ZoneId = "Europe/Berlin" };
}
