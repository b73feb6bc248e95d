using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Helpdesk.Mail.Outbound;
using Helpdesk.Testing;
using Shouldly;

namespace Helpdesk.Mail.Tests.Outbound;

public sealed class DkimSignerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("helpdesk-dkim-").FullName;
    private readonly RSA key = RSA.Create(2048);

    public void Dispose()
    {
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private DkimSigner Signer()
    {
        var file = Path.Combine(folder, "dkim.pem");
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        return new(
            new DkimOptions
            {
                Domain = "desk.example",
                Selector = "s1",
                KeyFile = file,
            }
        );
    }

    private static byte[] Mail(string body = "Hello  there, \n\n-- \nLarch Bank\n\n\n") =>
        Sample.Of(
            $"From: Larch Bank <support@desk.example>\nTo: ann@example.org\nSubject: Your card\n =?utf-8?q?is_on_its_way?=\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <1@desk.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{body}"
        );

    [Fact]
    public void A_signed_mail_verifies_and_a_changed_one_does_not()
    {
        using var signer = Signer();
        var signed = signer.Sign(Mail());
        Encoding
            .ASCII.GetString(signed)
            .ShouldStartWith("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=desk.example;");
        signed.ShouldBe(signer.Sign(Mail()));
        Verify(signed).ShouldBeTrue();
        // blanks that servers on the way may change
        Verify(Change(signed, "Hello  there, ", "Hello there,")).ShouldBeTrue();
        Verify(Change(signed, "Hello", "Hallo")).ShouldBeFalse();
        Verify(Change(signed, "Your card", "My card")).ShouldBeFalse();
        // a second From above the first would be what people see
        Verify(Change(signed, "To: ann@example.org", "From: x@evil.example\r\nTo: ann@example.org")).ShouldBeFalse();
        Verify(signer.Sign(Mail(""))).ShouldBeTrue();
        Verify(signer.Sign(Mail("no line end"))).ShouldBeTrue();
    }

    [Fact]
    public async Task Somebody_elses_verifier_agrees()
    {
        const string Script = """
            import sys, dkim
            record = sys.argv[1].encode()
            print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: record if name in (b's1._domainkey.desk.example.', 's1._domainkey.desk.example.') else None))
            """;
        using var signer = Signer();
        foreach (var body in (string[])["Hello  there, \n\n\n", "", "x", "täglich\n \t\n.\n"])
        {
            var signed = signer.Sign(Mail(body));
            var record = $"v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}";
            var answer = await PythonAsync(Script, record, signed);
            if (answer is null)
                Assert.Skip("python3-dkim is not installed.");
            answer.Trim().ShouldBe("True");
            (await PythonAsync(Script, record, Change(signed, "Your card", "My card")))!.Trim().ShouldBe("False");
        }
    }

    [Fact]
    public void Signatures_of_others_verify_by_our_canonical_form()
    {
        if (SharedData.Path("mail/dkim") is not { } vectors)
        {
            Assert.Skip("shared/data/mail is not there.");
            return;
        }
        var checkedOnes = 0;
        foreach (var line in File.ReadLines(Path.Combine(vectors, "expected.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var raw = File.ReadAllText(
                    Path.Combine(vectors, json.RootElement.GetProperty("file").GetString()!),
                    Encoding.Latin1
                )
                .ReplaceLineEndings("\r\n");
            var mail = Encoding.Latin1.GetBytes(raw);
            var (fields, _) = DkimSigner.Split(mail);
            var signatures = fields.FindAll(f => DkimSigner.Is(f, "DKIM-Signature"));
            var expected = json
                .RootElement.GetProperty("signatures")
                .EnumerateArray()
                .Select(e => e.GetBoolean())
                .ToList();
            for (var i = 0; i < signatures.Count; i++)
            {
                var tags = Tags(signatures[i]);
                if (tags["a"] != "rsa-sha256" || tags["c"] != "relaxed/relaxed")
                    continue;
                var record = json
                    .RootElement.GetProperty("dns")
                    .GetProperty($"{tags["s"]}._domainkey.{tags["d"]}")
                    .GetString()!;
                using var other = RSA.Create();
                other.ImportSubjectPublicKeyInfo(
                    Convert.FromBase64String(record[(record.IndexOf("p=", StringComparison.Ordinal) + 2)..]),
                    out _
                );
                Verify(mail, signatures[i], other)
                    .ShouldBe(expected[i], json.RootElement.GetProperty("file").GetString());
                checkedOnes++;
            }
        }
        checkedOnes.ShouldBeGreaterThan(2);
    }

    [Fact]
    public void Settings_that_cannot_work_are_named()
    {
        File.WriteAllText(Path.Combine(folder, "no.pem"), "nothing");
        Should.Throw<CryptographicException>(() =>
            new DkimSigner(new DkimOptions { Domain = "a.example", KeyFile = Path.Combine(folder, "no.pem") })
        );
        var wrong = new DkimOptions
        {
            Domain = "",
            Selector = "a b",
            KeyFile = "/nowhere.pem",
        };
        wrong.Validate(new ValidationContext(wrong)).Count().ShouldBe(3);
        new DkimOptions().Validate(new ValidationContext(wrong)).ShouldBeEmpty();
    }

    // ---- a verifier of its own (RFC 6376, 6), for what the signer promises

    private bool Verify(byte[] mail)
    {
        var (fields, _) = DkimSigner.Split(mail);
        return Verify(mail, fields.First(f => DkimSigner.Is(f, "DKIM-Signature")), key);
    }

    private static bool Verify(byte[] mail, byte[] signature, RSA key)
    {
        var (fields, body) = DkimSigner.Split(mail);
        var tags = Tags(signature);
        var relaxed = DkimSigner.RelaxedBody(body);
        if (tags.TryGetValue("l", out var length))
            relaxed = relaxed[..int.Parse(length, CultureInfo.InvariantCulture)];
        if (Convert.ToBase64String(SHA256.HashData(relaxed)) != tags["bh"])
            return false;
        using var data = new MemoryStream();
        var used = new HashSet<byte[]>();
        foreach (var name in tags["h"].Split(':'))
        {
            if (
                fields.FindLast(f => DkimSigner.Is(f, name) && !used.Contains(f) && !ReferenceEquals(f, signature))
                is not { } field
            )
                continue;
            used.Add(field);
            data.Write(DkimSigner.RelaxedField(field));
            data.Write("\r\n"u8);
        }
        var own = Encoding.Latin1.GetString(signature);
        // the signature itself is not signed
        var b = own.LastIndexOf(" b=", StringComparison.Ordinal) + 3;
        if (b < 3)
            b = own.LastIndexOf(";b=", StringComparison.Ordinal) + 3;
        var end = own.IndexOf(';', b);
        data.Write(DkimSigner.RelaxedField(Encoding.Latin1.GetBytes(own[..b] + (end < 0 ? "" : own[end..]))));
        return key.VerifyData(
            data.ToArray(),
            Convert.FromBase64String(tags["b"]),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
    }

    private static Dictionary<string, string> Tags(byte[] signature)
    {
        var text = Encoding.Latin1.GetString(signature);
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(t => t.Split('=', 2))
            .Where(t => t.Length == 2)
            .ToDictionary(
                t => t[0].Trim(),
                t => string.Concat(t[1].Where(c => !char.IsWhiteSpace(c))),
                StringComparer.Ordinal
            );
    }

    private static byte[] Change(byte[] mail, string from, string to) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(mail).Replace(from, to, StringComparison.Ordinal));

    private static async Task<string?> PythonAsync(string script, string argument, byte[] input)
    {
        const string Python = "/usr/bin/python3";
        if (!File.Exists(Python))
            return null;
        using var process = Process.Start(
            new ProcessStartInfo(Python, ["-c", script, argument])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it ended before it read: there is no such module
        }
        await process.WaitForExitAsync();
        return (await error).Contains("ModuleNotFoundError", StringComparison.Ordinal) ? null : await output;
    }
}
