using System.Diagnostics;
using Shouldly;

namespace Helpdesk.Mail.Tests.Smtp;

/// <summary>The listener against a client that somebody else wrote.</summary>
public class CurlTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Curl_delivers_a_file(bool tls)
    {
        Assert.SkipWhen(FindCurl() is null, "curl is not installed");
        await using var desk = new ListeningDesk(tls: tls);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "Subject: From curl\r\n\r\n.a dot\r\nbye\r\n");
            List<string> arguments =
            [
                "-sS",
                $"smtp://127.0.0.1:{desk.Port}",
                "--mail-from",
                "ann@client.example",
                "--mail-rcpt",
                "support@desk.example",
                "--upload-file",
                file,
            ];
            if (tls)
                arguments.AddRange(["--ssl-reqd", "--cacert", desk.CertificatePath]);
            using var curl = Process.Start(
                new ProcessStartInfo(FindCurl()!, arguments) { RedirectStandardError = true, UseShellExecute = false }
            )!;
            var errors = await curl.StandardError.ReadToEndAsync();
            await curl.WaitForExitAsync();
            curl.ExitCode.ShouldBe(0, errors);
            desk.Text.ShouldBe("Subject: From curl\r\n\r\n.a dot\r\nbye\r\n");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string? FindCurl() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "curl"))
            .FirstOrDefault(File.Exists);
}
