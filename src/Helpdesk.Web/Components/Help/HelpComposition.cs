using Helpdesk.Web.Components.Help.Requests;
using Helpdesk.Web.Components.Help.SignIn;

namespace Helpdesk.Web.Components.Help;

/// <summary>The help centre: what customers do.</summary>
public static class HelpComposition
{
    public static void AddHelp(this IServiceCollection services)
    {
        services.AddSingleton<CustomerRequests>();
        services.AddSingleton<RequestSubmission>();
        services.AddSingleton<SentNote.Box>();
        services.AddSingleton<CustomerSignIn>();
    }
}
