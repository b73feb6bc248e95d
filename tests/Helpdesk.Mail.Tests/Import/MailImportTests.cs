using System.Text;
using Helpdesk.Mail.Import;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets.Notifications;
using Shouldly;

namespace Helpdesk.Mail.Tests.Import;

public sealed class MailImportTests : IDisposable
{
    private const int Limit = 1024 * 1024;
    private readonly string folder = Directory.CreateTempSubdirectory("helpdesk-import-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static List<string> Read(string path, int limit = Limit) =>
        [.. MailFiles.Read(path, limit).Select(m => m.Raw is null ? "too large" : Encoding.UTF8.GetString(m.Raw))];

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void An_mbox_is_cut_where_mails_begin_and_nowhere_else(string end)
    {
        var path = Write(
            "a.mbox",
            "From a@example.org Mon Mar  2 10:00:00 2026\nSubject: 1\n\nFrom here on\n\n>From there\n>>From deep\n\nFrom b@example.org Mon Mar  2 10:00:01 2026\nSubject: 2\n\nx\n".ReplaceLineEndings(
                end
            )
        );
        Read(path)
            .ShouldBe([
                "Subject: 1\n\nFrom here on\n\nFrom there\n>From deep\n".ReplaceLineEndings(end),
                "Subject: 2\n\nx\n".ReplaceLineEndings(end),
            ]);
    }

    [Fact]
    public void Huge_mails_and_huge_lines_are_passed_over()
    {
        var path = Write(
            "b.mbox",
            $"From a 10:00:00\nSubject: 1\n\n{new string('x', 3_000_000)}\n\nFrom b 10:00:00\nSubject: 2\n\n{string.Concat(Enumerable.Repeat("yyyyyyyyy\n", 200_000))}\nFrom c 10:00:00\nSubject: 3\n\nz"
        );
        Read(path).ShouldBe(["too large", "too large", "Subject: 3\n\nz"]);
    }

    [Fact]
    public void A_maildir_gives_read_and_unread_mails_of_all_its_folders()
    {
        Write("m/cur/2.host:2,S", "Subject: 2");
        Write("m/cur/1.host:2,", "Subject: 1");
        Write("m/new/3.host", "Subject: 3");
        Write("m/tmp/4.host", "half");
        Write("m/.Sent/cur/5.host", "Subject: 5");
        Read(Path.Combine(folder, "m")).ShouldBe(["Subject: 1", "Subject: 2", "Subject: 3", "Subject: 5"]);
        Write("e/b.eml", "Subject: b");
        Write("e/a.eml", "Subject: a");
        Read(Path.Combine(folder, "e")).ShouldBe(["Subject: a", "Subject: b"]);
        Should.Throw<InvalidDataException>(() => Read(Write("no.txt", "hello\n")));
        Should.Throw<FileNotFoundException>(() => Read(Path.Combine(folder, "nowhere")));
    }

    [Fact]
    public async Task Imported_mails_become_requests_once_and_nobody_is_told()
    {
        await using var desk = await MailDesk.OpenAsync();
        var mbox = new StringBuilder();
        for (var n = 1; n <= 120; n++)
            mbox.Append($"From x Mon Mar  2 10:00:00 2026\n{MailDesk.Eml($"Mail {n}", id: $"m{n}")}\n");
        mbox.Append($"From x Mon Mar  2 10:00:00 2026\nSubject: large\n\n{new string('x', 2 * Limit)}\n");
        var path = Write("c.mbox", mbox.ToString());
        var import = new MailImport(
            desk.Queue.AcceptAsync,
            desk.Desk.Get<Tickets.Settings.DeskDirectory>(),
            TimeProvider.System
        );
        var left = new List<string>();
        var reports = new List<ImportProgress>();

        var first = await import.RunAsync(MailFiles.Read(path, Limit), reports.Add, left.Add);
        var again = await import.RunAsync(MailFiles.Read(path, Limit), reports.Add, left.Add);

        (first.Seen, first.Taken, first.Known, first.Left).ShouldBe((121, 120, 0, 1));
        (again.Taken, again.Known).ShouldBe((0, 120));
        left.Count.ShouldBe(2);
        reports[^1].ShouldBe(again);
        await desk.IntakeAsync();
        (await desk.MailsAsync()).ShouldAllBe(m => m.State == InboundState.Done);
        (await desk.NotificationsAsync()).ShouldNotContain(n => n.Kind == NotificationKind.Acknowledgement);
    }
}
