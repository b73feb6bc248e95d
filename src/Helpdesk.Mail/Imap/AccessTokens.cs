using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Helpdesk.Mail.Outbound;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Imap;

/// <summary>An access token for mail, and what the provider gave with it.</summary>
/// <param name="NewRefreshToken">Replaces the old one where a provider hands out a new one each time; null = the old one stays.</param>
public sealed record AccessToken(Secret Value, DateTimeOffset ExpiresAt, Secret? NewRefreshToken);

/// <summary>Refreshes access tokens (RFC 6749, 6) at the provider's endpoint: https, no redirects, nothing private, little time and few bytes.</summary>
public sealed class AccessTokens(IOptions<ImapOptions> options, TimeProvider time) : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;
    private readonly HttpClient http = new(Handler(options.Value))
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <exception cref="ImapException">The provider gave none, with its reason.</exception>
    public async Task<AccessToken> RefreshAsync(
        Uri endpoint,
        string clientId,
        string? scope,
        MailboxSecret secret,
        CancellationToken cancellationToken
    )
    {
        if (endpoint.Scheme != Uri.UriSchemeHttps && !(options.Value.AllowPrivateNetworks && endpoint.IsLoopback))
            throw new ImapException(ImapTroubleKind.Token, "Tokens are only asked for by https.");
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = clientId,
            ["refresh_token"] = secret.RefreshToken.Value,
        };
        if (secret.ClientSecret.Value.Length > 0)
            form["client_secret"] = secret.ClientSecret.Value;
        if (!string.IsNullOrWhiteSpace(scope))
            form["scope"] = scope;
        try
        {
            using var content = new FormUrlEncodedContent(form);
            using var answer = await http.PostAsync(endpoint, content, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            return Read(answer.StatusCode, body);
        }
        catch (HttpRequestException e) when (e.InnerException is ImapException inner)
        {
            throw new ImapException(inner.Kind, inner.Message, e);
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException
                || e is OperationCanceledException && !cancellationToken.IsCancellationRequested
            )
        {
            throw new ImapException(ImapTroubleKind.Token, $"{endpoint.Host}: {e.Message}", e);
        }
    }

    public void Dispose() => http.Dispose();

    private AccessToken Read(HttpStatusCode status, string body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        if (status != HttpStatusCode.OK || Text(root, "access_token") is not { Length: > 0 } token)
            throw new ImapException(
                ImapTroubleKind.Token,
                $"{((int)status).ToString(CultureInfo.InvariantCulture)} {Text(root, "error")} {Text(root, "error_description")}"
            );
        var seconds =
            root.TryGetProperty("expires_in", out var expires) && expires.TryGetInt32(out var given) ? given : 3600;
        return new(
            new(token),
            time.GetUtcNow().AddSeconds(Math.Clamp(seconds, 60, 86_400) - 30),
            Text(root, "refresh_token") is { Length: > 0 } next ? new Secret(next) : null
        );
    }

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind is JsonValueKind.Object
        && root.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static SocketsHttpHandler Handler(ImapOptions options) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = async (context, cancellationToken) =>
                new NetworkStream(
                    await OpenNetwork.ConnectAsync(
                        context.DnsEndPoint.Host,
                        context.DnsEndPoint.Port,
                        options.AllowPrivateNetworks,
                        cancellationToken
                    ),
                    ownsSocket: true
                ),
        };
}
