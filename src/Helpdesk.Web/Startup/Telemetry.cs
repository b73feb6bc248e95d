using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Helpdesk.Web.Startup;

/// <summary>Metrics and traces by OpenTelemetry; exported only where <c>Telemetry:OtlpEndpoint</c> names a collector.</summary>
public static class Telemetry
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["Telemetry:OtlpEndpoint"] is not { Length: > 0 } text)
            return services;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint))
            throw new InvalidOperationException(
                "Telemetry:OtlpEndpoint is not an address. Write it like http://localhost:4317."
            );
        var resource = ResourceBuilder.CreateDefault().AddService("helpdesk");
        // singletons that live as long as the program: the container disposes them, which flushes what waits
        services.AddSingleton(_ =>
            Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter("Helpdesk.*", "Microsoft.AspNetCore.*", "System.Runtime")
                .AddOtlpExporter(o => o.Endpoint = endpoint)
                .Build()
        );
        services.AddSingleton(_ =>
            Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource("Helpdesk.*", "Microsoft.AspNetCore")
                .AddOtlpExporter(o => o.Endpoint = endpoint)
                .Build()
        );
        services.AddHostedService<Starter>();
        return services;
    }

    private sealed class Starter(MeterProvider meters, TracerProvider traces) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            (_, _) = (meters, traces); // made by being asked for
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
