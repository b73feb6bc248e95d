using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;

namespace Helpdesk.Mail.Outbound;

/// <summary>Signing of outgoing mail; configuration section <c>Mail:Dkim</c>. Without a key nothing is signed.</summary>
public sealed record DkimOptions : IValidatableObject
{
    /// <summary>The domain that answers for the mail; should be that of the desk's address.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The public key stands in DNS under <c>SELECTOR._domainkey.DOMAIN</c>.</summary>
    public string Selector { get; init; } = "helpdesk";

    /// <summary>PEM file with an RSA private key of at least 1024 bits; 2048 are usual.</summary>
    public string? KeyFile { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyFile is null)
            yield break;
        if (!IsDomain(Domain))
            yield return new("DKIM needs the domain that signs.", [nameof(Domain)]);
        if (!IsDomain(Selector))
            yield return new($"'{Selector}' is no selector.", [nameof(Selector)]);
        if (!File.Exists(KeyFile))
            yield return new($"There is no file '{KeyFile}'.", [nameof(KeyFile)]);
    }

    private static bool IsDomain(string text) =>
        text.Length is > 0 and <= 253 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}

/// <summary>Signs mails (DKIM, RFC 6376, rsa-sha256, both canonicalizations relaxed).</summary>
public sealed class DkimSigner : IDisposable
{
    private const int MinKeyBits = 1024;
    private const int LineLength = 72;

    /// <summary>Signed where present. The last three also where absent: nobody can add a second one to a signed mail.</summary>
    private static readonly string[] Signed =
    [
        "Date",
        "Message-ID",
        "Reply-To",
        "Cc",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Auto-Submitted",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "From",
        "To",
        "Subject",
    ];

    private static readonly HashSet<string> Sealed = new(StringComparer.Ordinal) { "From", "To", "Subject" };

    private readonly RSA key = RSA.Create();
    private readonly DkimOptions options;

    /// <exception cref="CryptographicException">The file holds no RSA private key, or a weak one.</exception>
    public DkimSigner(DkimOptions options)
    {
        this.options = options;
        try
        {
            key.ImportFromPem(File.ReadAllText(options.KeyFile!));
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException($"'{options.KeyFile}' holds no RSA private key.", e);
        }
        if (key.KeySize < MinKeyBits)
            throw new CryptographicException($"The key in '{options.KeyFile}' has fewer than {MinKeyBits} bits.");
    }

    /// <returns>The mail with its signature on top; the same for the same mail.</returns>
    public byte[] Sign(ReadOnlySpan<byte> mail)
    {
        var (fields, body) = Split(mail);
        var names = new List<string>();
        var chosen = new List<byte[]>();
        foreach (var name in Signed)
        {
            // of several the last one first (5.4.2)
            foreach (var field in Enumerable.Reverse(fields.FindAll(f => Is(f, name))))
            {
                names.Add(name.ToLowerInvariant());
                chosen.Add(field);
            }
            if (Sealed.Contains(name))
                names.Add(name.ToLowerInvariant());
        }
        var hash = Convert.ToBase64String(SHA256.HashData(RelaxedBody(body)));
        var unsigned =
            $"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={options.Domain};\r\n"
            + $" s={options.Selector}; h={string.Join(":\r\n  ", names.Chunk(5).Select(c => string.Join(':', c)))};\r\n bh={hash};\r\n b=";
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var field in chosen)
        {
            sha.AppendData(RelaxedField(field));
            sha.AppendData("\r\n"u8);
        }
        sha.AppendData(RelaxedField(Encoding.ASCII.GetBytes(unsigned)));
        var signature = Convert.ToBase64String(
            key.SignHash(sha.GetHashAndReset(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        );
        var header = unsigned + string.Join("\r\n  ", signature.Chunk(LineLength).Select(c => new string(c))) + "\r\n";
        return [.. Encoding.ASCII.GetBytes(header), .. mail];
    }

    public void Dispose() => key.Dispose();

    /// <summary>The fields with their folded lines and without their last line end, and the body.</summary>
    internal static (List<byte[]> Fields, byte[] Body) Split(ReadOnlySpan<byte> mail)
    {
        var fields = new List<byte[]>();
        var at = 0;
        while (at < mail.Length && !mail[at..].StartsWith("\r\n"u8))
        {
            var end = at;
            do
            {
                var line = mail[end..].IndexOf("\r\n"u8);
                end = line < 0 ? mail.Length : end + line + 2;
            } while (end < mail.Length && mail[end] is (byte)' ' or (byte)'\t');
            fields.Add(mail[at..end].TrimEnd("\r\n"u8).ToArray());
            at = end;
        }
        return (fields, at + 2 <= mail.Length ? mail[(at + 2)..].ToArray() : []);
    }

    internal static bool Is(byte[] field, string name)
    {
        var colon = field.AsSpan().IndexOf((byte)':');
        return colon > 0 && Ascii.EqualsIgnoreCase(field.AsSpan(0, colon).TrimEnd(" \t"u8), name);
    }

    /// <summary>RFC 6376, 3.4.2: the name in lower case, the value in one line with single blanks.</summary>
    internal static byte[] RelaxedField(ReadOnlySpan<byte> field)
    {
        var colon = field.IndexOf((byte)':');
        var output = new ArrayBufferWriter<byte>(field.Length + 2);
        foreach (var c in field[..colon].TrimEnd(" \t"u8))
            output.Write([c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c + 32) : c]);
        output.Write(":"u8);
        var isBlank = false;
        foreach (var c in field[(colon + 1)..].Trim(" \t\r\n"u8))
        {
            if (c is (byte)'\r' or (byte)'\n')
                continue;
            if (c is (byte)' ' or (byte)'\t')
            {
                isBlank = true;
                continue;
            }
            if (isBlank)
                output.Write(" "u8);
            isBlank = false;
            output.Write([c]);
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>RFC 6376, 3.4.4: single blanks, none at the end of a line, no empty lines at the end.</summary>
    internal static byte[] RelaxedBody(ReadOnlySpan<byte> body)
    {
        var output = new byte[body.Length + 2];
        var (written, settled) = (0, 0); // settled: the end of the last line that is not empty
        while (!body.IsEmpty)
        {
            var length = body.IndexOf("\r\n"u8);
            var line = length < 0 ? body : body[..length];
            body = length < 0 ? [] : body[(length + 2)..];
            var isBlank = false;
            var start = written;
            foreach (var c in line)
            {
                if (c is (byte)' ' or (byte)'\t')
                {
                    isBlank = true;
                    continue;
                }
                if (isBlank)
                    output[written++] = (byte)' ';
                isBlank = false;
                output[written++] = c;
            }
            var isEmpty = written == start;
            if (written + 2 > output.Length)
                Array.Resize(ref output, written + 2);
            (output[written++], output[written++]) = ((byte)'\r', (byte)'\n');
            if (!isEmpty)
                settled = written;
        }
        return output[..settled];
    }
}
