using Helpdesk.Web;
using Helpdesk.Web.Api;
using Helpdesk.Web.Components;
using Helpdesk.Web.Components.Account;
using Helpdesk.Web.Localisation;
using Helpdesk.Web.Security;
using Helpdesk.Web.Startup;

var builder = WebApplication.CreateBuilder(args);
builder.UseDefaultAddress();
builder.AddModules();
builder.Services.AddDeskIdentity();
builder.Services.AddAccounts();
builder.Services.AddHostedService<Welcome>();
builder.Services.AddApi();
builder.Services.AddHealth();
builder.Services.AddTelemetry(builder.Configuration);
builder.AddSecurity();
builder.AddLocalisation();
builder.AddPages();
Schedule.Add(builder.Services);

var app = builder.Build();
await DatabasePreparation.RunAsync(app.Services);
app.UseSecurity();
app.UsePages();
app.MapPages();
app.MapAccounts();
app.MapApi();
app.MapHealth();
await app.RunAsync();

/// <summary>The entry point; public so that tests can start the real program.</summary>
public partial class Program;
