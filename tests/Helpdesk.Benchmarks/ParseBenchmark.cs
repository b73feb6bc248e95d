using System.Diagnostics;
using System.Globalization;
using System.Text;
using Helpdesk.Mail.Mime;

namespace Helpdesk.Benchmarks;

/// <summary>
/// How fast messages are understood: a folder of real ones, and one with an attachment of 25 MB as it travels (34 MB of base64). CPU time of one thread; beside
/// it how fast the same bytes are merely copied.
/// </summary>
internal static class ParseBenchmark
{
    private const int AttachmentBytes = 25 * 1024 * 1024;

    public static Task RunAsync()
    {
        var folder = Environment.GetEnvironmentVariable("HELPDESK_BENCHMARK_MAILS");
        if (folder is null || !Directory.Exists(folder))
        {
            Figures.Say($"parse: HELPDESK_BENCHMARK_MAILS names no folder of .eml files");
            return Task.CompletedTask;
        }
        var mails = Directory
            .GetFiles(folder, "*.eml")
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)
            .ToList();
        var bytes = mails.Sum(m => (long)m.Length);
        var large = Large();
        Figures.Say($"parse: {mails.Count} messages, {bytes / 1e6:0.0} MB");
        var all = Measure(() => mails.ForEach(m => MimeParser.Parse(m)));
        var one = Measure(() => MimeParser.Parse(large));
        var room = new byte[mails.Max(m => m.Length)];
        var copy = Measure(() => mails.ForEach(m => m.CopyTo(room, 0)));
        Figures.Print(
            "parse",
            new
            {
                messages = mails.Count,
                corpusMBPerSecond = Figures.Round(bytes / 1e6 / all),
                messagesPerSecond = Figures.Round(mails.Count / all),
                largeMessageMB = Figures.Round(large.Length / 1e6),
                largeMBPerSecond = Figures.Round(large.Length / 1e6 / one),
                copyMBPerSecond = Figures.Round(bytes / 1e6 / copy),
            }
        );
        return Task.CompletedTask;
    }

    /// <summary>The best of several passes, in seconds of CPU: what others do on the machine only adds.</summary>
    private static double Measure(Action work)
    {
        var best = double.MaxValue;
        var process = Process.GetCurrentProcess();
        var clock = Stopwatch.StartNew();
        for (var pass = 0; pass < 30 && (pass < 8 || clock.Elapsed < TimeSpan.FromSeconds(10)); pass++)
        {
            GC.Collect();
            process.Refresh();
            var before = process.TotalProcessorTime;
            work();
            process.Refresh();
            best = Math.Min(best, (process.TotalProcessorTime - before).TotalSeconds);
        }
        return best;
    }

    private static byte[] Large()
    {
        var content = new byte[AttachmentBytes];
        new Random(7).NextBytes(content);
        var text = new StringBuilder(
            "From: Ann <ann@example.org>\r\nTo: support@desk.example\r\nSubject: A film\r\nMIME-Version: 1.0\r\n"
                + "Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain\r\n\r\nSee the film.\r\n"
                + "--b1\r\nContent-Type: video/mp4; name=\"film.mp4\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks)}\r\n--b1--\r\n"
        );
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
