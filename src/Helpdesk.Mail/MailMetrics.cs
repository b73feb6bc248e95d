using System.Diagnostics.Metrics;

namespace Helpdesk.Mail;

/// <summary>What the meter <c>Helpdesk.Mail</c> shows. Depths and ages are those of the last look at the queues.</summary>
public sealed class MailMetrics
{
    public const string MeterName = "Helpdesk.Mail";

    private readonly Counter<long> received;
    private readonly Counter<long> outcomes;
    private readonly Counter<long> sent;
    private readonly Histogram<double> handled;
    private volatile QueueLook inbound = new(0, OldestAt: null);
    private volatile QueueLook outbound = new(0, OldestAt: null);

    private sealed record QueueLook(int Depth, DateTimeOffset? OldestAt);

    public MailMetrics(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(MeterName);
        received = meter.CreateCounter<long>("helpdesk.mail.received", "{mail}", "Mails accepted, by channel");
        outcomes = meter.CreateCounter<long>("helpdesk.mail.outcomes", "{mail}", "Mails worked through, by outcome");
        sent = meter.CreateCounter<long>("helpdesk.mail.sent", "{mail}", "Outgoing mails tried, by result");
        handled = meter.CreateHistogram<double>("helpdesk.mail.intake.wait", "s", "From accepted to its outcome");
        meter.CreateObservableGauge("helpdesk.mail.inbound.depth", () => inbound.Depth, "{mail}", "Mails waiting");
        meter.CreateObservableGauge("helpdesk.mail.inbound.age", () => Age(inbound, time), "s", "Age of the oldest");
        meter.CreateObservableGauge("helpdesk.mail.outbound.depth", () => outbound.Depth, "{mail}", "Mails to be sent");
        meter.CreateObservableGauge("helpdesk.mail.outbound.age", () => Age(outbound, time), "s", "Age of the oldest");
    }

    public void Received(string channel, bool again) =>
        received.Add(1, new("channel", channel), new KeyValuePair<string, object?>("again", again));

    /// <param name="waited">Since the mail was accepted.</param>
    public void Outcome(string state, string reason, TimeSpan waited)
    {
        outcomes.Add(1, new("state", state), new KeyValuePair<string, object?>("reason", reason));
        handled.Record(waited.TotalSeconds);
    }

    public void Sent(string result) => sent.Add(1, new KeyValuePair<string, object?>("result", result));

    public void LookedAtInbound(int depth, DateTimeOffset? oldestAt) => inbound = new(depth, oldestAt);

    public void LookedAtOutbound(int depth, DateTimeOffset? oldestAt) => outbound = new(depth, oldestAt);

    private static double Age(QueueLook look, TimeProvider time) =>
        look.OldestAt is { } at ? Math.Max(0, (time.GetUtcNow() - at).TotalSeconds) : 0;
}
