using Helpdesk.Knowledge;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Routing.Tests;

/// <summary>The small desk with routing: the team "Cards" has two topics, the team "Loans" one that needs a skill.</summary>
internal static class RoutingDesk
{
    public static readonly string[] Databases = ["Sqlite", "Postgres"];

    public static async Task<Desk> OpenAsync(string database = "Sqlite", bool withTopics = true, bool isTrained = true)
    {
        var desk = await Desk.CreateAsync(
            Enum.Parse<StorageProvider>(database),
            configure: (services, configuration) =>
            {
                services.AddKnowledge(configuration);
                services.AddRoutingRooms(configuration);
            }
        );
        if (withTopics)
            await AddTopicsAsync(desk);
        if (withTopics && isTrained)
            await desk.Get<ModelTraining>().EnsureAsync();
        return desk;
    }

    /// <summary>Another process on the same database.</summary>
    public static TicketRouting OtherNode(this Desk desk) =>
        ActivatorUtilities.CreateInstance<TicketRouting>(desk.Services);

    public static Task<int> RouteAsync(this Desk desk) => desk.Get<TicketRouting>().RunAsync();

    public static async Task<RoutingDecision> DecisionAsync(this Desk desk, long ticketId)
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<RoutingDecision>().Where(d => d.TicketId == ticketId).OrderBy(d => d.Id).LastAsync();
    }

    public static async Task<Topic> TopicAsync(this Desk desk, string key) =>
        (await desk.PictureAsync()).TopicsByKey[key];

    public static async Task ChangePeopleAsync(this Desk desk, Action<Specialist> change, params Specialist[] people)
    {
        await using var db = desk.OpenDatabase();
        foreach (var person in people)
            change(await db.Specialists.Include(s => s.Skills).SingleAsync(s => s.Id == person.Id));
        await db.SaveChangesAsync();
    }

    public static async Task MakeVipAsync(this Desk desk, string address)
    {
        await using var db = desk.OpenDatabase();
        db.Customers.Add(new Customer(address, "Vera Vip", desk.Time.GetUtcNow()) { TierId = desk.Vip.Id });
        await db.SaveChangesAsync();
    }

    /// <summary>Weighted work that the person carries now.</summary>
    public static async Task<double> WorkOfAsync(this Desk desk, Specialist person)
    {
        await using var db = desk.OpenDatabase();
        var tickets = await db.Tickets.Where(t => t.SpecialistId == person.Id).ToListAsync();
        return tickets.Sum(t => Workload.Weight(t.Complexity, t.Status));
    }

    private static async Task AddTopicsAsync(Desk desk)
    {
        await using var db = desk.OpenDatabase();
        var cards = await db.Teams.SingleAsync();
        var loans = new Team { Name = "Loans" };
        var loan = new Skill { Key = "loans", Name = "Loans" };
        var area = new Topic { Key = "all", Name = "Everything" };
        Topic Leaf(string key, string name, Team team, Skill? skill = null) =>
            new()
            {
                Key = key,
                Name = name,
                Parent = area,
                Team = team,
                Skill = skill,
            };
        var topics = new[]
        {
            Leaf("card_arrival", "Card arrival", cards),
            Leaf("lost_card", "Lost or stolen card", cards),
            Leaf("loan_rate", "Interest rate of a loan", loans, loan),
        };
        db.Topics.AddRange(topics);
        string[][] phrases =
        [
            ["Where is my new card?", "My card has not arrived", "I am still waiting for the card I ordered"],
            ["I lost my card", "Somebody has stolen my card", "My card is missing, please block it"],
            ["How high is the interest on a loan?", "I want to borrow money", "What does a credit cost a month?"],
        ];
        await db.SaveChangesAsync();
        foreach (var (topic, texts) in topics.Zip(phrases))
            db.AddRange(texts.Select(text => new TopicPhrase { TopicId = topic.Id, Text = text }));
        await db.SaveChangesAsync();
        desk.Get<DeskDirectory>().Forget();
    }
}
