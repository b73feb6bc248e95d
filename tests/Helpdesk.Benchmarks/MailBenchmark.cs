using System.Diagnostics;
using System.Globalization;
using Helpdesk.Web.Sample;
using Microsoft.Data.Sqlite;

namespace Helpdesk.Benchmarks;

/// <summary>
/// Mails over real SMTP connections, each from a person of its own, until each is a routed ticket whose acknowledgement has been sent. Beside
/// it: what this disk takes in the same minute, and the plainest durable intake there is, one row a commit.
/// </summary>
internal static class MailBenchmark
{
    private const int Mails = 2000;

    /// <summary>The first of a fresh process pay for compiling; an ordinary day is after them.</summary>
    private const int WarmUp = 2000;
    private const int Senders = 4;

    public static async Task RunAsync()
    {
        var directory = Figures.NewDirectory();
        await using var desk = new DeskProgram(directory);
        Figures.Say($"mail: first start");
        await desk.StartAsync();
        await desk.UntilIdleAsync();
        var texts = SampleText.Requests();
        Figures.Say($"mail: warming up");
        var cold = desk.Cpu;
        await SendAsync(desk, texts, 0, WarmUp);
        await FinishedAsync(desk, WarmUp);
        await desk.UntilIdleAsync();
        cold = desk.Cpu - cold;

        Figures.Say($"mail: {Mails} mails by {Senders} senders");
        var syncs = Figures.SyncsPerSecond(directory);
        var plain = PlainRowsPerSecond(directory, texts);
        var cpu = desk.Cpu;
        var time = Stopwatch.StartNew();
        await SendAsync(desk, texts, WarmUp, Mails);
        var accepted = time.Elapsed;
        await FinishedAsync(desk, WarmUp + Mails);
        var finished = time.Elapsed;
        await desk.UntilIdleAsync();
        var spent = desk.Cpu - cpu;
        var routed = Read(
            desk,
            string.Create(
                CultureInfo.InvariantCulture,
                $"select (t.RoutedAt - m.ReceivedAt) / 10000.0 from InboundMails m join Tickets t on t.Id = m.TicketId where m.Id > {WarmUp}"
            )
        );

        // one at a time, as an ordinary day brings them
        await SendAsync(desk, texts, WarmUp + Mails, 100, senders: 1, pause: TimeSpan.FromMilliseconds(150));
        await FinishedAsync(desk, WarmUp + Mails + 100);
        var calm = Read(
            desk,
            string.Create(
                CultureInfo.InvariantCulture,
                $"select (t.RoutedAt - m.ReceivedAt) / 10000.0 from InboundMails m join Tickets t on t.Id = m.TicketId where m.Id > {WarmUp + Mails}"
            )
        );
        var acknowledged = Read(
            desk,
            string.Create(
                CultureInfo.InvariantCulture,
                $"select (n.MailSentAt - m.ReceivedAt) / 10000.0 from InboundMails m join Notifications n on n.TicketId = m.TicketId where m.Id > {WarmUp + Mails} and n.Kind = 0 and n.MailSentAt is not null"
            )
        );
        await desk.StopAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
        Figures.Print(
            "mail",
            new
            {
                mails = Mails,
                senders = Senders,
                acceptedPerSecond = Figures.Round(Mails / accepted.TotalSeconds),
                routedAndAcknowledgedPerSecond = Figures.Round(Mails / finished.TotalSeconds),
                cpuMsPerMailOfTheFirst2000 = Figures.Round(cold.TotalMilliseconds / WarmUp),
                cpuMsPerMail = Figures.Round(spent.TotalMilliseconds / Mails),
                acceptToRoutedMsP50InTheFlood = Figures.Round(Figures.Percentile(routed, 0.5)),
                acceptToRoutedMsP95InTheFlood = Figures.Round(Figures.Percentile(routed, 0.95)),
                acceptToRoutedMsP50 = Figures.Round(Figures.Percentile(calm, 0.5)),
                acceptToRoutedMsP95 = Figures.Round(Figures.Percentile(calm, 0.95)),
                acceptToAcknowledgedMsP95 = Figures.Round(Figures.Percentile(acknowledged, 0.95)),
                syncsPerSecond = Figures.Round(syncs),
                plainRowsPerSecond = Figures.Round(plain),
                acceptedPerSync = Figures.Round(Mails / accepted.TotalSeconds / syncs),
            }
        );
    }

    private static async Task SendAsync(
        DeskProgram desk,
        IReadOnlyList<LabelledRequest> texts,
        int from,
        int count,
        int senders = Senders,
        TimeSpan pause = default
    )
    {
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(() => SendSomeAsync(sender))));

        async Task SendSomeAsync(int sender)
        {
            using var conversation = await SmtpConversation.OpenAsync(desk.SmtpPort);
            for (var i = from + sender; i < from + count; i += senders)
            {
                var text = texts[i * 7 % texts.Count].Text;
                await conversation.SendAsync(
                    $"person{i}@example.org",
                    "support@larchbank.example",
                    $"From: Person {i} <person{i}@example.org>\r\nTo: support@larchbank.example\r\nSubject: {text[..Math.Min(40, text.Length)].ReplaceLineEndings(" ")}\r\n"
                        + $"Message-ID: <benchmark-{i}@example.org>\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
                        + $"Content-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n\r\n{text.ReplaceLineEndings("\r\n")}\r\n\r\nKind regards\r\nPerson {i}"
                );
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause);
            }
            await conversation.QuitAsync();
        }
    }

    /// <summary>Until as many mails are handled, their tickets routed, and nothing waits to be sent.</summary>
    private static async Task FinishedAsync(DeskProgram desk, int mails)
    {
        while (
            Read(desk, "select count(*) from InboundMails where State <> 0")[0] < mails
            || Read(desk, "select count(*) from Tickets where RoutedAt is null")[0] > 0
            || Read(
                desk,
                "select count(*) from Notifications n join InboundMails m on m.TicketId = n.TicketId where n.Kind = 0 and n.MailSentAt is not null"
            )[0] < mails
        )
            await Task.Delay(50);
    }

    private static List<double> Read(DeskProgram desk, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={desk.DataFile};Mode=ReadOnly;Default Timeout=10");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<double>();
        while (reader.Read())
            if (!reader.IsDBNull(0))
                values.Add(reader.GetDouble(0));
        return values;
    }

    private static double PlainRowsPerSecond(string directory, IReadOnlyList<LabelledRequest> texts)
    {
        var path = Path.Combine(directory, "plain.db");
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "pragma journal_mode=WAL; pragma synchronous=FULL; create table m(id integer primary key, t text)";
        command.ExecuteNonQuery();
        command.CommandText = "insert into m(t) values ($t)";
        var text = command.Parameters.Add("$t", SqliteType.Text);
        var time = Stopwatch.StartNew();
        var count = 0;
        for (; time.Elapsed < TimeSpan.FromSeconds(2); count++)
        {
            text.Value = texts[count % texts.Count].Text;
            command.ExecuteNonQuery();
        }
        return count / time.Elapsed.TotalSeconds;
    }
}
