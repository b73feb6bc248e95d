using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Testing;

/// <summary>
/// The real program behind its web server, on a database of its own. A client is nobody, or whoever it says it is: the roles
/// in the header or cookie <see cref="RolesHeader"/>, the user's id in <see cref="UserHeader"/>.
/// </summary>
public sealed class Site : WebApplicationFactory<Program>
{
    public const string RolesHeader = "test-roles";
    public const string UserHeader = "test-user";

    private readonly TestDatabase database = new(StorageProvider.Sqlite);
    private readonly Dictionary<string, string?> settings = new(StringComparer.Ordinal)
    {
        ["Sample:Load"] = "false",
        ["Mail:Smtp:Listen"] = "127.0.0.1:0",
    };

    public string Environment { get; init; } = Environments.Development;

    /// <summary>Lets mail, timetables and the console's welcome run by themselves; without it only the web server does.</summary>
    public bool Workers { get; init; }

    /// <summary>Further services, after the program's own.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    public ManualTime? Time { get; init; }

    /// <summary>Sets a configuration value before the first client.</summary>
    public Site With(string key, string? value)
    {
        settings[key] = value;
        return this;
    }

    /// <summary>A browser that wants pages, keeps cookies, names its origin and does not follow redirects.</summary>
    public HttpClient Browser(string? roles = null, Guid? user = null)
    {
        var client = CreateClient(new() { AllowAutoRedirect = false, HandleCookies = true });
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        client.DefaultRequestHeaders.Add("Origin", "http://localhost");
        if (roles is not null)
            client.DefaultRequestHeaders.Add(RolesHeader, roles);
        if (user is { } id)
            client.DefaultRequestHeaders.Add(UserHeader, id.ToString());
        return client;
    }

    /// <summary>Starts on a port of its own, for a real browser.</summary>
    public Uri Listen()
    {
        UseKestrel(0);
        StartServer();
        return ClientOptions.BaseAddress;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environment);
        foreach (var (key, value) in database.Settings.Concat(settings).Where(setting => setting.Value is not null))
            builder.UseSetting(key, value);
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseSetting("Workers:StartAfter", "00:00:00");
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureTestServices(services =>
        {
            services
                .AddAuthentication()
                .AddScheme<AuthenticationSchemeOptions, TestPerson>(TestPerson.SchemeName, null);
            // who is who comes from the test; asking to sign in and refusing stay the program's own
            services.PostConfigure<AuthenticationOptions>(options =>
                options.DefaultAuthenticateScheme = TestPerson.SchemeName
            );
            if (!Workers)
                foreach (var worker in services.Where(IsOurWorker).ToList())
                    services.Remove(worker);
            if (Time is not null)
                services.AddSingleton<TimeProvider>(Time);
            Configure?.Invoke(services);
        });
    }

    private static bool IsOurWorker(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && (service.ImplementationType?.Assembly ?? service.ImplementationFactory?.Method.Module.Assembly)
            ?.GetName()
            .Name
            is { } name
        && (
            name.StartsWith("Helpdesk.", StringComparison.Ordinal)
            || name.StartsWith("Quartz", StringComparison.Ordinal)
        );

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Directory.Exists(database.DataDirectory)) // stopped twice: a test may pull the plug
            await database.DisposeAsync();
    }

    private sealed class TestPerson(
        IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory logger,
        UrlEncoder encoder
    ) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        public const string SchemeName = "Test";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var roles = Said(RolesHeader);
            if (roles is null)
                return Task.FromResult(AuthenticateResult.NoResult());
            var id = Said(UserHeader) ?? "00000000-0000-0000-0000-000000000001";
            var identity = new ClaimsIdentity(
                [
                    new(ClaimTypes.NameIdentifier, id),
                    new(ClaimTypes.Name, "anna.alder@desk.example"),
                    new("name", "Anna Alder"),
                ],
                SchemeName
            );
            identity.AddClaims(roles.Split(',').Select(role => new Claim(ClaimTypes.Role, role)));
            return Task.FromResult(AuthenticateResult.Success(new(new(identity), SchemeName)));
        }

        private string? Said(string name) =>
            Request.Headers.TryGetValue(name, out var header) ? header.ToString() : Request.Cookies[name];
    }
}
