using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Mail.Smtp;

/// <summary>A server certificate with its chain, read again when its file changes, so that a renewal needs no restart.</summary>
public sealed class CertificateFile(string path, string? keyPath, ILogger log) : IDisposable
{
    private readonly Lock _reading = new();
    private SslStreamCertificateContext? _current;
    private X509Certificate2? _certificate;
    private DateTime _readFrom;

    /// <summary>The newest certificate that could be read; an unreadable renewal keeps the one before.</summary>
    /// <exception cref="CryptographicException">The first one cannot be read.</exception>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_reading)
            {
                var written = File.GetLastWriteTimeUtc(path);
                if (_current is null || written != _readFrom)
                    Read(written);
                return _current!;
            }
        }
    }

    public void Dispose() => _certificate?.Dispose();

    private void Read(DateTime written)
    {
        try
        {
            var others = new X509Certificate2Collection();
            if (X509Certificate2.GetCertContentType(path) is X509ContentType.Pkcs12)
                others.AddRange(X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password: null));
            else
                others.ImportFromPemFile(path);
            var certificate =
                others.FirstOrDefault(c => c.HasPrivateKey) ?? X509Certificate2.CreateFromPemFile(path, keyPath);
            _current = SslStreamCertificateContext.Create(certificate, others, offline: true);
            (_certificate, _readFrom) = (certificate, written);
        }
        catch (Exception e) when (_current is not null && e is CryptographicException or IOException)
        {
            log.LogError(e, "The certificate for SMTP could not be read again; the one before stays in use");
            _readFrom = written;
        }
    }
}
