using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>A mail as it came over the wire, as a file: never shown by the browser, only saved.</summary>
public static class RawMailFile
{
    public static string Address(long mailId) => $"/supervise/mail/{mailId.ToStringInvariant()}/raw";

    public static void MapRawMail(this IEndpointRouteBuilder app) =>
        app.MapGet("/supervise/mail/{id:long}/raw", SendAsync)
            .RequireAuthorization(Policies.Supervise)
            .WithMetadata(new ContentPolicyAttribute(SecurityHeaders.SandboxPolicy));

    private static async Task<Results<FileContentHttpResult, NotFound>> SendAsync(
        long id,
        HttpContext context,
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        // the cookie's role may be of yesterday
        if (await Viewers.LoadAsync(db, context.User, cancellationToken) is not Viewer.Staff { SeesAll: true })
            return TypedResults.NotFound();
        var raw = await db.Set<RawMail>()
            .AsNoTracking()
            .SingleOrDefaultAsync(r => r.InboundMailId == id, cancellationToken);
        return raw is null
            ? TypedResults.NotFound()
            : TypedResults.File(raw.Read(), "message/rfc822", $"mail-{id.ToStringInvariant()}.eml");
    }
}
