using Helpdesk.Web.Components.Layout;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>Sends readers who come by an address that an article had before to the one it has now.</summary>
internal static class FormerAddress
{
    public static async ValueTask<object?> FollowAsync(
        EndpointFilterInvocationContext invocation,
        EndpointFilterDelegate next
    )
    {
        var context = invocation.HttpContext;
        if (
            context.GetRouteValue("slug") is string slug
            && await context
                .RequestServices.GetRequiredService<CustomerArticles>()
                .NowAtAsync(
                    slug,
                    await context.RequestServices.GetRequiredService<ReaderRights>().FindAsync(context),
                    context.RequestAborted
                )
                is { } now
        )
            return TypedResults.Redirect(Places.Article(now), permanent: true);
        return await next(invocation);
    }
}
