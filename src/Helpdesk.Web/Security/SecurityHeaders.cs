using Microsoft.Extensions.Primitives;

namespace Helpdesk.Web.Security;

/// <summary>The headers every response carries, whoever wrote it: pages, fragments, errors, files.</summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    /// <summary>No inline script, no inline style, nothing from elsewhere. <c>data:</c> pictures: the arrow of select fields.</summary>
    public const string ContentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>For bytes that other people made: nothing may run, load or be framed elsewhere.</summary>
    public const string SandboxPolicy =
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'";

    private const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(Write, context);
        return next(context);
    }

    private static Task Write(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        var own = context.GetEndpoint()?.Metadata.GetMetadata<ContentPolicyAttribute>()?.Policy;
        headers.ContentSecurityPolicy = own ?? ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (own is null)
            headers.XFrameOptions = "DENY";
        if (StringValues.IsNullOrEmpty(headers.CacheControl))
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}

/// <summary>An endpoint's own content security policy instead of the common one.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ContentPolicyAttribute(string policy) : Attribute
{
    public string Policy => policy;
}
