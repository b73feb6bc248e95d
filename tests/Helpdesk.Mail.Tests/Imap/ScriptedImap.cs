using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Helpdesk.Mail.Tests.Imap;

/// <summary>
/// A server on a free port that says what the test says. An answer's <c>{tag}</c> is the command's tag; null closes the connection, an empty one says
/// nothing. Commands without an answer of their own are answered as a harmless server would.
/// </summary>
internal sealed class ScriptedImap : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private readonly Func<string, string?> answer;
    private readonly string greeting;

    /// <summary>Means: answer as usual.</summary>
    public const string AsUsual = "\u0001";

    public ScriptedImap(
        Func<string, string?>? answer = null,
        string greeting = "* OK [CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS] hello"
    )
    {
        (this.answer, this.greeting) = (answer ?? (_ => AsUsual), greeting);
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What the client said, without tags.</summary>
    public ConcurrentQueue<string> Heard { get; } = [];

    public int Connections { get; private set; }

    /// <summary>Mails by UID.</summary>
    public SortedDictionary<uint, string> Mails { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var connection = await listener.AcceptTcpClientAsync(stop.Token);
                Connections++;
                await TalkAsync(connection.GetStream());
            }
            catch (IOException)
            {
                // the client has hung up
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await SayAsync(stream, greeting + "\r\n");
        var idle = "";
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            var cut = line.IndexOf(' ', StringComparison.Ordinal);
            var (tag, command) = cut < 0 ? ("", line) : (line[..cut], line[(cut + 1)..]);
            if (line == "DONE")
                (tag, command) = (idle, "DONE");
            else if (command == "IDLE")
                idle = tag;
            Heard.Enqueue(command);
            var said = answer(command);
            if (said is null)
                return;
            if (said == AsUsual)
                said = Usual(command);
            if (said.Length > 0)
                await SayAsync(
                    stream,
                    said.Replace("{tag}", tag, StringComparison.Ordinal).ReplaceLineEndings("\r\n") + "\r\n"
                );
        }
    }

    private string Usual(string command)
    {
        if (command.StartsWith("SELECT", StringComparison.Ordinal))
            return $"* {Mails.Count} EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT {Mails.Keys.LastOrDefault() + 1}] x\n{{tag}} OK [READ-WRITE] done";
        if (command.StartsWith("UID SEARCH", StringComparison.Ordinal))
            return $"* SEARCH {string.Join(' ', Mails.Keys)}\n{{tag}} OK done";
        if (command.StartsWith("UID FETCH", StringComparison.Ordinal))
        {
            var text = new StringBuilder();
            var part = command.IndexOf("[]<", StringComparison.Ordinal);
            if (part > 0)
            {
                var range = command[(part + 3)..command.IndexOf('>', part)].Split('.');
                var one = uint.Parse(command.Split(' ')[2], CultureInfo.InvariantCulture);
                var all = Mails[one];
                var at = Math.Min(all.Length, int.Parse(range[0], CultureInfo.InvariantCulture));
                var piece = all.Substring(
                    at,
                    Math.Min(int.Parse(range[1], CultureInfo.InvariantCulture), all.Length - at)
                );
                return $"* 1 FETCH (UID {one} BODY[]<{at}> {{{piece.Length}}}\n{piece})\n{{tag}} OK done";
            }
            foreach (var uid in Uids(command.Split(' ')[2]).Where(Mails.ContainsKey))
                text.Append(
                    command.Contains("RFC822.SIZE", StringComparison.Ordinal)
                        ? $"* 1 FETCH (UID {uid} RFC822.SIZE {Mails[uid].Length} INTERNALDATE \" 2-Mar-2026 10:00:00 +0100\")\n"
                        : $"* 1 FETCH (UID {uid} BODY[] {Literal(Mails[uid])})\n"
                );
            return text + "{tag} OK done";
        }
        return command switch
        {
            "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS\n{tag} OK done",
            "IDLE" => "+ idling",
            _ => "{tag} OK done",
        };
    }

    public static string Literal(string text) => $"{{{text.ReplaceLineEndings("\r\n").Length}}}\n{text}";

    private static IEnumerable<uint> Uids(string set)
    {
        foreach (var range in set.Split(','))
        {
            var ends = range.Split(':');
            for (var uid = uint.Parse(ends[0]); uid <= uint.Parse(ends[^1]); uid++)
                yield return uid;
        }
    }

    private async Task SayAsync(Stream stream, string text) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop.Token);
}
