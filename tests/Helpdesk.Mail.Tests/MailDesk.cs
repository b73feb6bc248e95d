using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Mail.Tests;

/// <summary>A desk that reads and writes mail: sending ends in a list, workers are called by the test.</summary>
internal sealed class MailDesk : IAsyncDisposable
{
    private MailDesk(Desk desk, Outgoing outgoing) => (Desk, Outgoing) = (desk, outgoing);

    public Desk Desk { get; }

    public Outgoing Outgoing { get; }

    public InboundQueue Queue => Desk.Get<InboundQueue>();

    public Failpoints Failpoints => Desk.Get<Failpoints>();

    public static async Task<MailDesk> OpenAsync(
        StorageProvider provider = StorageProvider.Sqlite,
        Action<IServiceCollection>? configure = null
    )
    {
        var outgoing = new Outgoing();
        var desk = await Desk.CreateAsync(
            provider,
            configure: (services, configuration) =>
            {
                services.AddMailRooms(configuration);
                services.AddSingleton<IMailSender>(outgoing);
                configure?.Invoke(services);
            }
        );
        return new MailDesk(desk, outgoing);
    }

    public ValueTask DisposeAsync() => Desk.DisposeAsync();

    /// <summary>Hands over a mail as the SMTP listener would.</summary>
    public async Task<Acceptance> AcceptAsync(string raw, string? to = null, string? from = "ann@example.org") =>
        await Queue.AcceptAsync(
            Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")),
            new MailEnvelope(from ?? "", [to ?? "support@desk.example"], "smtp")
        );

    /// <summary>Works until nothing is due.</summary>
    public async Task<int> IntakeAsync()
    {
        var all = 0;
        while (await Desk.Get<MailIntake>().RunAsync() is > 0 and var some)
            all += some;
        return all;
    }

    /// <summary>Accepts one mail and works it through.</summary>
    public async Task<InboundMail> ReceiveAsync(string raw, string? to = null, string? from = "ann@example.org")
    {
        var stored = (await AcceptAsync(raw, to, from)).ShouldBeOfType<Acceptance.Stored>();
        await IntakeAsync();
        return await MailAsync(stored.Id);
    }

    public async Task<InboundMail> MailAsync(long id)
    {
        await using var db = Desk.OpenDatabase();
        return await db.Set<InboundMail>().AsNoTracking().SingleAsync(m => m.Id == id);
    }

    public async Task<List<InboundMail>> MailsAsync()
    {
        await using var db = Desk.OpenDatabase();
        return await db.Set<InboundMail>().AsNoTracking().OrderBy(m => m.Id).ToListAsync();
    }

    public async Task<List<Ticket>> TicketsAsync()
    {
        await using var db = Desk.OpenDatabase();
        return await db
            .Tickets.AsNoTracking()
            .Include(t => t.Customer)
            .Include(t => t.Messages)
                .ThenInclude(m => m.Attachments)
            .OrderBy(t => t.Id)
            .ToListAsync();
    }

    public async Task SendAsync()
    {
        OutboundPass pass;
        do pass = await Desk.Get<OutboundSender>().RunAsync();
        while (pass is { Due: > 0, IsReachable: true });
    }

    public async Task<List<Notification>> NotificationsAsync()
    {
        await using var db = Desk.OpenDatabase();
        return await db.Notifications.AsNoTracking().OrderBy(n => n.Id).ToListAsync();
    }

    /// <summary>A plain mail of one paragraph.</summary>
    public static string Eml(
        string subject = "Where is my card",
        string text = "I ordered it two weeks ago.",
        string from = "Ann Ash <ann@example.org>",
        string? id = null,
        string more = ""
    ) =>
        $"""
            From: {from}
            To: support@desk.example
            Subject: {subject}
            Message-ID: <{id ?? Guid.NewGuid().ToString("N")}@example.org>
            Date: Mon, 2 Mar 2026 09:59:00 +0000
            {more}{(more.Length > 0 ? "\n" : "")}Content-Type: text/plain; charset=utf-8

            {text}

            """;
}

/// <summary>Takes every mail, unless the test says otherwise.</summary>
internal sealed class Outgoing : IMailSender
{
    public List<OutgoingMail> Mails { get; } = [];

    public Func<OutgoingMail, DeliveryState> Answer { get; set; } = _ => DeliveryState.Sent;

    public Task<IReadOnlyList<Delivery>> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var state = Answer(mail);
        if (state is DeliveryState.Sent)
            Mails.Add(mail);
        return Task.FromResult<IReadOnlyList<Delivery>>([
            .. mail.Recipients.Select(r => new Delivery(r, state, $"said {state}")),
        ]);
    }
}
