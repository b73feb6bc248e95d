using Helpdesk.Web.Components.Desk.Articles;
using Helpdesk.Web.Components.Desk.Canned;
using Helpdesk.Web.Components.Desk.News;
using Helpdesk.Web.Components.Desk.Queues;
using Helpdesk.Web.Components.Desk.Search;
using Helpdesk.Web.Components.Desk.Work;
using Helpdesk.Web.Components.Desk.Writing;

namespace Helpdesk.Web.Components.Desk;

public static class DeskModule
{
    /// <summary>What the specialists' pages ask.</summary>
    public static IServiceCollection AddDesk(this IServiceCollection services)
    {
        services.AddSingleton<QueueCounts>();
        services.AddSingleton<QueueReader>();
        services.AddSingleton<TicketReader>();
        services.AddSingleton<Drafts>();
        services.AddSingleton<Suggestions>();
        services.AddSingleton<RoutingRecords>();
        services.AddSingleton<Colleagues>();
        services.AddSingleton<TicketSearch>();
        services.AddSingleton<CustomerFinder>();
        services.AddSingleton<ArticleShelf>();
        services.AddSingleton<ArticleWork>();
        services.AddSingleton<ArticleProposals>();
        services.AddSingleton<ArticleBeginnings>();
        services.AddSingleton<LinkCheck>();
        services.AddSingleton<SharedTextWork>();
        services.AddSingleton<ArticleFileList>();
        services.AddSingleton<RecurringProposals>();
        services.AddSingleton<ArticleReviews>();
        services.AddSingleton<ReviewerChoice>();
        services.AddSingleton<TicketWriting>();
        services.AddSingleton<CannedTexts>();
        services.AddSingleton<CannedTextWork>();
        services.AddScoped<DeskPerson>();
        services.AddScoped<TicketWork>();
        services.AddScoped<MessageMoving>();
        services.AddScoped<TicketMerging>();
        services.AddScoped<TicketSplitting>();
        services.AddScoped<NewsBox>();
        services.AddScoped<SavedViews>();
        return services;
    }
}
