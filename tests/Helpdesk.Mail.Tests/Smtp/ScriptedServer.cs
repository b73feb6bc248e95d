using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Helpdesk.Mail.Tests.Smtp;

/// <summary>A server on a free port that answers as the test says and remembers what it heard; one connection at a time.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public ScriptedServer(Func<string, string?> answer, string greeting = "220 scripted")
    {
        listener.Start();
        serving = ServeAsync(answer, greeting);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public List<string> Heard { get; } = [];

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync(Func<string, string?> answer, string greeting)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync(stop.Token);
                Connections++;
                try
                {
                    await TalkAsync(connection.GetStream(), answer, greeting);
                }
                catch (IOException)
                {
                    // the client has hung up
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    /// <summary>Null as an answer closes the connection; an empty one says nothing.</summary>
    private async Task TalkAsync(Stream stream, Func<string, string?> answer, string greeting)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(greeting + "\r\n"));
        var inText = false;
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            Heard.Add(line);
            if (inText && line != ".")
                continue;
            var said = answer(line);
            if (said is null)
                return;
            inText = said.StartsWith("354", StringComparison.Ordinal);
            if (said.Length > 0)
                await stream.WriteAsync(Encoding.UTF8.GetBytes(said + "\r\n"));
        }
    }
}
