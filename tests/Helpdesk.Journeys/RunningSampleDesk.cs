using System.Text.RegularExpressions;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace Helpdesk.Journeys;

/// <summary>The program as a newcomer starts it, with the sample desk; shared by journeys, each with customers of its own.</summary>
public sealed partial class RunningSampleDesk : IAsyncLifetime
{
    public DeskProcess Desk { get; } = new() { Settings = ["--Sample:Load=true"] };

    public async ValueTask InitializeAsync()
    {
        await Desk.StartAsync();
        // what comes before the first model is routed by people; journeys are about the days after
        for (var wait = 0; wait < 1800; wait++)
        {
            await using var db = Desk.OpenDatabase();
            if (await db.Set<ClassifierModel>().AnyAsync(m => m.IsActive && m.Kind == ModelKind.Topics))
                return;
            await Task.Delay(100);
        }
        throw new TimeoutException($"No model of the topics within three minutes:\n{Desk.Console}");
    }

    public ValueTask DisposeAsync() => Desk.DisposeAsync();

    /// <summary>Signs in on the page for sample people; ends on the desk.</summary>
    public static async Task SignInAsync(IPage page, string name)
    {
        await page.GotoAsync("/account/sample-people");
        await page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        // the answer is what is waited for, not all that the desk's page fetches after it: whoever goes on says what they need of it
        await page.WaitForURLAsync("**/desk**", new() { WaitUntil = WaitUntilState.Commit });
    }

    /// <summary>The letter to this address whose text holds these words, as soon as the program has written it.</summary>
    public async Task<string> LetterAsync(string to, string holding)
    {
        for (var wait = 0; wait < 300; wait++)
        {
            if (Directory.Exists(Desk.MailFolder))
                foreach (var file in Directory.EnumerateFiles(Desk.MailFolder, "*.eml"))
                {
                    var text = SoftBreak()
                        .Replace(await File.ReadAllTextAsync(file), "")
                        .Replace("=3D", "=", StringComparison.Ordinal);
                    if (
                        text.Contains($"To: {to}", StringComparison.Ordinal)
                        && text.Contains(holding, StringComparison.Ordinal)
                    )
                        return text;
                }
            await Task.Delay(100);
        }
        await using var db = Desk.OpenDatabase();
        var decisions = await db.Set<RoutingDecision>()
            .Where(d => db.Tickets.Any(t => t.Id == d.TicketId && t.Customer.Address == to))
            .Select(d => $"{d.Type} {d.Confidence:0.000} {d.DetailsJson}")
            .ToListAsync();
        throw new TimeoutException(
            $"No letter to {to} with “{holding}” in {Desk.MailFolder}. Decisions:\n{string.Join('\n', decisions)}"
        );
    }

    /// <summary>The private link in a letter.</summary>
    public static string PrivateLink(string letter) => Link().Match(letter).Value;

    /// <summary>The number of the only request of this customer, once routing has decided about it, and the name of whoever got it.</summary>
    public async Task<(long Number, string? Specialist)> RoutedAsync(string customer)
    {
        for (var wait = 0; wait < 300; wait++)
        {
            await using var db = Desk.OpenDatabase();
            var found = await db
                .Tickets.Where(t => t.Customer.Address == customer && t.RoutedAt != null)
                .Select(t => new
                {
                    t.Id,
                    Specialist = db
                        .Users.Where(u => u.Id == t.SpecialistId)
                        .Select(u => u.DisplayName)
                        .FirstOrDefault(),
                })
                .SingleOrDefaultAsync();
            if (found is not null)
                return (found.Id, found.Specialist);
            await Task.Delay(100);
        }
        throw new TimeoutException($"No routed request of {customer}.\n{Desk.Console}");
    }

    public async Task<Ticket> TicketAsync(long number)
    {
        await using var db = Desk.OpenDatabase();
        return await db.Tickets.AsNoTracking().SingleAsync(t => t.Id == number);
    }

    [GeneratedRegex("=\r?\n")]
    private static partial Regex SoftBreak();

    [GeneratedRegex(@"http://[^\s""<>]+/r/[\w-]+")]
    private static partial Regex Link();
}

/// <summary>Journeys that share one running sample desk and one browser, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SampleDeskJourneys : ICollectionFixture<RunningSampleDesk>, ICollectionFixture<Browser>
{
    public const string Name = "sample desk";
}
