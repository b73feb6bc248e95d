using System.Diagnostics;
using System.Globalization;
using Helpdesk.Mail;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Outbound;
using Helpdesk.Testing;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Helpdesk.Benchmarks;

/// <summary>
/// A mailbox of a real server read empty: fetched, stored for good, moved away. Beside it the same mails merely fetched, which is what server and protocol cost, and
/// what this disk takes in the same minute.
/// </summary>
internal static class ImapBenchmark
{
    private const int Mails = 2000;

    public static async Task RunAsync()
    {
        using var server = new DovecotServer();
        if (server.ImapPort == 0)
        {
            Figures.Say($"imap: Dovecot is not installed");
            return;
        }
        for (var n = 0; n < Mails; n++)
            server.Deliver(
                "bench",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"From: Person {n} <person{n}@example.org>\nTo: support@desk.example\nSubject: Mail {n}\nMessage-ID: <imap-{n}@example.org>\nDate: Mon, 02 Mar 2026 10:00:00 +0000\n\n{string.Concat(Enumerable.Repeat("I ordered a card two weeks ago.\n", 40))}"
                )
            );
        var options = new ImapOptions { AllowPrivateNetworks = true };
        await using var desk = await Desk.CreateAsync(
            configure: (services, configuration) =>
            {
                services.AddMailRooms(configuration);
                services.AddSingleton(Options.Create(options));
            }
        );
        var mailbox = new ImapMailbox
        {
            Host = "localhost",
            Port = server.ImapPort,
            Security = ConnectionSecurity.None,
            UserName = "bench",
            ProtectedSecret = desk.Get<MailboxSecrets>().Protect(MailboxSecret.OfPassword(DovecotServer.Password)),
            Folder = "INBOX",
            AfterTaking = AfterTaking.Move,
            MoveTo = "Done",
        };
        await using (var db = desk.OpenDatabase())
        {
            db.Add(mailbox);
            await db.SaveChangesAsync();
        }
        var syncs = Figures.SyncsPerSecond(desk.DataDirectory);
        var merely = await MerelyFetchAsync(desk.Get<MailboxLogins>().Of(mailbox), options);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var time = Stopwatch.StartNew();
        using (var visit = new MailboxVisit(desk.Get<MailboxHouse>(), mailbox.Id, Guid.NewGuid()))
            await visit.BeginAsync(CancellationToken.None);
        var taken = time.Elapsed;
        var spent = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        await using var after = desk.OpenDatabase();
        var account = await after.Set<ImapMailbox>().AsNoTracking().SingleAsync();
        Figures.Print(
            "imap",
            new
            {
                mails = account.TakenCount,
                takenPerSecond = Figures.Round(Mails / taken.TotalSeconds),
                cpuMsPerMail = Figures.Round(spent.TotalMilliseconds / Mails),
                merelyFetchedPerSecond = Figures.Round(merely),
                syncsPerSecond = Figures.Round(syncs),
            }
        );
    }

    private static async Task<double> MerelyFetchAsync(ImapLogin login, ImapOptions options)
    {
        using var client = await ImapClient.ConnectAsync(login, options, TimeProvider.System, CancellationToken.None);
        await client.SelectAsync("INBOX", CancellationToken.None);
        var (uids, _) = await client.SearchAsync(1, null, CancellationToken.None);
        var time = Stopwatch.StartNew();
        foreach (var some in uids.Chunk(options.BatchSize))
            await client.FetchAsync(some, options.MaxMessageBytes, CancellationToken.None);
        return uids.Count / time.Elapsed.TotalSeconds;
    }
}
