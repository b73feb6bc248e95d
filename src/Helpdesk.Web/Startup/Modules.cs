using Helpdesk.Knowledge;
using Helpdesk.Mail;
using Helpdesk.Mail.Spam;
using Helpdesk.Routing;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Spam;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Admin;
using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Live;

namespace Helpdesk.Web.Startup;

/// <summary>The rooms behind the screens; each brings its own services.</summary>
public static class Modules
{
    public static void AddModules(this WebApplicationBuilder builder)
    {
        foreach (var part in ModelParts.All)
            builder.Services.AddSingleton(part);
#if !MODEL_FROM_SCRATCH // while it is being made anew
        builder.Services.AddSingleton(new SqliteModel(() => CompiledModel.SqliteHelpdeskDbContextModel.Instance));
#endif
        builder.Services.AddTickets(builder.Configuration);
        builder.Services.AddKnowledge(builder.Configuration);
        builder.Services.AddMail(builder.Configuration);
        builder.Services.AddRouting(builder.Configuration);
        builder.Services.AddSingleton<ReadSpam>(provider =>
        {
            var learning = provider.GetRequiredService<SpamLearning>();
            return async (subject, text, cancellationToken) =>
                await learning.FindAsync(cancellationToken) is { } model
                    ? Read(model, RequestText.Of(subject, text))
                    : null;
        });
        builder.Services.AddLive();
        builder.Services.AddDesk();
        builder.Services.AddAdministration();
    }

    private static SpamReading Read(SpamModel model, string text)
    {
        var score = model.Read(text);
        return new(score.Probability, score.IsSpam, score.IsSpam ? model.Explain(text, 5) : []);
    }
}
