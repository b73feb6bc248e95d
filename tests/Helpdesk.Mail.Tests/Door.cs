using System.Text;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Tests;

/// <summary>A desk's real listener, and senders that speak to it.</summary>
internal sealed class Door(SmtpListener listener) : IAsyncDisposable
{
    public static async Task<Door> OpenAsync(MailDesk desk)
    {
        var listener = ActivatorUtilities.CreateInstance<SmtpListener>(
            desk.Desk.Services,
            Options.Create(new SmtpListenerOptions { Listen = "127.0.0.1:0" }),
            TimeProvider.System
        );
        await listener.StartAsync(default);
        return new Door(listener);
    }

    public SmtpMailSender NewSender() =>
        new(
            Options.Create(
                new OutboundOptions
                {
                    Host = "127.0.0.1",
                    Port = listener.LocalEndPoint!.Port,
                    Security = ConnectionSecurity.None,
                }
            ),
            TimeProvider.System
        );

    public async Task<DeliveryState> SendAsync(string mail, string to = "support@desk.example")
    {
        await using var sender = NewSender();
        return await SendAsync(sender, mail, to);
    }

    public static async Task<DeliveryState> SendAsync(SmtpMailSender sender, string mail, string to) =>
        (await sender.SendAsync(new("ann@example.org", [to], Encoding.UTF8.GetBytes(mail)), default))[0].State;

    public async ValueTask DisposeAsync()
    {
        await listener.StopAsync(default);
        listener.Dispose();
    }
}
