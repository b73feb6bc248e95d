using System.Diagnostics;
using System.Globalization;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Journeys.Knowledge;

public sealed class IndexCrashTests
{
    private const int Articles = 1_500;

    [Fact]
    public async Task Killed_while_it_builds_and_writes_its_index_the_desk_finds_what_is_true_when_it_is_back()
    {
        await using var desk = new DeskProcess
        {
            Settings =
            [
                "--Sample:Load=false",
                "--Knowledge:SnapshotInterval=00:00:05",
                "--RateLimits:SearchPerMinute=100000",
            ],
        };
        var random = new Random(20260302);
        await desk.StartAsync();
        await desk.KillAsync();
        await WriteAsync(desk);
        // while it reads everything anew, while it follows changes, and while a stop that came first writes the files
        await desk.StartAsync();
        await Task.Delay(random.Next(400));
        await desk.KillAsync();
        await ChangeAsync(desk, from: 0, "second");
        await desk.StartAsync();
        await ChangeAsync(desk, from: 100, "third");
        using (var stop = Process.Start("kill", ["-TERM", desk.ProcessId.ToString(CultureInfo.InvariantCulture)]))
            await stop.WaitForExitAsync();
        await Task.Delay(random.Next(250));
        await desk.KillAsync();
        var files = Path.Combine(desk.DataDirectory, "index");
        foreach (var file in Directory.Exists(files) ? Directory.GetFiles(files, "*.index") : [])
            await File.WriteAllBytesAsync(file + ".new", (await File.ReadAllBytesAsync(file))[..100]);
        await ChangeAsync(desk, from: 200, "fourth");

        await desk.StartAsync();
        using var http = new HttpClient { BaseAddress = desk.Address };
        await FindsAsync(http, "first", 300, Articles - 1);
        await FindsAsync(http, "second", 0, 99);
        await FindsAsync(http, "third", 100, 199);
        await FindsAsync(http, "fourth", 200, 299);
        (await http.GetStringAsync("search?q=first5")).ShouldNotContain("/articles/a-5\"");
    }

    private static async Task WriteAsync(DeskProcess desk)
    {
        await using var db = desk.OpenDatabase();
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < Articles; i++)
        {
            var text = new ArticleText($"Article {i}", "", $"It says first{i} and nothing else of interest.");
            var article = new Article($"a-{i}", text, null, ArticleVisibility.Public, Actor.System, now);
            article.Publish(Actor.System, now);
            db.Add(article);
        }
        await ArticleChanges.SaveAsync(db, new Bells());
    }

    private static async Task ChangeAsync(DeskProcess desk, int from, string word)
    {
        await using var db = desk.OpenDatabase();
        var slugs = Enumerable.Range(from, 100).Select(i => $"a-{i}").ToList();
        foreach (var article in await db.Set<Article>().Where(a => slugs.Contains(a.Slug)).ToListAsync())
            article.Edit(
                new(article.Title, "", $"It says {word}{article.Slug[2..]} instead."),
                "",
                Actor.System,
                TimeProvider.System.GetUtcNow()
            );
        await ArticleChanges.SaveAsync(db, new Bells());
    }

    private static async Task FindsAsync(HttpClient http, string word, int from, int to)
    {
        foreach (var i in new[] { from, (from + to) / 2, to })
        {
            var patience = Stopwatch.StartNew();
            while (
                !(await http.GetStringAsync($"search?q={word}{i}")).Contains(
                    $"/articles/a-{i}\"",
                    StringComparison.Ordinal
                )
            )
            {
                patience.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), $"{word}{i} is not found");
                await Task.Delay(100);
            }
        }
    }
}
