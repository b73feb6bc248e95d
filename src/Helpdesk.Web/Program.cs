using Helpdesk.Web.Components;
using Helpdesk.Web.Localisation;
using Helpdesk.Web.Security;
using Helpdesk.Web.Startup;

var builder = WebApplication.CreateBuilder(args);
builder.UseDefaultAddress();
builder.AddModules();
builder.AddSecurity();
builder.AddLocalisation();
builder.AddPages();

var app = builder.Build();
await DatabasePreparation.RunAsync(app.Services);
app.UseSecurity();
app.UsePages();
app.MapPages();
await app.RunAsync();

/// <summary>The entry point; public so that tests can start the real program.</summary>
public partial class Program;
