using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Help.Requests;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>What was missing in an article.</summary>
public sealed class VoteForm
{
    [Required(ErrorMessage = "Vote.Missing.Empty"), StringLength(ArticleFeedback.MaxRemarkLength)]
    public string? Missing { get; set; }

    public static string PlaceOf(string slug) => Places.Article(slug) + "/vote";

    public static string ThanksOf(string slug, bool helped) =>
        Places.Article(slug) + "/thanks?helped=" + (helped ? "yes" : "no");
}

/// <summary>
/// "Did this solve it?" on an article's page. That page is kept for everybody and cannot carry a form token: the browser's word that
/// the form is ours stands in its place, and a browser that says nothing is refused.
/// </summary>
internal static class Vote
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/articles/{slug}/vote", PostAsync)
            .AllowAnonymous()
            .WithMetadata(new RequireSameOriginAttribute())
            .DisableAntiforgery()
            .RequireRateLimiting(RateLimits.Forms);

    private static async Task<Results<RedirectHttpResult, NotFound, BadRequest>> PostAsync(
        string slug,
        [FromForm] string? helped,
        HttpContext context,
        ArticleFeedback feedback,
        ReaderRights rights,
        VisitorName visitors
    )
    {
        if (helped is not ("yes" or "no"))
            return TypedResults.BadRequest();
        var visitor = await visitors.KeepAsync(context);
        return await feedback.SayAsync(
            slug,
            await rights.FindAsync(context),
            visitor,
            helped is "yes",
            remark: null,
            context.RequestAborted
        )
            ? TypedResults.Redirect(VoteForm.ThanksOf(slug, helped is "yes"), permanent: false, preserveMethod: false)
            : TypedResults.NotFound();
    }
}

/// <summary>What stands for one visitor in votes.</summary>
public sealed class VisitorName(CustomerRequests requests, DeskDirectory directory, TimeProvider time)
{
    public const string CookieName = "helpdesk-visitor";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>
    /// The customer who is signed in, else the name in the visitor's cookie. Who has none gets a name from network and browser for a day,
    /// so that a double click, or dropping the cookie, is still one visitor; neither can be read back from it.
    /// </summary>
    public async ValueTask<string> FindAsync(HttpContext context) =>
        await requests.ViewerOfAsync(context.User, context.RequestAborted) switch
        {
            Viewer.SignedInCustomer customer => "c" + customer.CustomerId.ToStringInvariant(),
            Viewer.Staff staff => "s" + staff.UserId.ToString("N"),
            _ => context.Request.Cookies[CookieName] is { } known && FormKey.IsValid(known)
                ? known
                : await MakeAsync(context),
        };

    /// <summary>The same, and remembers it in a cookie: for somebody who said something that counts once.</summary>
    public async ValueTask<string> KeepAsync(HttpContext context)
    {
        var name = await FindAsync(context);
        if (FormKey.IsValid(name) && context.Request.Cookies[CookieName] != name)
            context.Response.Cookies.Append(
                CookieName,
                name,
                new CookieOptions
                {
                    HttpOnly = true,
                    Secure = context.Request.IsHttps,
                    SameSite = SameSiteMode.Lax,
                    MaxAge = Kept,
                }
            );
        return name;
    }

    private async ValueTask<string> MakeAsync(HttpContext context)
    {
        var key = (await directory.GetAsync(context.RequestAborted)).Settings.SigningKey;
        var facts = string.Join(
            '\n',
            "visitor",
            RateLimits.NetworkOf(context.Connection.RemoteIpAddress),
            context.Request.Headers.UserAgent.ToString(),
            time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        );
        return Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(facts)).AsSpan(0, 16));
    }
}
