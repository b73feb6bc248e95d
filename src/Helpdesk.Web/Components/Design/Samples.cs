using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Components.Design;

/// <summary>Addresses that behave as pages sometimes must: cached, failing, foreign. In Development only; tests look at them.</summary>
public static class Samples
{
    public static void Map(WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
            return;
        app.MapGet("/design/denied", () => "for administrators").RequireAuthorization(Policies.Admin);
        var design = app.MapGroup("/design").AllowAnonymous();
        design.MapHelpPage<CachedSample>("/cached/{name}", "sample");
        design.MapGet("/throws", IResult () => throw new InvalidOperationException("a sample of a defect"));
        design.MapPost(
            "/busy",
            IResult ([FromForm] string text) => throw new TimeoutException("a sample of a busy database")
        );
        design
            .MapPost("/vote", () => Results.NoContent())
            .DisableAntiforgery()
            .WithMetadata(new RequireSameOriginAttribute());
        design.MapPost("/forgotten", () => Results.NoContent());
        design
            .MapGet("/foreign", () => Results.Text("<script>alert(1)</script>", "text/html"))
            .WithMetadata(new ContentPolicyAttribute(SecurityHeaders.SandboxPolicy));
        design.MapGet("/limited", () => "opened").RequireRateLimiting(RateLimits.Links);
    }
}
