using System.Text.Json;
using System.Text.Json.Serialization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Web.Api.Routing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.OpenApi;

namespace Helpdesk.Web.Api;

/// <summary>The API for scripts: <c>/api/v1</c>, described at <c>/openapi/v1.json</c>.</summary>
public static class ApiComposition
{
    public const string Policy = "api";

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(
                ApiTokenHandler.SchemeName,
                configureOptions: null
            );
        services.AddAuthorization(options =>
            options.AddPolicy(
                Policy,
                policy =>
                    policy
                        .AddAuthenticationSchemes(ApiTokenHandler.SchemeName)
                        .RequireAuthenticatedUser()
                        .RequireAssertion(NeededRight.IsHeld)
            )
        );
        services.AddValidation();
        services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.Converters.Add(
                new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false)
            )
        );
        // also in production: what cannot be read in a body is told by its field
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddProblemDetails();
        services.AddExceptionHandler<ApiProblems>();
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.ShouldInclude = call =>
                    call.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) is true;
                options.AddDocumentTransformer(DescribeAsync);
                options.AddOperationTransformer(
                    (operation, call, _) =>
                    {
                        var needed = call.Description.ActionDescriptor.EndpointMetadata.OfType<NeededRight>().Last();
                        operation.Description = $"Needs the right `{needed.Name}`. {operation.Description}".TrimEnd();
                        return Task.CompletedTask;
                    }
                );
            }
        );
        services.AddSingleton<TicketView.Reader>();
        services.AddScoped<RoutingChange>();
        services.AddScoped<PersonAbsence.Writing>();
        return services;
    }

    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints
            .MapGroup("/api/v1")
            .RequireAuthorization(Policy)
            .RequireRateLimiting(Security.RateLimits.Api)
            .DisableAntiforgery()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        var tickets = Needing(ApiRights.Tickets);
        CreateTicket.Map(tickets);
        ReadTicket.Map(tickets);
        AddMessage.Map(tickets);
        AcceptRawMail.Map(Needing(ApiRights.Mail));
        SearchArticles.Map(Needing(ApiRights.Articles));
        PersonPresence.MapOwn(Needing(ApiRights.Presence));
        PersonPresence.MapOthers(Needing(ApiRights.People));
        PersonAbsence.Map(Needing(ApiRights.People));
        var routing = Needing(ApiRights.Routing).MapGroup("/routing");
        RoutingSetUpFile.Map(routing);
        RoutingAreas.Map(routing);
        RoutingTopics.Map(routing);
        RoutingPeople.Map(routing);
        RoutingSkills.Map(routing);
        RoutingPoints.Map(routing);
        RoutingSpam.Map(routing);
        NoSuchCall.Map(endpoints);
        endpoints.MapOpenApi().AllowAnonymous();
        return endpoints;

        RouteGroupBuilder Needing(ApiRights right) =>
            api.MapGroup("").WithMetadata(new NeededRight(right)).ProducesProblem(StatusCodes.Status403Forbidden);
    }

    private static Task DescribeAsync(
        OpenApiDocument document,
        Microsoft.AspNetCore.OpenApi.OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info.Title = "Helpdesk API";
        document.Info.Description =
            "Create and follow tickets, search the help centre, hand over raw mail, read and change how the desk routes, say who gets new requests and who is absent. Sign in with a token made on the administration pages: "
            + "`Authorization: Bearer hd_…`; each call says which right the token needs. Errors are problem details (RFC 9457).";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes["token"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A token of the desk, hd_…",
        };
        document.Security ??= [];
        document.Security.Add(
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }
        );
        return Task.CompletedTask;
    }
}

/// <summary>Turns what the rules refuse into problem details with a status; pages have their own way of saying it.</summary>
internal sealed class ApiProblems(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext context,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        // the exception handler rewrites nothing here, so the path is the caller's
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            return false;
        var (status, title) = exception switch
        {
            RuleViolationException rule => (StatusCodes.Status409Conflict, rule.Message),
            DbUpdateConcurrencyException => (
                StatusCodes.Status409Conflict,
                "Somebody else changed this at the same time. Read it again and repeat your change."
            ),
            // its own words name our types
            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest, InnerException: JsonException } => (
                StatusCodes.Status400BadRequest,
                "The JSON cannot be taken as it is; nothing was changed"
            ),
            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } => (
                StatusCodes.Status400BadRequest,
                "The body or a parameter is missing or cannot be read. What belongs there: /openapi/v1.json"
            ),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            _ => (0, ""),
        };
        if (status == 0)
            return false;
        context.Response.StatusCode = status;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails = exception.InnerException is JsonException { Path: { Length: > 0 } path }
                    ? new HttpValidationProblemDetails(
                        new Dictionary<string, string[]>(StringComparer.Ordinal)
                        {
                            [path.Replace("$.", "", StringComparison.Ordinal)] =
                            [
                                path == "$"
                                    ? "This is no JSON, or not of the kind that belongs here."
                                    : "This is no value that the field can have, or there is no such field.",
                            ],
                        }
                    )
                    {
                        Status = status,
                        Title = title,
                    }
                    : new ProblemDetails { Status = status, Title = title },
                Exception = exception,
            }
        );
    }
}
