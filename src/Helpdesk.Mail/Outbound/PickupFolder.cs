using System.Globalization;
using System.Text;
using Helpdesk.Tickets.Data;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// Writes each mail as an <c>.eml</c> file: to look at while developing, or for a mail server that collects from a folder.
/// The envelope stands on top as <c>X-Sender</c> and <c>X-Receiver</c> lines, as such servers expect it.
/// </summary>
/// <param name="folder">Made when it is not there.</param>
public sealed class PickupFolder(string folder, TimeProvider time) : IMailSender
{
    /// <summary>Where mails are written while no server takes them.</summary>
    public static string PathOf(OutboundOptions outbound, StorageOptions storage) =>
        outbound.PickupFolder ?? Path.Combine(storage.DataDirectory, "mail");

    public async Task<IReadOnlyList<Delivery>> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var (state, words) = (DeliveryState.Sent, "");
        try
        {
            words = await WriteAsync(mail, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (state, words) = (DeliveryState.TryLater, e.Message);
        }
        return [.. mail.Recipients.Select(r => new Delivery(r, state, words))];
    }

    private async Task<string> WriteAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var envelope = new StringBuilder();
        envelope.Append(CultureInfo.InvariantCulture, $"X-Sender: <{mail.ReturnPath}>\r\n");
        foreach (var recipient in mail.Recipients)
            envelope.Append(CultureInfo.InvariantCulture, $"X-Receiver: <{recipient}>\r\n");

        Directory.CreateDirectory(folder);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.NewGuid():N}.eml"
        );
        var path = Path.Combine(folder, name);
        // under another name until it is whole, for whoever watches the folder
        var unfinished = path + ".part";
        await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(envelope.ToString()), cancellationToken);
            await file.WriteAsync(mail.Raw, cancellationToken);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path);
        return name;
    }
}
