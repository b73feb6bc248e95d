using Helpdesk.Knowledge.Articles;
using Helpdesk.Web.Components.Help.Articles;
using Helpdesk.Web.Components.Help.Requests;
using Helpdesk.Web.Components.Help.Search;
using Helpdesk.Web.Components.Help.SignIn;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Files;

namespace Helpdesk.Web.Components.Help;

/// <summary>The help centre: what customers do.</summary>
public static class HelpComposition
{
    private const string ArticlesTag = "articles";

    public static void AddHelp(this IServiceCollection services)
    {
        services.AddSingleton<CustomerRequests>();
        services.AddSingleton<SharedFiles>();
        services.AddSingleton<RequestSubmission>();
        services.AddSingleton<SentNote.Box>();
        services.AddSingleton<CustomerSignIn>();
        services.AddSingleton<CustomerArticles>();
        services.AddSingleton<ReaderRights>();
        services.AddSingleton<VisitorName>();
        services.AddSingleton<ArticleFeedback>();
        services.AddSingleton<FittingAnswers>();
        services.AddHostedService<KeptPages>();
    }

    public static void MapHelp(this IEndpointRouteBuilder app)
    {
        app.MapHelpPage<HomePage>(Places.HelpHome, ArticlesTag);
        app.MapHelpPage<TopicPage>("/topics/{slug}", ArticlesTag);
        app.MapHelpPage<ArticlePage>("/articles/{slug}", ArticlesTag).AddEndpointFilter(FormerAddress.FollowAsync);
        Suggest.Map(app);
        Solved.Map(app);
        Vote.Map(app);
        SearchEngines.Map(app);
    }
}
