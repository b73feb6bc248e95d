using System.Text.Json.Serialization;
using Helpdesk.Tickets;
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
                policy => policy.AddAuthenticationSchemes(ApiTokenHandler.SchemeName).RequireAuthenticatedUser()
            )
        );
        services.AddValidation();
        services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter())
        );
        services.AddProblemDetails();
        services.AddExceptionHandler<ApiProblems>();
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.ShouldInclude = call =>
                    call.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) is true;
                options.AddDocumentTransformer(DescribeAsync);
            }
        );
        services.AddSingleton<TicketView.Reader>();
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
        CreateTicket.Map(api);
        ReadTicket.Map(api);
        AddMessage.Map(api);
        AcceptRawMail.Map(api);
        SearchArticles.Map(api);
        endpoints.MapOpenApi().AllowAnonymous();
        return endpoints;
    }

    private static Task DescribeAsync(
        OpenApiDocument document,
        Microsoft.AspNetCore.OpenApi.OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info.Title = "Helpdesk API";
        document.Info.Description =
            "Create and follow tickets, search the help centre, hand over raw mail. Sign in with a token made on the administration pages: "
            + "`Authorization: Bearer hd_…`. Errors are problem details (RFC 9457).";
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
                ProblemDetails = new ProblemDetails { Status = status, Title = title },
                Exception = exception,
            }
        );
    }
}
