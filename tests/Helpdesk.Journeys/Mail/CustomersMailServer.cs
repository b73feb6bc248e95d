using System.Collections.Concurrent;
using Helpdesk.Mail;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Smtp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Helpdesk.Journeys.Mail;

/// <summary>The customers' own mail server: takes in whatever the desk sends, for anybody.</summary>
internal sealed class CustomersMailServer : IAsyncDisposable
{
    private readonly SmtpListener listener;
    private readonly ConcurrentQueue<(ParsedMail Mail, MailEnvelope Envelope)> arrived = new();
    private readonly SemaphoreSlim bell = new(0);

    public CustomersMailServer() =>
        listener = new(
            Options.Create(new SmtpListenerOptions { Listen = "127.0.0.1:0", HostName = "mx.example.org" }),
            (raw, envelope, _) =>
            {
                arrived.Enqueue((MimeParser.Parse(raw.ToArray()), envelope));
                bell.Release();
                return ValueTask.FromResult<Acceptance>(new Acceptance.Stored(1, AlreadyThere: false));
            },
            (_, _) => ValueTask.FromResult(true),
            new Failpoints(),
            TimeProvider.System,
            NullLogger<SmtpListener>.Instance
        );

    public int Port => listener.LocalEndPoint!.Port;

    /// <summary>Mails that nobody asked for yet.</summary>
    public int Waiting => arrived.Count;

    public Task StartAsync() => listener.StartAsync(CancellationToken.None);

    /// <summary>The next mail, in the order of arrival.</summary>
    public async Task<(ParsedMail Mail, MailEnvelope Envelope)> NextAsync(CancellationToken cancellationToken)
    {
        await bell.WaitAsync(cancellationToken);
        arrived.TryDequeue(out var next);
        return next;
    }

    public async ValueTask DisposeAsync()
    {
        await listener.StopAsync(CancellationToken.None);
        listener.Dispose();
        bell.Dispose();
    }
}
