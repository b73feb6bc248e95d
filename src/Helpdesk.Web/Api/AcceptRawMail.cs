using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Smtp;
using Helpdesk.Tickets.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Api;

internal static class AcceptRawMail
{
    /// <param name="Number">The row that holds the mail; what became of it is shown to supervisors.</param>
    /// <param name="AlreadyThere">The same mail had been handed over before; nothing was added.</param>
    public sealed record Receipt(long Number, bool AlreadyThere);

    public static void Map(IEndpointRouteBuilder api)
    {
        OtherContent.Refuse(api, "/mail", "message/rfc822", "application/octet-stream", "text/plain");
        api.MapPost("/mail", PostAsync)
            .WithName("AcceptRawMail")
            .WithSummary("Hand over a raw message (message/rfc822)")
            .WithDescription(
                "For mail servers and webhooks. The answer comes when the message is on the disk; the same message twice is one. "
                    + "`from` is the envelope's sender, `to` its recipient; without `to` the desk's own address is meant."
            )
            .Accepts<byte[]>("message/rfc822", "application/octet-stream", "text/plain")
            .WithMetadata(new MailSizeLimit())
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<Receipt>, ProblemHttpResult>> PostAsync(
        HttpRequest request,
        AcceptMail accept,
        IsOurAddress isOurs,
        DeskDirectory directory,
        IOptions<SmtpListenerOptions> limits,
        CancellationToken cancellationToken,
        string? from = null,
        string? to = null
    )
    {
        var recipient = to ?? (await directory.GetAsync(cancellationToken)).Settings.SupportAddress;
        if (!await isOurs(recipient, cancellationToken))
            return Refuse(
                StatusCodes.Status400BadRequest,
                "Not an address of this desk",
                $"Nobody here reads mail to {recipient}."
            );
        if (await ReadAsync(request, limits.Value.MaxMessageBytes, cancellationToken) is not { } raw)
            return Refuse(
                StatusCodes.Status413PayloadTooLarge,
                "The message is too large",
                $"At most {limits.Value.MaxMessageBytes:N0} bytes are taken."
            );
        if (raw.Length == 0)
            return Refuse(StatusCodes.Status400BadRequest, "The message is empty", "Send the raw message as the body.");
        var sender = from ?? MimeParser.Parse(raw).Author?.Address ?? "";
        return await accept(raw, new MailEnvelope(sender, [recipient], "api"), cancellationToken) switch
        {
            Acceptance.Stored stored => TypedResults.Ok(new Receipt(stored.Id, stored.AlreadyThere)),
            _ => Refuse(
                StatusCodes.Status503ServiceUnavailable,
                "The message was not stored",
                "The desk cannot write at the moment. Keep the message and hand it over again."
            ),
        };
    }

    /// <returns>Null when there is more than <paramref name="maxBytes"/>.</returns>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            return null;
        using var body = new MemoryStream((int)(request.ContentLength ?? 16 * 1024));
        var buffer = new byte[64 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0; )
        {
            if (body.Length + read > maxBytes)
                return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }

    private static ProblemHttpResult Refuse(int status, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title);

    // the endpoint counts for itself and answers in words
    private sealed class MailSizeLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => null;
    }
}
