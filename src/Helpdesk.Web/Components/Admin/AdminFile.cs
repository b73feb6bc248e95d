using System.Security.Claims;
using System.Text;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Helpdesk.Web.Components.Admin;

/// <summary>Settings that administrators take out of the desk as a readable file.</summary>
internal static class AdminFile
{
    /// <param name="address">Its last part is the file's name.</param>
    /// <typeparam name="TSource">Knows what stands in it.</typeparam>
    public static void MapAdminFile<TSource>(
        this IEndpointRouteBuilder app,
        string address,
        Func<TSource, HelpdeskDbContext, CancellationToken, Task<string>> json
    )
        where TSource : notnull =>
        app.MapGet(
                address,
                async Task<Results<FileContentHttpResult, NotFound>> (
                    ClaimsPrincipal user,
                    HelpdeskDbContext db,
                    IServiceProvider services,
                    CancellationToken cancellationToken
                ) =>
                    // the person of a page is known to pages only
                    await Viewers.LoadAsync(db, user, cancellationToken) is Viewer.Staff { IsAdministrator: true }
                        ? TypedResults.File(
                            Encoding.UTF8.GetBytes(
                                await json(services.GetRequiredService<TSource>(), db, cancellationToken)
                            ),
                            "application/json",
                            address[(address.LastIndexOf('/') + 1)..]
                        )
                        : TypedResults.NotFound()
            )
            .RequireAuthorization(Policies.Admin);
}
