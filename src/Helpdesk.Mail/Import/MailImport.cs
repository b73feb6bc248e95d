using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Mail.Import;

/// <summary>How far an import is.</summary>
/// <param name="Taken">New here.</param>
/// <param name="Known">The same mail was here before: an import that broke off is simply begun again.</param>
/// <param name="Left">Too large or not readable; each was named.</param>
public sealed record ImportProgress(long Taken, long Known, long Left, long Bytes)
{
    public long Seen => Taken + Known + Left;
}

/// <summary>
/// Hands stored mails to the queue that all mail goes through. They become requests by the same rules, but nobody is told that we have theirs: they wrote long ago.
/// </summary>
public sealed class MailImport(AcceptMail accept, DeskDirectory directory, TimeProvider time)
{
    private const int Together = 50;
    private const long MaxBytesTogether = 16 * 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    /// <param name="report">Told about every second, and at the end.</param>
    /// <param name="left">Told of each mail that is not taken.</param>
    /// <exception cref="IOException">The desk's disk stays full.</exception>
    public async Task<ImportProgress> RunAsync(
        IEnumerable<StoredMail> mails,
        Action<ImportProgress> report,
        Action<string> left,
        CancellationToken cancellationToken = default
    )
    {
        var address = (await directory.GetAsync(cancellationToken)).Settings.SupportAddress;
        var progress = new ImportProgress(0, 0, 0, 0);
        var reportedAt = time.GetTimestamp();
        var (group, bytes) = (new List<byte[]>(), 0L);
        foreach (var mail in mails)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (mail.Raw is not { Length: > 0 } raw)
            {
                left(mail.Name);
                progress = progress with { Left = progress.Left + 1 };
                continue;
            }
            group.Add(raw);
            bytes += raw.Length;
            if (group.Count < Together && bytes < MaxBytesTogether)
                continue;
            progress = await StoreAsync(group, address, progress, cancellationToken);
            (group, bytes) = ([], 0);
            if (time.GetElapsedTime(reportedAt) < ReportEvery)
                continue;
            reportedAt = time.GetTimestamp();
            report(progress);
        }
        progress = await StoreAsync(group, address, progress, cancellationToken);
        report(progress);
        return progress;
    }

    private async Task<ImportProgress> StoreAsync(
        List<byte[]> group,
        string address,
        ImportProgress progress,
        CancellationToken cancellationToken
    )
    {
        // all at once: they share one sync of the disk
        var answers = await Task.WhenAll(group.Select(raw => StoreAsync(raw, address, cancellationToken)));
        var known = answers.Count(a => a.AlreadyThere);
        return progress with
        {
            Known = progress.Known + known,
            Taken = progress.Taken + answers.Length - known,
            Bytes = progress.Bytes + group.Sum(raw => (long)raw.Length),
        };
    }

    private async Task<Acceptance.Stored> StoreAsync(byte[] raw, string address, CancellationToken cancellationToken)
    {
        var header = HeaderBlock.Read(raw, 0, raw.Length, isPart: false, MailLimits.Default, out _, out _);
        var sender = AddressList.Parse(header.First("From") ?? "", 1, out _) is [var author, ..] ? author.Address : "";
        var envelope = new MailEnvelope(
            header.First("Return-Path")?.Trim().Trim('<', '>').Trim() ?? sender,
            [address],
            InboundMail.Imported
        );
        for (var attempt = 1; ; attempt++)
        {
            switch (await accept(raw, envelope, cancellationToken))
            {
                case Acceptance.Stored stored:
                    return stored;
                case Acceptance.TryLater { DiskFull: true }:
                    throw new IOException(
                        "The desk's disk is full. Begin the import again when there is room: nothing is taken twice."
                    );
                default:
                    if (attempt == 30)
                        throw new IOException(
                            "The desk's database does not answer. Begin the import again later: nothing is taken twice."
                        );
                    await Task.Delay(Pause, time, cancellationToken);
                    break;
            }
        }
    }
}
