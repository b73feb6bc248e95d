using System.Diagnostics;
using System.Globalization;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Journeys.Mail;

public sealed class CrashTests
{
    /// <summary>A longer run is asked for by the environment; the test itself is small.</summary>
    private static readonly int Mails = Number("HELPDESK_CRASH_MAILS", 200);
    private static readonly int Kills = Number("HELPDESK_CRASH_KILLS", 10);

    [Fact]
    public async Task Mails_survive_kills_none_lost_and_none_twice()
    {
        await using var desk = new DeskProcess();
        await desk.StartAsync();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Xunit.TestContext.Current.CancellationToken);
        giveUp.CancelAfter(TimeSpan.FromMinutes(8) + TimeSpan.FromSeconds(Mails * 0.3));
        var random = new Random(20260302);
        var delivered = 0;
        var again = 0;
        var clock = Stopwatch.StartNew();

        var sending = Parallel.ForAsync(
            0,
            Mails,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = giveUp.Token },
            async (i, cancellationToken) =>
            {
                var from = $"sender{i}@example.org";
                var raw = Letters.Write(
                    from,
                    "support@localhost",
                    $"Crash mail {i}",
                    $"This is mail {i}.",
                    $"crash-{i}@example.org"
                );
                // what a mail server does whose other side dies: keep it, try again
                while (!await Letters.SendAsync(desk.SmtpPort, from, "support@localhost", raw, cancellationToken))
                {
                    Interlocked.Increment(ref again);
                    await Task.Delay(50, cancellationToken);
                }
                Interlocked.Increment(ref delivered);
            }
        );
        for (var kill = 1; kill <= Kills; kill++)
        {
            // spread over the whole run, at a random instant of the work on some mail
            var until = Mails * kill / (Kills + 1);
            while (Volatile.Read(ref delivered) < until && !sending.IsFaulted)
                await Task.Delay(5, giveUp.Token);
            await Task.Delay(random.Next(60), giveUp.Token);
            await desk.KillAsync();
            await desk.StartAsync();
        }
        await sending;
        var accepted = clock.Elapsed;

        while (await UnfinishedAsync(desk) is { Length: > 0 } unfinished)
        {
            if (giveUp.IsCancellationRequested)
                Assert.Fail($"{unfinished}\n{desk.Console}");
            await Task.Delay(200, CancellationToken.None);
        }
        await using var db = desk.OpenDatabase();
        var subjects = await db.Tickets.Select(t => t.Subject).ToListAsync(giveUp.Token);
        subjects.Count.ShouldBe(Mails);
        subjects.Distinct(StringComparer.Ordinal).Count().ShouldBe(Mails);
        (await db.Messages.CountAsync(m => m.InboundMailId != null, giveUp.Token)).ShouldBe(Mails);

        var acknowledged = await db
            .Notifications.Where(n => n.Kind == NotificationKind.Acknowledgement)
            .Select(n => new { n.MailMessageId, n.MailState })
            .ToListAsync(giveUp.Token);
        acknowledged.Count.ShouldBe(Mails);
        acknowledged.ShouldAllBe(n => n.MailState == MailState.Sent);
        acknowledged.Select(n => n.MailMessageId).Distinct(StringComparer.Ordinal).Count().ShouldBe(Mails);
        // each went out at least once, and nothing else did: around a kill a mail may be sent again, but under its own id
        var sent = Directory.EnumerateFiles(desk.MailFolder, "*.eml").Select(MessageIdOf);
        var files = sent.ToList();
        files.ToHashSet(StringComparer.Ordinal).SetEquals(acknowledged.Select(n => n.MailMessageId!)).ShouldBeTrue();
        Xunit.TestContext.Current.SendDiagnosticMessage(
            "{0} mails, {1} kills: all accepted after {2:0} s, all handled after {3:0} s; {4} deliveries were tried again, {5} letters written twice under the same id",
            Mails,
            Kills,
            accepted.TotalSeconds,
            clock.Elapsed.TotalSeconds,
            again,
            files.Count - Mails
        );
    }

    private static int Number(string name, int usual) =>
        int.TryParse(
            Environment.GetEnvironmentVariable(name),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : usual;

    private static string MessageIdOf(string file)
    {
        var line = File.ReadLines(file).First(l => l.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase));
        return line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..].TrimEnd('>', ' ');
    }

    /// <returns>What still waits, in words; empty when nothing does.</returns>
    private static async Task<string> UnfinishedAsync(DeskProcess desk)
    {
        await using var db = desk.OpenDatabase();
        var waits = new List<string>();
        await CountAsync("mails not handled", db.Set<InboundMail>().Where(m => m.State == InboundState.Pending));
        await CountAsync("tickets not routed", db.Tickets.Where(t => t.RoutedAt == null));
        await CountAsync("letters not sent", db.Notifications.Where(n => n.MailState == MailState.Pending));
        return string.Join(", ", waits);

        async Task CountAsync<T>(string what, IQueryable<T> rows)
        {
            if (await rows.CountAsync() is > 0 and var count)
                waits.Add($"{count} {what}");
        }
    }
}
