using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Helpdesk.Tickets;

public static class TicketsModule
{
    /// <summary>Tickets, people, promises, escalation, and the database.</summary>
    public static IServiceCollection AddTickets(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorage(configuration);
        services
            .AddOptions<WorkerOptions>()
            .Bind(configuration.GetSection("Workers"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DeskDirectory>();
        services.AddSingleton<TicketIntake>();
        services.AddSingleton<EscalationSweep>();
        return services;
    }
}
