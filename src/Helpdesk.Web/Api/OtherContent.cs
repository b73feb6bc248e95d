namespace Helpdesk.Web.Api;

/// <summary>
/// Says what a call takes when its body is something else. Without it such a request matches no call at all, and the desk's page for
/// unknown addresses would answer that the address does not exist.
/// </summary>
internal static class OtherContent
{
    /// <param name="pattern">Of a call that takes a body; the call itself goes first wherever the type fits.</param>
    public static void Refuse(IEndpointRouteBuilder api, string pattern, params string[] accepted) =>
        api.MapPost(
                pattern,
                (HttpContext context) =>
                {
                    var list = string.Join(", ", accepted);
                    context.Response.Headers["Accept-Post"] = list;
                    return TypedResults.Problem(
                        $"Say with the Content-Type header what the body is; taken here: {list}.",
                        statusCode: StatusCodes.Status415UnsupportedMediaType,
                        title: "This content type is not taken here"
                    );
                }
            )
            .ExcludeFromDescription();
}
