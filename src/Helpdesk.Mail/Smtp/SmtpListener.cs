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
    Failpoints failpoints,
    TimeProvider time,
    ILogger<SmtpListener> log
) : IHostedService, IDisposable
{
    private readonly SmtpListenerOptions settings = options.Value;
    private readonly ConcurrentDictionary<Task, byte> sessions = new();
    private readonly ConcurrentDictionary<IPAddress, int> peers = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();
    private CertificateFile? certificate;
    private Socket? socket;
    private Task accepting = Task.CompletedTask;
    private readonly Lock gate = new();
    private Task? ended;
    private bool isDisposed;

    /// <summary>Where it really listens (the port is chosen by the system when 0 is configured); null when it does not.</summary>
    public IPEndPoint? LocalEndPoint => socket?.LocalEndPoint as IPEndPoint;

    public int SessionCount => sessions.Count;

    /// <exception cref="IOException">The address is in use or not ours: the program must not start without its door.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.EndPoint is not { } at)
            return Task.CompletedTask;
        if (settings.CertificateFile is { } file)
        {
            certificate = new CertificateFile(file, settings.CertificateKeyFile, log);
            _ = certificate.Current;
        }
        socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (at.Address.Equals(IPAddress.IPv6Any))
            socket.DualMode = true;
        try
        {
            socket.Bind(at);
        }
        catch (SocketException busy)
        {
            throw new IOException($"Mail:Smtp:Listen, {at}: {busy.Message}", busy);
        }
        socket.Listen(512);
        log.LogInformation("SMTP listens on {EndPoint}", LocalEndPoint);
        accepting = AcceptAsync(socket);
        return Task.CompletedTask;
    }

    /// <summary>No new sessions; those within a mail may end it within <see cref="SmtpListenerOptions.StopGrace"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        // a host may be stopped from two sides, and is disposed when the first has ended; one that failed to start disposes before it stops
        lock (gate)
            return ended ??= isDisposed ? Task.CompletedTask : EndAsync(cancellationToken);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        socket?.Dispose();
        await accepting;
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        grace.CancelAfter(settings.StopGrace);
        var ending = Task.WhenAll(sessions.Keys);
        await Task.WhenAny(ending, Task.Delay(Timeout.Infinite, grace.Token));
        await aborting.CancelAsync();
        await ending;
    }

    public void Dispose()
    {
        isDisposed = true;
        socket?.Dispose();
        stopping.Dispose();
        aborting.Dispose();
        certificate?.Dispose();
    }

    private async Task AcceptAsync(Socket socket)
    {
        var house = new SmtpSessionContext(
            settings,
            accept,
            isOurAddress,
            () => certificate?.Current,
            new ByteBudget(settings.MaxInFlightBytes),
            failpoints,
            time,
            log,
            stopping.Token,
            aborting.Token
        );
        while (!stopping.IsCancellationRequested)
        {
            Socket connection;
            try
            {
                connection = await socket.AcceptAsync(stopping.Token);
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
            if (sessions.Count >= settings.MaxSessions || IsTooMany(connection))
                TurnAway(connection);
            else
                Track(HoldAsync(connection, house));
        }
    }

    // a relay on this machine sends for many; anybody else has room for a few, so that one peer cannot keep the others out
    private bool IsTooMany(Socket connection) =>
        PeerOf(connection) is { } peer
        && !IPAddress.IsLoopback(peer)
        && peers.GetValueOrDefault(peer) >= settings.MaxSessionsPerPeer;

    private static IPAddress? PeerOf(Socket connection) =>
        connection.RemoteEndPoint is IPEndPoint { Address: var peer }
            ? peer.IsIPv4MappedToIPv6
                ? peer.MapToIPv4()
                : peer
            : null;

    private Task HoldAsync(Socket connection, SmtpSessionContext house)
    {
        var peer = PeerOf(connection) ?? IPAddress.None;
        peers.AddOrUpdate(peer, 1, (_, count) => count + 1);
        return TalkAsync();

        async Task TalkAsync()
        {
            await Task.Yield();
            try
            {
                connection.NoDelay = true;
                var remote = connection.RemoteEndPoint;
                using var session = new SmtpSession(new NetworkStream(connection, ownsSocket: true), remote, house);
                await session.RunAsync();
            }
            catch (SocketException)
            {
                connection.Dispose(); // gone before the first word
            }
            finally
            {
                if (peers.AddOrUpdate(peer, 0, (_, count) => count - 1) == 0)
                    peers.TryRemove(new(peer, 0));
            }
        }
    }

    private void Track(Task session)
    {
        sessions.TryAdd(session, 0);
        _ = session.ContinueWith(
            ended =>
            {
                sessions.TryRemove(ended, out _);
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
