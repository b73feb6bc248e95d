using Microsoft.AspNetCore.Components.Endpoints;

namespace Helpdesk.Web.Security;

/// <summary>
/// Answers 410 where a form is sent that its page does not have any more: a button was pressed twice, an old page was sent again, or a colleague was
/// quicker. Rendering says so with status 400 and a sentence for programmers, or with nothing at all; people get a page, and what they had typed.
/// </summary>
public sealed class StaleForms(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (
            !HttpMethods.IsPost(context.Request.Method)
            || context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is null
        )
        {
            await next(context);
            return;
        }
        // the sentence is written at once, so nothing leaves before it is known what it is
        var answer = context.Response.Body;
        using var held = new MemoryStream();
        context.Response.Body = held;
        try
        {
            await next(context);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            context.Response.Body = answer;
        }
        if (context.Response is { StatusCode: StatusCodes.Status400BadRequest, ContentType: "text/plain" } refused)
        {
            refused.StatusCode = StatusCodes.Status410Gone;
            refused.ContentType = null;
            refused.ContentLength = null;
        }
        else if (held.Length > 0)
        {
            held.Position = 0;
            await held.CopyToAsync(answer, context.RequestAborted);
        }
    }
}
