using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Api;

internal static class CreateTicket
{
    /// <summary>A request of a customer. Priority, tier and specialist are the desk's decision and cannot be given.</summary>
    /// <param name="Address">The customer's mail address.</param>
    /// <param name="Text">What the customer wants, plain text.</param>
    /// <param name="Channel">How it reached you.</param>
    /// <param name="Cc">Mail addresses of people who get the answers in copy, beside the customer.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record NewTicket(
        [property: Required, MailAddress] string Address,
        [property: SingleLine, StringLength(Customer.MaxNameLength)] string? Name,
        [property: Required, SingleLine, StringLength(Ticket.MaxSubjectLength)] string Subject,
        [property: Required, StringLength(200_000)] string Text,
        ApiChannel Channel = ApiChannel.Api,
        [property: MailAddresses(Participant.MaxPerTicket)] IReadOnlyList<string>? Cc = null
    );

    public enum ApiChannel
    {
        Api,
        Phone,
        Chat,
    }

    public static void Map(IEndpointRouteBuilder api)
    {
        OtherContent.Refuse(api, "/tickets", "application/json");
        api.MapPost("/tickets", PostAsync)
            .WithName("CreateTicket")
            .WithSummary("Open a ticket")
            .WithDescription(
                "Send an `Idempotency-Key` header (any unique text up to 56 characters) and repeat the call as often as you like: "
                    + "the first one opens the ticket, the others answer with the same ticket."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    private static async Task<Results<Created<TicketView>, Ok<TicketView>, ProblemHttpResult>> PostAsync(
        NewTicket request,
        [FromHeader(Name = IdempotencyKey.Header)] string? idempotencyKey,
        ClaimsPrincipal user,
        HelpdeskDbContext db,
        TicketIntake intake,
        DeskDirectory directory,
        TicketView.Reader reader,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var viewer = ApiTokenHandler.ViewerOf(user);
        if (!IdempotencyKey.TryRead(idempotencyKey, viewer, out var key))
            return IdempotencyKey.Refused();
        if (await key.UsedForAsync(db, cancellationToken) is { } earlier)
            return TypedResults.Ok(await reader.ReadAsync(db, viewer, earlier, cancellationToken));
        var ticket = await intake.OpenAsync(
            db,
            new NewRequest
            {
                Channel = request.Channel switch
                {
                    ApiChannel.Phone => Channel.Phone,
                    ApiChannel.Chat => Channel.Chat,
                    _ => Channel.Api,
                },
                CustomerAddress = request.Address,
                CustomerName = request.Name,
                Subject = request.Subject,
                Content = new MessageContent { Text = request.Text, SenderName = request.Name ?? request.Address },
                Actor = viewer.Actor,
            },
            cancellationToken
        );
        if (request.Cc is { Count: > 0 } copied)
        {
            var ours = await OwnAddresses.LoadAsync(
                db,
                (await directory.GetAsync(cancellationToken)).Settings,
                cancellationToken
            );
            foreach (var address in copied)
                ticket.AddParticipant(new(address), ParticipantOrigin.Api, ours.Has, viewer.Actor, time.GetUtcNow());
        }
        key.AddTo(db, ticket, time.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (key.IsGiven)
        {
            // the same key at the same time: the other call won
            db.ChangeTracker.Clear();
            if (await key.UsedForAsync(db, cancellationToken) is not { } winner)
                throw;
            return TypedResults.Ok(await reader.ReadAsync(db, viewer, winner, cancellationToken));
        }
        var view = await reader.ReadAsync(db, viewer, ticket.Id, cancellationToken);
        return TypedResults.Created($"/api/v1/tickets/{ticket.Id.ToStringInvariant()}", view);
    }
}
