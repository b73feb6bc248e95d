using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Mail.Smtp;

/// <summary>A server certificate with its chain, read again when its file changes, so that a renewal needs no restart.</summary>
public sealed class CertificateFile(string path, string? keyPath, ILogger log) : IDisposable
{
    private readonly Lock reading = new();
    private SslStreamCertificateContext? current;
    private X509Certificate2? certificate;
    private DateTime readFrom;

    /// <summary>The newest certificate that could be read; an unreadable renewal keeps the one before.</summary>
    /// <exception cref="CryptographicException">The first one cannot be read.</exception>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (reading)
            {
                var written = File.GetLastWriteTimeUtc(path);
                if (current is null || written != readFrom)
                    Read(written);
                return current!;
            }
        }
    }

    public void Dispose() => certificate?.Dispose();

    private void Read(DateTime written)
    {
        try
        {
            var others = new X509Certificate2Collection();
            if (X509Certificate2.GetCertContentType(path) is X509ContentType.Pkcs12)
                others.AddRange(X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password: null));
            else
                others.ImportFromPemFile(path);
            var fresh =
                others.FirstOrDefault(c => c.HasPrivateKey) ?? X509Certificate2.CreateFromPemFile(path, keyPath);
            current = SslStreamCertificateContext.Create(fresh, others, offline: true);
            (certificate, readFrom) = (fresh, written);
        }
        catch (Exception e) when (current is not null && e is CryptographicException or IOException)
        {
            log.LogError(e, "The certificate for SMTP could not be read again; the one before stays in use");
            readFrom = written;
        }
    }
}
