using System.Diagnostics;
using System.Globalization;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Journeys.Mail;

/// <summary>What a sender hears when the disk or the database cannot: never 250 for what is not on the disk.</summary>
public sealed class DurabilityTests
{
    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;

    private static byte[] Letter(int n, int bytes = 100)
    {
        var noise = new byte[bytes];
        new Random(n).NextBytes(noise); // does not get smaller by being compressed
        return Letters.Write(
            "ann@example.org",
            "support@localhost",
            $"Mail {n}",
            Convert.ToBase64String(noise, Base64FormattingOptions.InsertLineBreaks),
            $"durable-{n}@example.org"
        );
    }

    private static Task<Delivery?> SendAsync(DeskProcess desk, int n, int bytes = 100) =>
        Letters.DeliverAsync(desk.SmtpPort, "ann@example.org", "support@localhost", Letter(n, bytes), Patience());

    [Fact]
    public async Task The_disk_has_confirmed_before_the_sender_hears_250()
    {
        if (!File.Exists("/usr/bin/strace"))
            Assert.Skip("strace is not installed.");
        await using var desk = new DeskProcess();
        await desk.StartAsync();
        (await SendAsync(desk, 1))!.State.ShouldBe(DeliveryState.Sent); // all code has run once
        var trace = Path.Combine(desk.DataDirectory, "trace.txt");
        using var strace = Process.Start(
            new ProcessStartInfo(
                "/usr/bin/strace",
                [
                    "-f",
                    "-y",
                    "-s",
                    "300",
                    "-e",
                    "trace=fsync,fdatasync,pwrite64,sendto,sendmsg,write",
                    "-o",
                    trace,
                    "-p",
                    desk.ProcessId.ToString(CultureInfo.InvariantCulture),
                ]
            )
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        if ((await strace.StandardError.ReadLineAsync())?.Contains("attached", StringComparison.Ordinal) is not true)
            Assert.Skip("This machine does not let one process look at another.");
        for (var n = 2; n <= 6; n++)
            (await SendAsync(desk, n))!.State.ShouldBe(DeliveryState.Sent);
        await desk.KillAsync();
        await strace.WaitForExitAsync(Patience());

        var lines = await File.ReadAllLinesAsync(trace);
        var confirmed = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].Contains("\"250 2.0.0 Stored", StringComparison.Ordinal))
                continue;
            // back to the DATA of this mail: its text was written and synced in between
            var begin = Array.FindLastIndex(
                lines,
                i,
                l => l.Contains("send", StringComparison.Ordinal) && l.Contains("354 ", StringComparison.Ordinal)
            );
            begin.ShouldBeGreaterThanOrEqualTo(0);
            var between = lines[begin..i];
            var written = Array.FindIndex(between, l => l.Contains("pwrite64(", StringComparison.Ordinal) && IsLog(l));
            var synced = Array.FindLastIndex(between, IsSyncOfLog);
            written.ShouldBeGreaterThanOrEqualTo(0, string.Join('\n', between));
            synced.ShouldBeGreaterThan(written, string.Join('\n', between));
            confirmed++;
        }
        confirmed.ShouldBe(5);
    }

    private static bool IsLog(string line) => line.Contains("helpdesk.db-wal", StringComparison.Ordinal);

    // a call that another thread interrupts is printed in two pieces; the second has no name of a file
    private static bool IsSyncOfLog(string line) =>
        (line.Contains("fdatasync(", StringComparison.Ordinal) || line.Contains("fsync(", StringComparison.Ordinal))
            && IsLog(line)
        || line.Contains("sync resumed", StringComparison.Ordinal) && line.EndsWith("= 0", StringComparison.Ordinal);

    [Fact]
    public async Task A_full_disk_refuses_for_now_and_heals_by_itself()
    {
        await using var desk = new DeskProcess
        {
            // the guard that refuses early is off: the disk itself says no
            Settings = ["--Sample:Load=false", "--Mail:Intake:MinFreeBytes=0", "--Mail:Imap:IsOn=false"],
        };
        if (!Run("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", desk.DataDirectory))
            Assert.Skip("A small disk cannot be mounted here.");
        try
        {
            await desk.StartAsync();
            var taken = new HashSet<int>();
            Delivery? refused = null;
            for (var n = 1; n <= 60 && refused is null; n++)
            {
                var answer = await SendAsync(desk, n, bytes: 600_000);
                if (answer is { State: DeliveryState.Sent })
                    taken.Add(n);
                else
                    refused = answer;
            }
            refused.ShouldNotBeNull();
            refused.State.ShouldBe(DeliveryState.TryLater);
            refused.Reply.ShouldStartWith("452 4.3.1");
            taken.Count.ShouldBeGreaterThan(3);

            Run("mount", "-o", "remount,size=200m", desk.DataDirectory).ShouldBeTrue();
            for (var n = 1; n <= taken.Count + 5; n++)
            {
                var until = Patience();
                while ((await SendAsync(desk, n, bytes: 600_000)) is not { State: DeliveryState.Sent })
                    await Task.Delay(200, until);
            }
            await using var db = desk.OpenDatabase();
            var ids = await db.Set<InboundMail>().Select(m => m.MessageId!).ToListAsync();
            ids.ShouldBe(
                Enumerable.Range(1, taken.Count + 5).Select(n => $"durable-{n}@example.org"),
                ignoreOrder: true
            );
            await desk.KillAsync();
        }
        finally
        {
            await desk.KillAsync();
            SqliteConnection.ClearAllPools();
            Run("umount", "-l", desk.DataDirectory);
        }
    }

    [Fact]
    public async Task A_locked_database_asks_to_come_again_and_nothing_is_lost()
    {
        await using var desk = new DeskProcess
        {
            Settings = ["--Sample:Load=false", "--Mail:Intake:StoreTimeout=00:00:02"],
        };
        await desk.StartAsync();
        await using (
            var lockHolder = new SqliteConnection(
                $"Data Source={Path.Combine(desk.DataDirectory, "helpdesk.db")};Pooling=False"
            )
        )
        {
            await lockHolder.OpenAsync();
            await using var begin = lockHolder.CreateCommand();
            begin.CommandText = "begin immediate";
            await begin.ExecuteNonQueryAsync();
            var refused = await SendAsync(desk, 1);
            refused!.State.ShouldBe(DeliveryState.TryLater);
            refused.Reply.ShouldStartWith("451 4.3.");
            begin.CommandText = "rollback";
            await begin.ExecuteNonQueryAsync();
        }
        (await SendAsync(desk, 1))!.State.ShouldBe(DeliveryState.Sent);
        await using var db = desk.OpenDatabase();
        (await db.Set<InboundMail>().CountAsync()).ShouldBe(1);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var running = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
            )!;
            running.WaitForExit();
            return running.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
