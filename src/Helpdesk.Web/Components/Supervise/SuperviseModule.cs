using Helpdesk.Web.Components.Supervise.Replay;
using Helpdesk.Web.Components.Supervise.Wall;

namespace Helpdesk.Web.Components.Supervise;

public static class SuperviseModule
{
    /// <summary>What the supervisors' pages ask.</summary>
    public static IServiceCollection AddSupervise(this IServiceCollection services)
    {
        services.AddSingleton<WallReader>();
        services.AddSingleton<HourCounts>();
        services.AddSingleton<OutlookReader>();
        services.AddSingleton<RoutingLedger>();
        services.AddSingleton<ReportReader>();
        services.AddSingleton<LearningReader>();
        services.AddSingleton<AnswersReader>();
        services.AddScoped<MailReview>();
        services.AddSingleton<ProblemReader>();
        services.AddScoped<ProblemWork>();
        services.AddScoped<ReplayWork>();
        return services;
    }
}
