using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Helpdesk.Web.Api;

internal static class AddMessage
{
    /// <param name="From">Who speaks: the customer, or the desk among itself.</param>
    public sealed record Request(
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
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    private static async Task<Results<Created<TicketView>, ProblemHttpResult>> PostAsync(
        long number,
        Request request,
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
        var content = new MessageContent { Text = request.Text };
        if (request.From is Author.Note)
            ticket.AddNote(content, viewer.Actor, time.GetUtcNow());
        else
            await intake.AppendAsync(
                ticket,
                content with
                {
                    SenderName = ticket.Customer.DisplayName,
                },
                viewer.Actor,
                cancellationToken
            );
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created(
            $"/api/v1/tickets/{number.ToStringInvariant()}",
            await reader.ReadAsync(db, viewer, number, cancellationToken)
        );
    }
}
