using System.Globalization;
using System.Text.Json;
using Helpdesk.Mail.Import;
using Helpdesk.Mail.Smtp;
using Helpdesk.Web.Startup;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Commands;

/// <summary>Takes in the mails of an mbox file, a Maildir, or a folder of .eml files; a running desk works through them at once.</summary>
internal static class MailImportCommand
{
    public static async Task<int> RunAsync(
        string path,
        string[] settings,
        Func<string[], IServiceProvider> open,
        CancellationToken cancellationToken
    )
    {
        var services = open(settings);
        await DatabasePreparation.RunAsync(services, cancellationToken);
        var limit = services.GetRequiredService<IOptions<SmtpListenerOptions>>().Value.MaxMessageBytes;
        var done = await services
            .GetRequiredService<MailImport>()
            .RunAsync(
                MailFiles.Read(path, limit),
                p =>
                    Console.Error.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{p.Seen} mails, {p.Bytes / 1e6:0.0} MB: {p.Taken} taken, {p.Known} known already, {p.Left} left"
                        )
                    ),
                name => Console.Error.WriteLine($"left: {name}"),
                cancellationToken
            );
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    seen = done.Seen,
                    taken = done.Taken,
                    known = done.Known,
                    left = done.Left,
                    bytes = done.Bytes,
                }
            )
        );
        return done.Left == 0 ? 0 : 1;
    }
}
