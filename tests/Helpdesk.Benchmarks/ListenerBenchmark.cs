using System.Diagnostics;
using Helpdesk.Mail;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Smtp;
using Helpdesk.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Helpdesk.Benchmarks;

/// <summary>
/// The listener alone, over real connections: mails for which the sender heard 250, which is after the disk has them. Beside it the same with a listener that keeps
/// nothing, which is what client and protocol cost, and what this disk takes in the same minute.
/// </summary>
internal static class ListenerBenchmark
{
    private const int Mails = 2000;
    private const int WarmUp = 500;

    public static async Task RunAsync()
    {
        await using var desk = await Desk.CreateAsync(
            configure: (services, configuration) => services.AddMailRooms(configuration)
        );
        var queue = desk.Get<InboundQueue>();
        foreach (var connections in (int[])[1, 16])
        {
            Figures.Say($"listener: {connections} connections");
            var nothing = await MeasureAsync(
                (_, _, _) => new(new Acceptance.Stored(1, AlreadyThere: false)),
                connections
            );
            var syncs = Figures.SyncsPerSecond(desk.DataDirectory);
            var durable = await MeasureAsync(queue.AcceptAsync, connections);
            Figures.Print(
                "listener",
                new
                {
                    connections,
                    mails = Mails,
                    durablePerSecond = Figures.Round(durable.PerSecond),
                    cpuMsPerMail = Figures.Round(durable.CpuMs - nothing.CpuMs),
                    cpuMsPerMailOfClientAndProtocol = Figures.Round(nothing.CpuMs),
                    perSecondKeepingNothing = Figures.Round(nothing.PerSecond),
                    syncsPerSecond = Figures.Round(syncs),
                    syncsPerSecondAfter = Figures.Round(Figures.SyncsPerSecond(desk.DataDirectory)),
                    durablePerSync = Figures.Round(durable.PerSecond / syncs),
                }
            );
        }
    }

    private static async Task<(double PerSecond, double CpuMs)> MeasureAsync(AcceptMail accept, int connections)
    {
        using var listener = new SmtpListener(
            Options.Create(new SmtpListenerOptions { Listen = "127.0.0.1:0" }),
            accept,
            (_, _) => ValueTask.FromResult(true),
            new Failpoints(),
            TimeProvider.System,
            NullLogger<SmtpListener>.Instance
        );
        await listener.StartAsync(default);
        var port = listener.LocalEndPoint!.Port;
        await SendAsync(port, WarmUp, connections);
        using var me = Process.GetCurrentProcess();
        var cpu = me.TotalProcessorTime;
        var time = Stopwatch.StartNew();
        await SendAsync(port, Mails, connections);
        var elapsed = time.Elapsed;
        me.Refresh();
        var spent = me.TotalProcessorTime - cpu;
        await listener.StopAsync(default);
        return (Mails / elapsed.TotalSeconds, spent.TotalMilliseconds / Mails);
    }

    private static Task SendAsync(int port, int count, int connections) =>
        Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(c => Task.Run(() => TalkAsync(port, (count / connections) + (c < count % connections ? 1 : 0))))
        );

    private static async Task TalkAsync(int port, int count)
    {
        using var conversation = await SmtpConversation.OpenAsync(port);
        for (var i = 0; i < count; i++)
            await conversation.SendAsync(
                "person@example.org",
                "support@desk.example",
                $"From: Person <person@example.org>\r\nTo: support@desk.example\r\nSubject: Where is my card\r\nMessage-ID: <{Guid.NewGuid():N}@example.org>\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\n{Text}"
            );
        await conversation.QuitAsync();
    }

    private static readonly string Text = string.Join(
        "\r\n",
        Enumerable.Repeat("I ordered a card two weeks ago and it is not here.", 20)
    );
}
