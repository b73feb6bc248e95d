using Helpdesk.Routing.Rules;
using Helpdesk.Routing.SetUp;
using Helpdesk.Web.Components.Admin.Company;
using Helpdesk.Web.Components.Admin.History;
using Helpdesk.Web.Components.Admin.Letters;
using Helpdesk.Web.Components.Admin.Mailboxes;
using Helpdesk.Web.Components.Admin.Organizations;
using Helpdesk.Web.Components.Admin.Promises;
using Helpdesk.Web.Components.Admin.Rules;
using Helpdesk.Web.Components.Admin.SetUp;
using Helpdesk.Web.Components.Admin.Staff;
using Helpdesk.Web.Components.Admin.Tokens;
using Helpdesk.Web.Components.Admin.TopicTree;

namespace Helpdesk.Web.Components.Admin;

public static class AdminModule
{
    /// <summary>What the administrators' pages ask.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services)
    {
        services.AddScoped<AdminWork>();
        services.AddScoped<SectionStates>();
        services.AddSingleton<FirstSteps>();
        services.AddSingleton<StaffRoster>();
        services.AddScoped<StaffChanges>();
        services.AddSingleton<TopicList>();
        services.AddScoped<TopicChanges>();
        services.AddScoped<SkillSheet>();
        services.AddScoped<PromiseChanges>();
        services.AddScoped<OrganizationChanges>();
        services.AddScoped<TokenChanges>();
        services.AddSingleton<MailState>();
        services.AddScoped<LetterChanges>();
        services.AddScoped<LetterSample>();
        services.AddScoped<SpamChanges>();
        services.AddScoped<DeskChanges>();
        services.AddScoped<MailboxChanges>();
        services.AddScoped<RuleChanges>();
        services.AddScoped<SetUpChanges>();
        services.AddSingleton<ChangeHistory>();
        return services;
    }

    public static void MapAdministration(this IEndpointRouteBuilder app)
    {
        app.MapLetterPreviews();
        app.MapAdminFile<LiveRules>(
            RuleChanges.FileAddress,
            async (rules, db, cancellationToken) => (await rules.GetAsync(db, cancellationToken)).ToJson()
        );
        app.MapAdminFile<SetUpExchange>(
            SetUpChanges.FileAddress,
            async (exchange, _, cancellationToken) => (await exchange.ReadAsync(cancellationToken)).ToJson()
        );
    }
}
