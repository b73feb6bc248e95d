namespace Helpdesk.Web.Startup;

/// <summary>Where the program listens when nobody says otherwise.</summary>
public static class Address
{
    public const string Default = "http://localhost:5080";

    private static readonly string[] Said = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    public static void UseDefaultAddress(this WebApplicationBuilder builder)
    {
        if (
            !Said.Any(key =>
                builder.Configuration.GetSection(key) is var said
                && (said.Value is not null || said.GetChildren().Any())
            )
        )
            builder.WebHost.UseUrls(Default);
    }

    /// <summary>The first address said, where a browser on this machine finds the desk; null when none was said or it names no host.</summary>
    public static string? Local(IConfiguration configuration) =>
        configuration["urls"]?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            is [var first, ..]
        && Uri.TryCreate(first, UriKind.Absolute, out var address)
        && address.IsLoopback
            ? address.GetLeftPart(UriPartial.Authority)
            : null;
}
