using System.Globalization;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Account;
using Helpdesk.Web.Components.Pickup;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Startup;

/// <summary>Says on the console, once the desk listens, what to open, how to sign in, and how to send it a mail.</summary>
internal sealed class Welcome(
    IServiceProvider services,
    IServer server,
    IHostEnvironment environment,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    ILogger<Welcome> log
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = SayAsync(lifetime.ApplicationStopping));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task SayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            var settings = (
                await scope.ServiceProvider.GetRequiredService<DeskDirectory>().GetAsync(cancellationToken)
            ).Settings;
            var address =
                server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? settings.PublicUrl;
            var setUp = await scope
                .ServiceProvider.GetRequiredService<SetUp>()
                .NewLinkAsync(address, cancellationToken);
            var mailDoor = services.GetRequiredService<SmtpListener>().LocalEndPoint?.ToString() ?? "127.0.0.1:2525";
            var sendsTo = services.GetRequiredService<IOptions<OutboundOptions>>().Value.Host;
            var pickup = Path.Combine(configuration["Storage:DataDirectory"] ?? "data", "mail");
            var sample = Path.Combine(environment.ContentRootPath, "Sample", "message.eml");
            var message =
                settings.SampleLoadedAt is not null && File.Exists(sample)
                    ? $"'{sample}'" // whole: nobody knows where the line will be typed
                    : "message.eml";
            string[] lines =
            [
                $"Helpdesk is ready: {settings.CompanyName}",
                $"  Help centre   {address}/",
                setUp is not null ? $"  Set it up     {setUp}   (good once)"
                : settings.SampleLoadedAt is not null && environment.IsDevelopment()
                    ? $"  Sign in       {address}{SamplePeople.Address}   (any of the sample people, no password)"
                : $"  Sign in       {address}/account/sign-in",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  Send it mail  curl smtp://{mailDoor} --mail-from you@example.org --mail-rcpt {settings.SupportAddress} --upload-file {message}"
                ),
                sendsTo.Length > 0 ? $"  Its mail      goes out through {sendsTo}"
                : environment.IsDevelopment()
                    ? $"  Its mail      {address}{PickupMails.Address}   (from {pickup}, until an outgoing server is set)"
                : $"  Its mail      {pickup} (until an outgoing server is set)",
            ];
            Console.WriteLine(string.Join(Environment.NewLine, lines));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogError(exception, "The welcome could not be written");
        }
    }
}
