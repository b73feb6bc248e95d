using Helpdesk.Knowledge.Matching;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Emerging;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Outlook;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Replay;
using Helpdesk.Routing.Rules;
using Helpdesk.Routing.SetUp;
using Helpdesk.Routing.Spam;
using Helpdesk.Tickets.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Routing;

public static class RoutingModule
{
    /// <summary>Routing with its worker. Needs tickets and knowledge and, for its tables, <see cref="RoutingModelPart"/>.</summary>
    public static IServiceCollection AddRouting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRoutingRooms(configuration);
        services.AddWorker<RoutingWorker>();
        return services;
    }

    /// <summary>The same without the worker: for commands and tests, which call what they need.</summary>
    public static IServiceCollection AddRoutingRooms(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<RoutingOptions>()
            .Bind(configuration.GetSection("Routing"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<ITextClassifierTrainer, TextModelTrainer>();
        services.AddSingleton<RoutingMetrics>();
        services.AddSingleton<LiveModels>();
        services.AddSingleton<QuestionTopics>();
        services.AddSingleton<LikelyTopics>(provider => provider.GetRequiredService<QuestionTopics>().OfAsync);
        services.AddSingleton<LiveRules>();
        services.AddSingleton<LearnedExpertise>();
        services.AddSingleton<LearnedTimes>();
        services.AddSingleton<RoutingReplay>();
        services.AddSingleton<ModelShelf>();
        services.AddSingleton<ModelTraining>();
        services.AddSingleton<SpamLearning>();
        services.AddSingleton<LabelShiftBook>();
        services.AddSingleton<TopicCount>();
        services.AddSingleton<Triage>();
        services.AddSingleton<RoutingBatch>();
        services.AddSingleton<TicketRouting>();
        services.AddSingleton<WaitingTickets>();
        services.AddSingleton<PriorityWatch>();
        services.AddSingleton<SpecialistRelease>();
        services.AddSingleton<Rebalancing>();
        services.AddSingleton<AnsweringSwitch>();
        services.AddSingleton<SetUpExchange>();
        services.AddSingleton<AnswerFollowUp>();
        services.AddSingleton<EmergingWatch>();
        return services;
    }
}
