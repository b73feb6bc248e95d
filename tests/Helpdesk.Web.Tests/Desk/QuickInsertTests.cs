using Bunit;
using Helpdesk.Knowledge;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Canned;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Components.Desk.Canned;
using Helpdesk.Web.Components.Desk.Work;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class QuickInsertTests
{
    [Fact]
    public async Task A_key_finds_the_text_which_comes_filled_for_this_ticket()
    {
        await using var desk = await CreateAsync();
        var id = await desk.OpenTicketAsync();
        await using (var db = desk.OpenDatabase())
            await db.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, "Otto *Berg*"));
        var anna = new Viewer.Staff(desk.Anna.Id, desk.Anna.Name, false, false, [desk.Team.Id]);
        await SaveAsync(
            desk,
            anna,
            "hello",
            "Greeting",
            "Hello {customer}, {subject} has the number {number}. {author}"
        );
        await SaveAsync(desk, anna, "bye", "Close", "Kind regards");
        await using var page = await PageOf.OpenAsync(desk, id);
        var list = page.Show();

        (await list.InvokeAsync(() => list.Instance.FindAsync("::", "", begins: true))).ShouldBeTrue();
        list.FindAll("[role=option] b").Select(b => b.TextContent).ShouldBe(["Close", "Greeting"]);
        list.Find("[role=listbox]").GetAttribute("aria-label").ShouldBe("Canned text");
        list.Find("[role=status]").TextContent.ShouldStartWith("2 fit.");
        (await list.InvokeAsync(() => list.Instance.FindAsync("::", "hel", begins: false))).ShouldBeTrue();
        var option = list.FindAll("[role=option]").ShouldHaveSingleItem();
        option.Id.ShouldBe("quick-0");
        (await list.InvokeAsync(() => list.Instance.PickAsync("::", option.GetAttribute("data-value")!))).ShouldBe(
            $@"Hello Otto \*Berg\*, Where is my card has the number {id}. Anna Alder"
        );
        // what is used comes first the next time
        await list.InvokeAsync(() => list.Instance.FindAsync("::", "", begins: true));
        list.FindAll("[role=option] b").Select(b => b.TextContent).ShouldBe(["Greeting", "Close"]);
        (await list.InvokeAsync(() => list.Instance.FindAsync("::", "nothing like it", begins: false))).ShouldBeFalse();
    }

    [Fact]
    public async Task Somebody_elses_text_and_an_unknown_mark_give_nothing()
    {
        await using var desk = await CreateAsync();
        var id = await desk.OpenTicketAsync();
        var boris = new Viewer.Staff(desk.Boris.Id, desk.Boris.Name, false, false, [desk.Team.Id]);
        await SaveAsync(desk, boris, "mine", "Boris alone", "secret");
        await using var page = await PageOf.OpenAsync(desk, id);
        var list = page.Show();

        (await list.InvokeAsync(() => list.Instance.FindAsync("::", "", begins: true))).ShouldBeTrue();
        list.FindAll("[role=option]").ShouldBeEmpty();
        list.Markup.ShouldContain("No canned text yet");
        foreach (
            var (mark, value) in new[] { ("::", "1"), ("::", "x"), ("??", "99"), ("!!", "1"), ("@@", "Boris Birch") }
        )
            (await list.InvokeAsync(() => list.Instance.PickAsync(mark, value))).ShouldBeNull();
        // that nothing was put in is said, also to the eye, until the next list
        list.Find("[role=status]").TextContent.ShouldStartWith("Not put in");
        list.FindAll(".vh[role=status]").ShouldBeEmpty();
        (await list.InvokeAsync(() => list.Instance.FindAsync("!!", "", begins: true))).ShouldBeFalse();
        await list.InvokeAsync(() => list.Instance.FindAsync("::", "", begins: true));
        list.FindAll(".vh[role=status]").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Colleagues_are_offered_in_notes_alone_and_two_of_one_name_once()
    {
        await using var desk = await CreateAsync();
        await using var page = await PageOf.OpenAsync(desk, await desk.OpenTicketAsync());
        var answer = page.Show(isNote: false);
        (await answer.InvokeAsync(() => answer.Instance.FindAsync("@@", "", begins: true))).ShouldBeFalse();
        var note = page.Show(isNote: true);
        (await note.InvokeAsync(() => note.Instance.FindAsync("@@", "bir", begins: true))).ShouldBeTrue();
        note.FindAll("[role=option] b").Select(b => b.TextContent).ShouldBe(["Boris Birch"]);
        (await note.InvokeAsync(() => note.Instance.PickAsync("@@", "Boris Birch"))).ShouldBe("@Boris Birch ");
    }

    [Fact]
    public async Task Articles_are_those_that_the_customer_may_read()
    {
        await using var desk = await CreateAsync();
        var (open, secret) = (
            await ArticleAsync(desk, "card-lost", "Card [lost]", ArticleVisibility.Public),
            await ArticleAsync(desk, "card-secret", "Card rules", ArticleVisibility.Internal)
        );
        await desk.Get<ArticleIndexFeed>().CatchUpAsync();
        long? used = null;
        await using var page = await PageOf.OpenAsync(desk, await desk.OpenTicketAsync());
        var list = page.Show(onArticle: id => used = id);

        // nothing typed: what fits to the subject, "Where is my card"
        (await list.InvokeAsync(() => list.Instance.FindAsync("??", "", begins: true))).ShouldBeTrue();
        list.FindAll("[role=option] b").Select(b => b.TextContent).ShouldBe(["Card [lost]"]);
        (await list.InvokeAsync(() => list.Instance.PickAsync("??", secret.ToStringInvariant()))).ShouldBeNull();
        used.ShouldBeNull();
        (await list.InvokeAsync(() => list.Instance.PickAsync("??", open.ToStringInvariant()))).ShouldBe(
            @"[Card \[lost\]](http://localhost:5080/articles/card-lost)"
        );
        used.ShouldBe(open);
    }

    private static Task<Testing.Desk> CreateAsync() =>
        Testing.Desk.CreateAsync(
            configure: (services, configuration) =>
            {
                services.AddQueues();
                services.AddKnowledge(configuration);
            }
        );

    private static Task SaveAsync(Testing.Desk desk, Viewer.Staff who, string key, string name, string body) =>
        desk.Get<CannedTextWork>().SaveAsync(who, null, new(CannedOwner.Person(who.UserId), key, name, body));

    private static async Task<long> ArticleAsync(
        Testing.Desk desk,
        string slug,
        string title,
        ArticleVisibility visibility
    )
    {
        await using var db = desk.OpenDatabase();
        var article = new Article(
            slug,
            new ArticleText(title, "", "What to do."),
            null,
            visibility,
            Actor.System,
            desk.Time.GetUtcNow()
        );
        article.Publish(Actor.System, desk.Time.GetUtcNow());
        db.Add(article);
        await ArticleChanges.SaveAsync(db, desk.Get<Bells>(), CancellationToken.None);
        return article.Id;
    }

    private sealed class PageOf(Testing.Desk desk, TicketView view, DeskPicture picture, Viewer.Staff anna)
        : PartTest(services =>
        {
            services.AddSingleton(desk.Get<CannedTexts>());
            services.AddSingleton(desk.Get<Suggestions>());
            services.AddSingleton(desk.Get<IDbContextFactory<HelpdeskDbContext>>());
            services.AddSingleton<AuthenticationStateProvider>(new SignedIn { UserId = anna.UserId });
            services.AddScoped<DeskPerson>();
        })
    {
        public static async Task<PageOf> OpenAsync(Testing.Desk desk, long ticketId)
        {
            var anna = new Viewer.Staff(desk.Anna.Id, desk.Anna.Name, false, false, [desk.Team.Id]);
            var view = await desk.Get<TicketReader>().ReadAsync(anna, ticketId);
            return new(desk, view!, await desk.PictureAsync(), anna);
        }

        public IRenderedComponent<QuickInsert> Show(bool isNote = false, Action<long>? onArticle = null)
        {
            JSInterop.Mode = JSRuntimeMode.Loose;
            return Render<QuickInsert>(p =>
                p.Add(q => q.View, view)
                    .Add(q => q.Picture, picture)
                    .Add(q => q.Into, "field")
                    .Add(q => q.IsNote, isNote)
                    .Add(q => q.Readers, ["Boris Birch", "Boris Birch", "Lea Lead"])
                    .Add(q => q.OnArticle, id => onArticle?.Invoke(id))
                    .AddChildContent("<textarea id='field'></textarea>")
            );
        }
    }
}
