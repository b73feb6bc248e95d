using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Journeys.Mail;

public sealed class CrashTests
{
    private const int Mails = 200;
    private const int Kills = 10;

    [Fact]
    public async Task Two_hundred_mails_survive_ten_kills_none_lost_and_none_twice()
    {
        await using var desk = new DeskProcess
        {
            Settings = ["--Sample:Load=false", "--Mail:Intake:MaxMailsPerHour=1000"],
        };
        await desk.StartAsync();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        var random = new Random(20260302);
        var delivered = 0;

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Mails; i++)
            {
                var from = $"sender{i}@example.org";
                var raw = Letters.Write(
                    from,
                    "support@localhost",
                    $"Crash mail {i}",
                    $"This is mail {i}.",
                    $"crash-{i}@example.org"
                );
                while (!await Letters.SendAsync(desk.SmtpPort, from, "support@localhost", raw, giveUp.Token))
                    await Task.Delay(50, giveUp.Token);
                Interlocked.Increment(ref delivered);
            }
        });
        for (var kill = 1; kill <= Kills; kill++)
        {
            // spread over the whole run, at a random instant of the work on some mail
            var until = Mails * kill / (Kills + 1);
            while (Volatile.Read(ref delivered) < until)
                await Task.Delay(5, giveUp.Token);
            await Task.Delay(random.Next(60), giveUp.Token);
            await desk.KillAsync();
            await desk.StartAsync();
        }
        await sending;

        await UntilAsync(async () => await CountAsync(desk) == Mails, giveUp.Token);
        await UntilAsync(async () => !await WaitsAsync(desk), giveUp.Token);
        await using var db = desk.OpenDatabase();
        var subjects = await db.Tickets.Select(t => t.Subject).ToListAsync();
        subjects.Count.ShouldBe(Mails);
        subjects.Distinct().Count().ShouldBe(Mails);
        (await db.Tickets.CountAsync(t => t.RoutedAt == null)).ShouldBe(0);

        var sent = await db
            .Notifications.Where(n => n.Kind == NotificationKind.Acknowledgement && n.MailState == MailState.Sent)
            .Select(n => n.MailMessageId)
            .ToListAsync();
        sent.Count.ShouldBe(Mails);
        var ids = Directory
            .EnumerateFiles(desk.MailFolder, "*.eml")
            .Select(file =>
                File.ReadLines(file).First(l => l.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase))
            )
            .Select(line => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..].TrimEnd('>', ' '))
            .ToHashSet(StringComparer.Ordinal);
        // at least once each; a mail that was sent twice around a kill carries the same id, so programs show it once
        sent.ShouldAllBe(id => ids.Contains(id!));
        sent.Distinct().Count().ShouldBe(Mails);
    }

    private static async Task<int> CountAsync(DeskProcess desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Tickets.CountAsync();
    }

    private static async Task<bool> WaitsAsync(DeskProcess desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Tickets.AnyAsync(t => t.RoutedAt == null)
            || await db.Notifications.AnyAsync(n => n.MailState == MailState.Pending)
            || await db.Notifications.CountAsync(n => n.Kind == NotificationKind.Acknowledgement) < Mails;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        while (!await holds())
            await Task.Delay(200, cancellationToken);
    }
}
