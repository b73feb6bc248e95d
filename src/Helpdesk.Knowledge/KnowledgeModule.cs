using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Deflection;
using Helpdesk.Knowledge.Exchange;
using Helpdesk.Knowledge.Growing;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Helpdesk.Knowledge;

public static class KnowledgeModule
{
    /// <summary>Articles, the search index and what feeds it, matching, and what became of customers' searches.</summary>
    public static IServiceCollection AddKnowledge(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<KnowledgeOptions>()
            .Bind(configuration.GetSection("Knowledge"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton(provider =>
        {
            var synonyms = Synonyms.With(provider.GetRequiredService<IOptions<KnowledgeOptions>>().Value.Synonyms);
            return new SolutionIndexes(ranking => new InMemoryIndex(ranking, synonyms: synonyms));
        });
        services.AddSingleton<ArticleIndexFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ArticleIndexFeed>());
        services.AddWorker<TicketIndexFeed>();
        services.AddSingleton<DeflectionLog>();
        services.AddHostedService(provider => provider.GetRequiredService<DeflectionLog>());
        services.AddSingleton<ArticleTimetable>();
        services.AddSingleton<ArticleFolder>();
        services.AddSingleton<ArticleGaps>();
        services.AddSingleton<RecurringAnswers>();
        services.AddSingleton<ArticleSearch>();
        services.AddSingleton<SolutionMatcher>();
        services.AddSingleton<SimilarTickets>();
        return services;
    }
}
