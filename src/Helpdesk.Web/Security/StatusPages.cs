using System.Diagnostics;
using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Web.Components;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Localisation;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Security;

/// <summary>What people and programs get instead of an empty answer: a page in plain words, or problem details.</summary>
public static class StatusPages
{
    public static void Use(IApplicationBuilder app)
    {
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                AllowStatusCode404Response = true,
                StatusCodeSelector = StatusOf,
                ExceptionHandler = context => WriteAsync(context, IncidentOf(context)),
            }
        );
        app.UseStatusCodePages(status => WriteAsync(status.HttpContext, incident: null));
    }

    /// <summary>Whether the client shows pages: a browser that navigates, not a script, a circuit or a program.</summary>
    public static bool WantsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && !request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    // A database that is away or busy heals by itself: "later" is truer than "broken".
    private static int StatusOf(Exception exception) =>
        exception switch
        {
            BadHttpRequestException bad => bad.StatusCode,
            RuleViolationException or DbUpdateConcurrencyException => StatusCodes.Status409Conflict,
            _ when DatabaseTrouble.Is(exception) => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };

    // Only a defect needs a number to quote. The log entry stands beside the trace, in the same scope.
    private static string? IncidentOf(HttpContext context)
    {
        if (context.Response.StatusCode != StatusCodes.Status500InternalServerError)
            return null;
        var incident = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        context.RequestServices.GetRequiredService<ILogger<App>>().LogError("Incident {Incident}", incident);
        return incident;
    }

    private static async Task WriteAsync(HttpContext context, string? incident)
    {
        if (context.Response.StatusCode is StatusCodes.Status403Forbidden)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        if (context.Response.StatusCode is StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "10";
        if (WantsPage(context.Request))
            await WritePageAsync(context, incident);
        else
            await WriteProblemAsync(context, incident);
    }

    private static async Task WritePageAsync(HttpContext context, string? incident)
    {
        // A page that said "not found" has left this header, which rendering adds a second time.
        context.Response.Headers.Remove("blazor-enhanced-nav");
        // The failed request may have half used its own scope, and its language is forgotten this far out.
        await using var scope = context.RequestServices.CreateAsyncScope();
        var (services, culture) = (context.RequestServices, CultureInfo.CurrentUICulture);
        context.RequestServices = scope.ServiceProvider;
        // A refused form may be read from here on: nothing acts on it any more.
        context.Features.Set<IAntiforgeryValidationFeature>(null);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture =
            context.Features.Get<IRequestCultureFeature>()?.RequestCulture.UICulture ?? Languages.Default;
        try
        {
            await LocalisationComposition.FillAsync(context);
            await App.Render<StatusPage>(
                    new()
                    {
                        [nameof(StatusPage.Code)] = context.Response.StatusCode,
                        [nameof(StatusPage.Incident)] = incident,
                        [nameof(StatusPage.Kept)] = KeptText.Of(context.Request),
                        [nameof(StatusPage.Again)] = AgainOf(context),
                    }
                )
                .ExecuteAsync(context);
        }
        finally
        {
            (context.RequestServices, CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (
                services,
                culture,
                culture
            );
        }
    }

    private static string? AgainOf(HttpContext context) =>
        context.Response.StatusCode is StatusCodes.Status410Gone
            ? context.Request.PathBase.Add(context.Request.Path) + context.Request.QueryString
            : null;

    private static async Task WriteProblemAsync(HttpContext context, string? incident)
    {
        var problem = new ProblemDetails { Status = context.Response.StatusCode };
        if (incident is not null)
            problem.Extensions["incident"] = incident;
        var service = context.RequestServices.GetRequiredService<IProblemDetailsService>();
        // it writes nothing to clients that do not ask for JSON
        if (!await service.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem }))
            await context.Response.WriteAsJsonAsync(problem, options: null, "application/problem+json");
    }
}
