using Helpdesk.Tickets.Data;
using Helpdesk.Web;
using Helpdesk.Web.Api;
using Helpdesk.Web.Commands;
using Helpdesk.Web.Components;
using Helpdesk.Web.Components.Account;
using Helpdesk.Web.Components.Desk.Work;
using Helpdesk.Web.Components.Help;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Components.Pickup;
using Helpdesk.Web.Components.Supervise;
using Helpdesk.Web.Files;
using Helpdesk.Web.Localisation;
using Helpdesk.Web.Sample;
using Helpdesk.Web.Security;
using Helpdesk.Web.Startup;

if (CommandLine.IsVerb(args))
    return await CommandLine.RunAsync(args, settings => Compose(settings, isVerb: true).Services);

try
{
    var app = Compose(args);
    app.UseSecurity();
    app.UsePages();
    app.MapPages();
    app.MapHelp();
    app.MapAccounts();
    app.MapFiles();
    app.MapArticleFiles();
    app.MapBrand();
    app.MapMessageFrames();
    app.MapRawMail();
    app.MapPickup();
    app.MapApi();
    app.MapHealth();

    // both take about as long as everything else of a start, and neither needs the other
    var endpoints = Task.Run(() => ((IEndpointRouteBuilder)app).DataSources.Sum(source => source.Endpoints.Count));
    await DatabasePreparation.RunAsync(app.Services);
    if (app.Configuration.GetValue<bool>("Sample:Load"))
        await app.Services.GetRequiredService<SampleDesk>().LoadAsync(publicUrl: Address.Local(app.Configuration));
    await endpoints;
    await app.RunAsync();
    return 0;
}
catch (Exception failure) when (StartTrouble.WordsFor(failure) is { } words)
{
    await Console.Error.WriteLineAsync(words);
    return 1;
}

static WebApplication Compose(string[] settings, bool isVerb = false)
{
    var builder = WebApplication.CreateBuilder(
        new WebApplicationOptions
        {
            Args = settings,
            // started from elsewhere, the settings still lie beside the program
            ContentRootPath = File.Exists("appsettings.json") ? null : AppContext.BaseDirectory,
        }
    );
    if (isVerb)
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    builder.UseDefaultAddress();
    // so that a build that was not published shows its styles too; where it was, nothing happens
    builder.WebHost.UseStaticWebAssets();
    builder.AddModules();
    builder.Services.AddDeskIdentity();
    builder.Services.AddAccounts();
    builder.Services.AddSupervise();
    builder.Services.AddHostedService<Welcome>();
    builder.Services.AddWorker<StartLeavings>();
    builder.Services.AddApi();
    builder.Services.AddHealth();
    builder.Services.AddTelemetry(builder.Configuration);
    builder.AddSecurity();
    builder.AddLocalisation();
    builder.AddPages();
    builder.Services.AddHelp();
    builder.Services.AddSample();
    Schedule.Add(builder.Services);

    return builder.Build();
}

/// <summary>The entry point; public so that tests can start the real program.</summary>
public partial class Program;
