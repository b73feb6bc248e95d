using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Helpdesk.Mail.Intake;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Smtp;

/// <summary>Takes connections and holds one <see cref="SmtpSession"/> on each.</summary>
public sealed class SmtpListener(
    IOptions<SmtpListenerOptions> options,
    AcceptMail accept,
    IsOurAddress isOurAddress,
    TimeProvider time,
    ILogger<SmtpListener> log
) : IHostedService, IDisposable
{
    private readonly SmtpListenerOptions _options = options.Value;
    private readonly ConcurrentDictionary<Task, byte> _sessions = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private CertificateFile? _certificate;
    private Socket? _socket;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it really listens (the port is chosen by the system when 0 is configured); null when it does not.</summary>
    public IPEndPoint? LocalEndPoint => _socket?.LocalEndPoint as IPEndPoint;

    public int SessionCount => _sessions.Count;

    /// <exception cref="SocketException">The address is in use or not ours: the program must not start without its door.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.EndPoint is not { } at)
            return Task.CompletedTask;
        if (_options.CertificateFile is { } file)
        {
            _certificate = new CertificateFile(file, _options.CertificateKeyFile, log);
            _ = _certificate.Current;
        }
        _socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (at.Address.Equals(IPAddress.IPv6Any))
            _socket.DualMode = true;
        _socket.Bind(at);
        _socket.Listen(512);
        log.LogInformation("SMTP listens on {EndPoint}", LocalEndPoint);
        _accepting = AcceptAsync(_socket);
        return Task.CompletedTask;
    }

    /// <summary>No new sessions; those within a mail may end it within <see cref="SmtpListenerOptions.StopGrace"/>.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        _socket?.Dispose();
        await _accepting;
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        grace.CancelAfter(_options.StopGrace);
        var sessions = Task.WhenAll(_sessions.Keys);
        await Task.WhenAny(sessions, Task.Delay(Timeout.Infinite, grace.Token));
        await _aborting.CancelAsync();
        await sessions;
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _stopping.Dispose();
        _aborting.Dispose();
        _certificate?.Dispose();
    }

    private async Task AcceptAsync(Socket socket)
    {
        var house = new SmtpSessionContext(
            _options,
            accept,
            isOurAddress,
            () => _certificate?.Current,
            new ByteBudget(_options.MaxInFlightBytes),
            time,
            log,
            _stopping.Token,
            _aborting.Token
        );
        while (!_stopping.IsCancellationRequested)
        {
            Socket connection;
            try
            {
                connection = await socket.AcceptAsync(_stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // out of file handles, or a connection that was gone before we took it
                log.LogWarning("A connection could not be accepted: {Error}", e.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(100), time);
                continue;
            }
            connection.NoDelay = true;
            if (_sessions.Count >= _options.MaxSessions)
                TurnAway(connection);
            else
                Track(HoldAsync(connection, house));
        }
    }

    private static async Task HoldAsync(Socket connection, SmtpSessionContext house)
    {
        await Task.Yield();
        var remote = connection.RemoteEndPoint;
        using var session = new SmtpSession(new NetworkStream(connection, ownsSocket: true), remote, house);
        await session.RunAsync();
    }

    private void Track(Task session)
    {
        _sessions.TryAdd(session, 0);
        _ = session.ContinueWith(
            ended =>
            {
                _sessions.TryRemove(ended, out _);
                if (ended.Exception is { } e)
                    log.LogError(e, "An SMTP session ended by a defect");
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    private static void TurnAway(Socket connection)
    {
        using (connection)
        {
            connection.Blocking = false;
            connection.Send("421 4.3.2 Too many sessions, try later\r\n"u8, SocketFlags.None, out _);
        }
    }
}
