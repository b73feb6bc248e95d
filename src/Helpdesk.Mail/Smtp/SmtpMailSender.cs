using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Outbound;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Smtp;

/// <summary>Sends through the configured server, one mail after the other over a connection kept open between them.</summary>
/// <param name="tokens">For servers that want access tokens.</param>
/// <param name="signer">Null = mails are not signed.</param>
/// <param name="kept">Where a refresh token stays that the provider replaced; null = until the program stops.</param>
public sealed class SmtpMailSender(
    IOptions<OutboundOptions> options,
    TimeProvider time,
    AccessTokens? tokens = null,
    DkimSigner? signer = null,
    OutgoingTokens? kept = null
) : IMailSender, IAsyncDisposable
{
    private static readonly SearchValues<char> NeverInAddresses = SearchValues.Create("\r\n\0<> ");

    private readonly OutboundOptions settings = options.Value;
    private readonly SemaphoreSlim turn = new(1);
    private SmtpClient? open;
    private DateTimeOffset usedAt;
    private AccessToken? token;

    /// <summary>A refresh token that could not be kept yet; whatever is kept is older.</summary>
    private Secret? unkept;

    public async Task<IReadOnlyList<Delivery>> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        if (Unsendable(mail) is { } reason)
            return All(mail, DeliveryState.Refused, reason);
        if (signer is not null)
            mail = mail with { Raw = signer.Sign(mail.Raw.Span) };
        await turn.WaitAsync(cancellationToken);
        SmtpClient? client = null;
        try
        {
            client = await ConnectionAsync(cancellationToken);
            var deliveries = await client.SendAsync(mail, cancellationToken);
            usedAt = time.GetUtcNow();
            return deliveries;
        }
        catch (Exception e) when (IsTheWaysFault(e))
        {
            HangUp();
            return All(mail, client is null ? DeliveryState.Unreachable : DeliveryState.TryLater, e.Message);
        }
        catch
        {
            HangUp(); // in the middle of a mail nobody may go on
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (open is { } client)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
            try
            {
                await client.QuitAsync(soon.Token);
            }
            catch (OperationCanceledException)
            {
                // it takes too long to say goodbye
            }
        }
        HangUp();
        turn.Dispose();
    }

    // an address or a body with a line end in it could say commands of its own
    private static string? Unsendable(OutgoingMail mail) =>
        mail
            .Recipients.Append(mail.ReturnPath)
            .Any(a => a.Length > SmtpPath.MaxAddressLength || a.AsSpan().ContainsAny(NeverInAddresses))
            ? "An address is not valid."
            : null;

    private static bool IsTheWaysFault(Exception e) =>
        e is IOException or SocketException or AuthenticationException or TimeoutException or CryptographicException;

    private static Delivery[] All(OutgoingMail mail, DeliveryState state, string reply) =>
        [.. mail.Recipients.Select(r => new Delivery(r, state, reply))];

    private async Task<SmtpClient> ConnectionAsync(CancellationToken cancellationToken)
    {
        if (open is not null && !await IsUsableAsync(open, cancellationToken))
            HangUp();
        return open ??= await SmtpClient.ConnectAsync(
            settings,
            time,
            cancellationToken,
            settings.TokenEndpoint is null || tokens is null ? null : TokenAsync
        );
    }

    private async Task<Secret> TokenAsync(bool isFresh, CancellationToken cancellationToken)
    {
        await KeepAsync();
        if (!isFresh && token is not null && token.ExpiresAt > time.GetUtcNow())
            return token.Value;
        // a provider that hands out a new refresh token each time has told us the last one
        var refresh =
            unkept
            ?? (
                kept is not null
                    ? await kept.CurrentAsync(settings, cancellationToken)
                    : token?.NewRefreshToken ?? settings.RefreshCredential
            );
        var next = await tokens!.RefreshAsync(
            settings.TokenEndpoint!,
            settings.TokenClientId,
            settings.TokenScope,
            new(new(""), settings.TokenCredential, refresh),
            cancellationToken
        );
        token = next with { NewRefreshToken = next.NewRefreshToken ?? refresh };
        // the setting belongs to whoever runs the desk and stays as it is; the new one is kept beside it
        if (next.NewRefreshToken is { } replaced && replaced != refresh && kept is not null)
        {
            unkept = replaced;
            await KeepAsync();
        }
        return next.Value;
    }

    // where it fails the mail goes out all the same, and it is tried again at the next use
    private async Task KeepAsync()
    {
        if (unkept is { } refresh && await kept!.TryKeepAsync(settings, refresh))
            unkept = null;
    }

    private async Task<bool> IsUsableAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - usedAt > settings.KeepOpen)
            return false;
        try
        {
            return await client.ResetAsync(cancellationToken);
        }
        catch (Exception e) when (IsTheWaysFault(e))
        {
            return false;
        }
    }

    private void HangUp()
    {
        open?.Dispose();
        open = null;
    }
}
