using System.Text.Json;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>Who reviews where: <c>reviewers.json</c>, e-mail addresses by the topic's key. Who is not in it keeps what they had.</summary>
internal static class ReviewerFile
{
    private const string FileName = "reviewers.json";

    private static readonly JsonSerializerOptions Lines = new(FrontMatterText.Readable) { WriteIndented = true };

    public static async Task WriteAsync(HelpdeskDbContext db, string folder, CancellationToken cancellationToken)
    {
        var rows = await db.Set<TopicReviewer>()
            .Join(db.Set<Topic>(), r => r.TopicId, t => t.Id, (r, t) => new { t.Key, r.UserId })
            .Join(db.Users, r => r.UserId, u => u.Id, (r, u) => new { r.Key, u.Email })
            .ToListAsync(cancellationToken);
        var path = Path.Combine(folder, FileName);
        if (rows.Count == 0)
        {
            File.Delete(path);
            return;
        }
        var byTopic = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var topic in rows.GroupBy(row => row.Key))
            byTopic[topic.Key] = [.. topic.Select(row => row.Email ?? "").Order(StringComparer.Ordinal)];
        await File.WriteAllTextAsync(
            path,
            JsonSerializer.Serialize(byTopic, Lines) + "\n",
            FolderExport.Utf8,
            cancellationToken
        );
    }

    /// <summary>Sets the reviewers of the topics in the file. A topic of which somebody is not known here stays as it is: fewer reviewers than meant would be none.</summary>
    public static async Task ReadAsync(
        HelpdeskDbContext db,
        string folder,
        Action<string> problem,
        CancellationToken cancellationToken
    )
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return;
        try
        {
            await using var file = File.OpenRead(path);
            var byTopic = await JsonSerializer.DeserializeAsync<Dictionary<string, List<string>>>(
                file,
                FrontMatterText.Readable,
                cancellationToken
            );
            foreach (var (key, people) in byTopic ?? [])
                await SetAsync(db, key, people, problem, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (JsonException exception)
        {
            problem($"{FileName}: {exception.Message}");
        }
    }

    /// <summary>The people of these addresses who work here.</summary>
    public static Task<List<Guid>> StaffAsync(
        HelpdeskDbContext db,
        IEnumerable<string> addresses,
        CancellationToken cancellationToken
    )
    {
        var wanted = addresses.Select(address => address.ToUpperInvariant()).ToList();
        return db
            .Users.Where(u => u.CustomerId == null && u.DeactivatedAt == null && wanted.Contains(u.NormalizedEmail!))
            .Select(u => u.Id)
            .ToListAsync(cancellationToken);
    }

    private static async Task SetAsync(
        HelpdeskDbContext db,
        string key,
        List<string>? addresses,
        Action<string> problem,
        CancellationToken cancellationToken
    )
    {
        List<string> wanted = [.. (addresses ?? []).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
        var topic = await db.Set<Topic>().SingleOrDefaultAsync(t => t.Key == key, cancellationToken);
        var people = await StaffAsync(db, wanted, cancellationToken);
        if (topic is null || people.Count != wanted.Count || people.Count == 0)
        {
            problem(
                topic is null
                    ? $"{FileName}: there is no topic \"{key}\"; it was left out"
                    : $"{FileName}: not everybody of \"{key}\" is known here; its reviewers stay as they are"
            );
            return;
        }
        var set = db.Set<TopicReviewer>();
        var before = await set.Where(r => r.TopicId == topic.Id).ToListAsync(cancellationToken);
        set.RemoveRange(before.Where(r => !people.Contains(r.UserId)));
        set.AddRange(
            people
                .Where(id => !before.Exists(r => r.UserId == id))
                .Select(id => new TopicReviewer { TopicId = topic.Id, UserId = id })
        );
    }
}
