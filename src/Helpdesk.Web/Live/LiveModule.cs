namespace Helpdesk.Web.Live;

public static class LiveModule
{
    /// <summary>What makes pages change by themselves.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
        services.AddSingleton<DeskPresence>();
        return services;
    }
}
