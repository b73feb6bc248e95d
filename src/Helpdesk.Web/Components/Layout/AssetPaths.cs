using Microsoft.AspNetCore.StaticAssets;

namespace Helpdesk.Web.Components.Layout;

/// <summary>
/// The addresses of our static files with the fingerprint of their content, so that browsers may keep them for ever.
/// Unlike a component's own list this one is known on every page, also on those an endpoint renders.
/// </summary>
public sealed class AssetPaths(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyDictionary<string, string>> _fingerprinted = new(() => Read(endpoints));

    /// <param name="name">Path below <c>wwwroot</c>, such as <c>css/tokens.css</c>.</param>
    /// <returns>An address from the root; without fingerprint when the file is unknown.</returns>
    public string this[string name] => "/" + _fingerprinted.Value.GetValueOrDefault(name, name);

    private static Dictionary<string, string> Read(EndpointDataSource endpoints)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var asset in endpoints
                .Endpoints.Select(e => e.Metadata.GetMetadata<StaticAssetDescriptor>())
                .OfType<StaticAssetDescriptor>()
        )
        {
            if (asset.Properties.FirstOrDefault(property => property.Name == "label")?.Value is { } label)
                paths.TryAdd(label, asset.Route);
        }
        return paths;
    }
}
