using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Web.Tests.Help;

/// <summary>The real program as its customers meet it: pages are read, forms filled in and sent, without a script.</summary>
public class HelpDesk : IAsyncLifetime
{
    public HelpDesk()
    {
        Site = new Site { Time = new ManualTime() };
        foreach (var limit in new[] { "SignIn", "Forms", "Links", "Search" })
            Site.With($"RateLimits:{limit}PerMinute", "100000");
    }

    public Site Site { get; }
    public ManualTime Time => Site.Time!;

    public virtual async ValueTask InitializeAsync()
    {
        await using var db = OpenDatabase();
        var settings = await db.DeskSettings.SingleAsync();
        (settings.CompanyName, settings.SetUpAt) = ("Larch Bank", Time.GetUtcNow());
        await db.SaveChangesAsync();
        Get<DeskDirectory>().Forget();
    }

    public T Get<T>()
        where T : notnull => Site.Services.GetRequiredService<T>();

    public HelpdeskDbContext OpenDatabase() => Get<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();

    public Visitor Visitor(string? roles = null, Guid? user = null) => new(Site.Browser(roles, user));

    /// <summary>With other limits, or a clock of its own.</summary>
    public static async Task<HelpDesk> OpenAsync(Action<Site>? configure = null)
    {
        var desk = new HelpDesk();
        configure?.Invoke(desk.Site);
        await desk.InitializeAsync();
        return desk;
    }

    /// <summary>A request that came by mail, as the intake opens it.</summary>
    public async Task<Ticket> RequestAsync(
        string address = "maria@harbour.example",
        string subject = "Transfer declined",
        string text = "It was declined."
    )
    {
        await using var db = OpenDatabase();
        var ticket = await Get<TicketIntake>()
            .OpenAsync(
                db,
                new NewRequest
                {
                    Channel = Channel.Email,
                    CustomerAddress = address,
                    Subject = subject,
                    Content = new MessageContent { Text = text },
                }
            );
        await db.SaveChangesAsync();
        return ticket;
    }

    public async Task ChangeAsync(long number, Action<Ticket, SlaTerms?, DateTimeOffset> change)
    {
        var picture = await Get<DeskDirectory>().GetAsync();
        await using var db = OpenDatabase();
        var ticket = await TicketIntake.ForChangeAsync(db, number);
        change(ticket!, picture.TermsOf(ticket!), Time.GetUtcNow());
        await db.SaveChangesAsync();
    }

    public async Task<Ticket> ReadAsync(long number)
    {
        await using var db = OpenDatabase();
        return await db
            .Tickets.AsNoTracking()
            .Include(t => t.Customer)
            .Include(t => t.Messages.OrderBy(m => m.Id))
                .ThenInclude(m => m.Attachments)
            .AsSplitQuery()
            .SingleAsync(t => t.Id == number);
    }

    /// <summary>The address of a request's private link.</summary>
    public async Task<string> LinkAsync(Ticket ticket) =>
        "/r/" + (await Get<DeskDirectory>().GetAsync()).Tokens.ForGuest(ticket.Id, ticket.CustomerId);

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Somebody with a browser that runs no script.</summary>
public sealed class Visitor(HttpClient client)
{
    public HttpClient Client => client;

    public async Task<SeenPage> OpenAsync(string address)
    {
        using var response = await client.GetAsync(new Uri(address, UriKind.Relative));
        return await SeenPage.ReadAsync(response);
    }

    /// <summary>Fills in the page's form and presses a button.</summary>
    /// <param name="form">Selects the form.</param>
    public async Task<SeenPage> SendAsync(
        SeenPage page,
        string form,
        IReadOnlyDictionary<string, string> values,
        string? button = null,
        params (string Name, byte[] Bytes)[] files
    )
    {
        var element =
            page.Document.QuerySelector<IHtmlFormElement>(form)
            ?? throw new InvalidOperationException($"no form {form}");
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in FieldsOf(element, values, button))
            content.Add(new StringContent(value), name);
        foreach (var (name, bytes) in files)
            content.Add(new ByteArrayContent(bytes), "files", name);
        var action = element.GetAttribute("action") is { Length: > 0 } given ? given : page.Address;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(action, UriKind.Relative))
        {
            Content = content,
        };
        using var response = await client.SendAsync(request);
        return await SeenPage.ReadAsync(response);
    }

    /// <summary>Goes where the answer leads, once.</summary>
    public async Task<SeenPage> FollowAsync(SeenPage page) => await OpenAsync(page.Location!);

    private static Dictionary<string, string> FieldsOf(
        IHtmlFormElement form,
        IReadOnlyDictionary<string, string> values,
        string? button
    )
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var element in form.Elements)
        {
            var name = element.GetAttribute("name");
            if (string.IsNullOrEmpty(name))
                continue;
            if (
                element
                is IHtmlInputElement { Type: "file" }
                    or IHtmlInputElement { Type: "checkbox", IsChecked: false }
            )
                continue;
            if (element is IHtmlButtonElement pressed)
            {
                if (button is not null && pressed.TextContent.Contains(button, StringComparison.Ordinal))
                    fields[name] = pressed.GetAttribute("value") ?? "";
                continue;
            }
            fields[name] = element switch
            {
                IHtmlTextAreaElement area => area.Value,
                IHtmlSelectElement select => select.Value ?? "",
                IHtmlInputElement input => input.Value,
                _ => element.GetAttribute("value") ?? "",
            };
        }
        foreach (var (name, value) in values)
            fields["Form." + name] = value;
        return fields;
    }
}

/// <summary>An answer as the visitor sees it.</summary>
public sealed partial class SeenPage
{
    public required HttpStatusCode Status { get; init; }
    public required IHtmlDocument Document { get; init; }
    public required string Html { get; init; }
    public required string Address { get; init; }

    /// <summary>Where it leads, from the root.</summary>
    public string? Location { get; init; }
    public required System.Net.Http.Headers.HttpResponseHeaders Headers { get; init; }

    public string Heading => Words(Document.QuerySelector("h1")?.TextContent);
    public string MainText => Words(Document.QuerySelector("main")?.TextContent);

    public static async Task<SeenPage> ReadAsync(HttpResponseMessage response)
    {
        var html = await response.Content.ReadAsStringAsync();
        var location = response.Headers.Location;
        return new SeenPage
        {
            Status = response.StatusCode,
            Html = html,
            Document = new HtmlParser().ParseDocument(html),
            Address = response.RequestMessage!.RequestUri!.PathAndQuery,
            Location =
                location is null ? null
                : location.IsAbsoluteUri ? location.PathAndQuery
                : location.ToString(),
            Headers = response.Headers,
        };
    }

    private static string Words(string? text) => Spaces().Replace(text ?? "", " ").Trim();

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
