using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Growing;
using Helpdesk.Mail.Alerts;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Emerging;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Priority;
using Helpdesk.Tickets.Closing;
using Helpdesk.Tickets.Escalation;
using Quartz;

namespace Helpdesk.Web;

/// <summary>All timetables of the desk. Jobs only wake what does the work: waking twice, late, or on two nodes changes nothing.</summary>
public static class Schedule
{
    public static void Add(IServiceCollection services) =>
        services
            .AddQuartz(quartz =>
            {
                Every<EscalateOverdueJob>(quartz, TimeSpan.FromSeconds(15));
                Every<HandOverJob>(quartz, TimeSpan.FromMinutes(1));
                Every<WeighAgainJob>(quartz, TimeSpan.FromMinutes(1));
                Every<ArticleTimetableJob>(quartz, TimeSpan.FromMinutes(1));
                Every<MailAlertsJob>(quartz, TimeSpan.FromMinutes(1));
                Every<FindRecurringAnswersJob>(quartz, TimeSpan.FromHours(6));
                Every<CloseResolvedJob>(quartz, TimeSpan.FromHours(1));
                Every<CountTopicsJob>(quartz, TimeSpan.FromHours(1));
                Every<CountExpertiseJob>(quartz, TimeSpan.FromHours(1));
                Every<WatchEmergingJob>(quartz, TimeSpan.FromMinutes(3));
                Every<FollowAnswersJob>(quartz, TimeSpan.FromMinutes(2));
                Every<RefreshModelsJob>(quartz, TimeSpan.FromHours(12));
                Every<LearnSpamJob>(quartz, TimeSpan.FromHours(1));
            })
            .AddQuartzHostedService(options =>
            {
                options.WaitForJobsToComplete = true;
                options.StartDelay = TimeSpan.FromSeconds(3); // after the first page and the workers
            });

    private static void Every<TJob>(IQuartzBuilder quartz, TimeSpan interval)
        where TJob : IJob
    {
        var key = new JobKey(typeof(TJob).Name);
        quartz.AddJob<TJob>(job => job.WithIdentity(key).StoreDurably());
        quartz.AddTrigger(trigger =>
            trigger
                .ForJob(key)
                .WithIdentity(key.Name)
                .StartNow()
                .WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever())
        );
    }
}
