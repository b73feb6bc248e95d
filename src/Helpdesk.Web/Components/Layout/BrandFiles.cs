using System.Text;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Files;
using Helpdesk.Web.Localisation;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Layout;

/// <summary>The company's colour as a style sheet and its logo as a picture, for everybody. The address names what it shows, so browsers may keep it.</summary>
public static class BrandFiles
{
    private const string KeptLong = "public, max-age=31536000, immutable";

    public static string StyleOf(string color) => "/brand.css?v=" + color[1..];

    public static string LogoOf(string hash) => "/brand/logo?v=" + hash[..12];

    public static void MapBrand(this IEndpointRouteBuilder app)
    {
        app.MapGet("/brand.css", StyleAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/brand/logo", LogoAsync)
            .AllowAnonymous()
            .WithMetadata(new ContentPolicyAttribute(SecurityHeaders.SandboxPolicy))
            .ExcludeFromDescription();
    }

    private static async Task<IResult> StyleAsync(HttpContext context, DeskFacts desk, string? v)
    {
        var color = (await desk.GetAsync(context.RequestAborted)).BrandColor;
        if (color is not null && color[1..] == v)
            context.Response.Headers.CacheControl = KeptLong;
        return TypedResults.Text(color is null ? "" : BrandColors.Of(color).Css(), "text/css", Encoding.UTF8);
    }

    private static async Task<Results<FileContentHttpResult, NotFound>> LogoAsync(
        HttpContext context,
        DeskDirectory directory,
        HelpdeskDbContext db,
        string? v
    )
    {
        if (
            (await directory.GetAsync(context.RequestAborted)).Settings.LogoHash is not { } hash
            || await db.Blobs.AsNoTracking().SingleOrDefaultAsync(b => b.Hash == hash, context.RequestAborted)
                is not { } blob
        )
            return TypedResults.NotFound();
        var bytes = blob.Read();
        if (PictureBytes.TypeOf(bytes) is not { } type)
            return TypedResults.NotFound();
        if (v is { Length: > 0 } && hash.StartsWith(v, StringComparison.Ordinal))
            context.Response.Headers.CacheControl = KeptLong;
        return TypedResults.Bytes(bytes, type);
    }
}
