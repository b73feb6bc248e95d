using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Testing;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Tests.Imap;

/// <summary>A desk with one mailbox, read by visits that the test makes. The network runs on the real clock.</summary>
internal sealed class MailboxDesk : IAsyncDisposable
{
    private readonly Guid holder = Guid.NewGuid();

    private MailboxDesk(MailDesk mail, ImapOptions options) => (Mail, Options) = (mail, options);

    public MailDesk Mail { get; }

    public ImapOptions Options { get; }

    public static ImapOptions Quick { get; } =
        new()
        {
            AllowPrivateNetworks = true,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SilenceTimeout = TimeSpan.FromSeconds(10),
            IdleFor = TimeSpan.FromSeconds(20),
            PollInterval = TimeSpan.FromMilliseconds(200),
            FirstPause = TimeSpan.FromMilliseconds(50),
            LongestPause = TimeSpan.FromMilliseconds(200),
        };

    public static async Task<MailboxDesk> OpenAsync(
        ImapOptions? options = null,
        StorageProvider provider = StorageProvider.Sqlite
    )
    {
        var all = options ?? Quick;
        var mail = await MailDesk.OpenAsync(
            provider,
            services =>
            {
                services.AddSingleton(Microsoft.Extensions.Options.Options.Create(all));
                services.AddSingleton(p => new MailboxHouse(
                    p.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>(),
                    p.GetRequiredService<AcceptMail>(),
                    p.GetRequiredService<IsOurAddress>(),
                    p.GetRequiredService<Tickets.Settings.DeskDirectory>(),
                    p.GetRequiredService<MailboxLogins>(),
                    p.GetRequiredService<Failpoints>(),
                    TimeProvider.System,
                    p.GetRequiredService<IOptions<ImapOptions>>(),
                    p.GetRequiredService<ILogger<MailboxVisit>>()
                ));
            }
        );
        return new(mail, all);
    }

    public async Task AddAsync(
        int port,
        string user = "support",
        string password = DovecotServer.Password,
        ConnectionSecurity security = ConnectionSecurity.None,
        AfterTaking then = AfterTaking.MarkRead,
        Action<ImapMailbox>? with = null
    )
    {
        var mailbox = new ImapMailbox
        {
            Host = "localhost",
            Port = port,
            Security = security,
            UserName = user,
            ProtectedSecret = Mail.Desk.Get<MailboxSecrets>().Protect(MailboxSecret.OfPassword(password)),
            Folder = "INBOX",
            AfterTaking = then,
            MoveTo = then is AfterTaking.Move ? "Erledigt/Übernommen" : null,
        };
        with?.Invoke(mailbox);
        await using var db = Mail.Desk.OpenDatabase();
        db.Add(mailbox);
        await db.SaveChangesAsync();
    }

    public MailboxVisit Visit() => new(Mail.Desk.Get<MailboxHouse>(), 1, holder);

    /// <summary>One visit that takes what is there.</summary>
    public async Task TakeAsync()
    {
        using var visit = Visit();
        if (!await visit.BeginAsync(Patience()))
            throw new InvalidOperationException("The mailbox was not to be read.");
        await visit.EndAsync(Patience());
    }

    public async Task<ImapMailbox> AccountAsync()
    {
        await using var db = Mail.Desk.OpenDatabase();
        return await db.Set<ImapMailbox>().AsNoTracking().SingleAsync();
    }

    public async Task<List<string>> SubjectsAsync()
    {
        await Mail.IntakeAsync();
        return [.. (await Mail.MailsAsync()).Select(m => m.Subject ?? "")];
    }

    public static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public ValueTask DisposeAsync() => Mail.DisposeAsync();
}
