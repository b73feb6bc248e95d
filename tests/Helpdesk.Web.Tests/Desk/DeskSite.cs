using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Helpdesk.Tickets.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Tests.Desk;

/// <summary>The real program on a test desk's database, where a cookie says who one is.</summary>
internal sealed class DeskSite(Testing.Desk desk) : WebApplicationFactory<Program>
{
    private const string TestScheme = "Test";
    private const string CookieName = "test-person";

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("Storage:DataDirectory", desk.DataDirectory);
        builder.UseSetting("Sample:Load", "false");
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(desk.Time);
            // workers of other rooms would change the tickets under the test
            foreach (var worker in services.Where(IsWorker).ToList())
                services.Remove(worker);
            services
                .AddAuthentication(TestScheme)
                .AddScheme<AuthenticationSchemeOptions, CookieHandler>(TestScheme, null);
            services.PostConfigure<AuthenticationOptions>(o =>
                o.DefaultScheme = o.DefaultAuthenticateScheme = o.DefaultChallengeScheme = TestScheme
            );
        });
    }

    private static bool IsWorker(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) is not true
        && service.ImplementationFactory?.Method.DeclaringType?.FullName?.Contains(
            "LiveModule",
            StringComparison.Ordinal
        )
            is not true;

    public static string CookieFor(Guid userId, string role) => $"{CookieName}={userId}.{role}";

    public HttpClient ClientFor(Guid userId, string role = Roles.Specialist)
    {
        var client = CreateClient(new() { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Add("Cookie", CookieFor(userId, role));
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return client;
    }

    private sealed class CookieHandler(
        IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory logger,
        UrlEncoder encoder
    ) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Cookies[CookieName]?.Split('.') is not [var userId, var role])
                return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity(
                [new(ClaimTypes.NameIdentifier, userId), new(ClaimTypes.Role, role), new("name", "Test Person")],
                TestScheme
            );
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), TestScheme)));
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.StatusCode = (int)HttpStatusCode.Unauthorized;
            return Task.CompletedTask;
        }
    }
}
