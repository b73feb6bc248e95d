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
}
