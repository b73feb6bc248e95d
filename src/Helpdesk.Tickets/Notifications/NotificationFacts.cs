using System.Globalization;
using System.Text.Json;

namespace Helpdesk.Tickets.Notifications;

/// <summary>An article that an acknowledgement offers as a possible answer.</summary>
/// <param name="Slug">The last part of its address in the help centre.</param>
/// <param name="NeedsSignIn">It is for chosen customers: its link leads through the sign-in.</param>
public sealed record OfferedArticle(string Title, string Slug, string Summary, bool NeedsSignIn = false);

/// <summary>
/// Further facts of a <see cref="Notification"/> for its mail: a flat JSON object of texts. Known names beside those of the
/// articles: <c>link</c> or <c>url</c> (an address on our site that only this mail knows), <c>until</c> or <c>expiresAt</c> (ISO 8601,
/// the end of its life), <c>target</c>, <c>percent</c>, <c>dueAt</c>.
/// </summary>
public static class NotificationFacts
{
    public const int MaxArticles = 3;

    public static IReadOnlyDictionary<string, string> Read(string? data) =>
        data is null
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : JsonSerializer.Deserialize<Dictionary<string, string>>(data)!;

    /// <summary>What routing hands to <see cref="Ticket.Acknowledge"/>; at most <see cref="MaxArticles"/> are kept.</summary>
    public static string WithArticles(IEnumerable<OfferedArticle> articles)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (n, article) in articles.Take(MaxArticles).Index())
        {
            facts[Key(n, "title")] = article.Title;
            facts[Key(n, "slug")] = article.Slug;
            facts[Key(n, "summary")] = article.Summary;
            if (article.NeedsSignIn)
                facts[Key(n, "signIn")] = "yes";
        }
        return JsonSerializer.Serialize(facts);
    }

    public static IReadOnlyList<OfferedArticle> Articles(IReadOnlyDictionary<string, string> facts)
    {
        var articles = new List<OfferedArticle>();
        while (
            articles.Count < MaxArticles
            && facts.TryGetValue(Key(articles.Count, "title"), out var title)
            && facts.TryGetValue(Key(articles.Count, "slug"), out var slug)
        )
            articles.Add(
                new(
                    title,
                    slug,
                    facts.GetValueOrDefault(Key(articles.Count, "summary"), ""),
                    facts.ContainsKey(Key(articles.Count, "signIn"))
                )
            );
        return articles;
    }

    private static string Key(int index, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"article{index + 1}.{what}");
}
