using System.Net.Sockets;
using System.Text;

namespace Helpdesk.Benchmarks;

/// <summary>One connection to the listener, after the greeting.</summary>
internal sealed class SmtpConversation : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    private SmtpConversation(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _reader = new StreamReader(_stream, Encoding.ASCII);
    }

    public static async Task<SmtpConversation> OpenAsync(int port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port);
        var conversation = new SmtpConversation(client);
        await conversation.ExpectAsync("220");
        await conversation.SayAsync("EHLO benchmark.example\r\n");
        await conversation.ExpectAsync("250");
        return conversation;
    }

    /// <param name="message">With CRLF line ends, without the final dot; no line begins with a dot.</param>
    /// <exception cref="IOException">The desk did not take it.</exception>
    public async Task SendAsync(string from, string to, string message)
    {
        await SayAsync($"MAIL FROM:<{from}>\r\nRCPT TO:<{to}>\r\nDATA\r\n");
        await ExpectAsync("250");
        await ExpectAsync("250");
        await ExpectAsync("354");
        await SayAsync(message + "\r\n.\r\n");
        await ExpectAsync("250");
    }

    public async Task QuitAsync() => await SayAsync("QUIT\r\n");

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    private async Task SayAsync(string words) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(words));

    private async Task ExpectAsync(string code)
    {
        string? line;
        do
        {
            line = await _reader.ReadLineAsync() ?? throw new IOException("The desk hung up.");
            if (!line.StartsWith(code, StringComparison.Ordinal))
                throw new IOException($"The desk said {line}");
        } while (line.Length > 3 && line[3] == '-');
    }
}
