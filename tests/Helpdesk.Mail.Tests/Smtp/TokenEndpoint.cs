using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Helpdesk.Mail.Tests.Smtp;

/// <summary>A provider's token endpoint on this machine: each answer is the next of those given.</summary>
internal sealed class TokenEndpoint : IAsyncDisposable
{
    private readonly WebApplication app;

    public TokenEndpoint(params (int Status, string Json)[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        var next = -1;
        app.MapPost(
            "/token",
            async (HttpContext context) =>
            {
                Asked.Enqueue(
                    (await context.Request.ReadFormAsync()).ToDictionary(
                        f => f.Key,
                        f => f.Value.ToString(),
                        StringComparer.Ordinal
                    )
                );
                var (status, json) = answers[Math.Min(++next, answers.Length - 1)];
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(json);
            }
        );
        app.StartAsync().GetAwaiter().GetResult();
        Address = new Uri(app.Urls.Single() + "/token");
    }

    public Uri Address { get; }

    public ConcurrentQueue<Dictionary<string, string>> Asked { get; } = [];

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
