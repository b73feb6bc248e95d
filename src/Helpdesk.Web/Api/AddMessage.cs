using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Api;

internal static class AddMessage
{
    /// <param name="From">Who speaks: the customer, or the desk among itself.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record NewMessage(
        [property: Required, StringLength(200_000)] string Text,
        Author From = Author.Customer
    );

    public enum Author
    {
        Customer,
        Note,
    }

    public static void Map(IEndpointRouteBuilder api)
    {
        OtherContent.Refuse(api, "/tickets/{number:long}/messages", "application/json");
        api.MapPost("/tickets/{number:long}/messages", PostAsync)
            .WithName("AddMessage")
            .WithSummary("Add a message of the customer, or an internal note")
            .WithDescription(
                "Send an `Idempotency-Key` header (any unique text up to 56 characters) and repeat the call as often as you like: "
                    + "the first one adds the message, the others answer with the same ticket."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    private static async Task<Results<Created<TicketView>, Ok<TicketView>, ProblemHttpResult>> PostAsync(
        long number,
        NewMessage request,
        [FromHeader(Name = IdempotencyKey.Header)] string? idempotencyKey,
        ClaimsPrincipal user,
        HelpdeskDbContext db,
        TicketIntake intake,
        TicketView.Reader reader,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var viewer = ApiTokenHandler.ViewerOf(user);
        var ticket = await TicketIntake.ForChangeAsync(db, number, cancellationToken);
        if (ticket is null || !TicketAccess.Allows(viewer, TicketAction.Change, ticket))
            return ReadTicket.Missing(number);
        if (!IdempotencyKey.TryRead(idempotencyKey, viewer, out var key))
            return IdempotencyKey.Refused();
        if (await key.UsedForAsync(db, cancellationToken) is { } earlier)
            return await AgainAsync(earlier);
        var content = new MessageContent { Text = request.Text };
        if (request.From is Author.Note)
            await Mentions.TellAsync(
                db,
                ticket,
                ticket.AddNote(content, viewer.Actor, time.GetUtcNow()),
                author: null,
                time.GetUtcNow(),
                cancellationToken
            );
        else
            await intake.AppendAsync(
                ticket,
                content with
                {
                    SenderName = ticket.Customer.DisplayName,
                },
                viewer.Actor,
                cancellationToken: cancellationToken
            );
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
            return await AgainAsync(winner);
        }
        return TypedResults.Created(
            $"/api/v1/tickets/{number.ToStringInvariant()}",
            await reader.ReadAsync(db, viewer, number, cancellationToken)
        );

        async Task<Results<Created<TicketView>, Ok<TicketView>, ProblemHttpResult>> AgainAsync(long usedFor) =>
            usedFor == number
                ? TypedResults.Ok(await reader.ReadAsync(db, viewer, number, cancellationToken))
                : IdempotencyKey.UsedElsewhere();
    }
}
