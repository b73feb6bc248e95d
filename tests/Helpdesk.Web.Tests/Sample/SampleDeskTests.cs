using System.Security.Cryptography;
using System.Text;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Sample;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Sample;

/// <summary>A desk with a small sample, shared by tests that only read.</summary>
public sealed class LoadedSample : IAsyncLifetime
{
    public const int Tickets = 500;
    private EmptyDesk? desk;

    internal EmptyDesk Desk => desk ?? throw new InvalidOperationException("not loaded yet");

    public async ValueTask InitializeAsync()
    {
        desk = await EmptyDesk.CreateAsync();
        await desk.Get<SampleDesk>().LoadAsync(tickets: Tickets);
    }

    public ValueTask DisposeAsync() => Desk.DisposeAsync();
}

public sealed class SampleDeskTests(LoadedSample sample) : IClassFixture<LoadedSample>
{
    [Fact]
    public Task History_is_as_if_it_had_been_lived() => CheckHistoryAsync(sample.Desk);

    [Fact]
    public async Task History_is_the_same_on_PostgreSQL()
    {
        await using var desk = await EmptyDesk.CreateAsync(StorageProvider.Postgres);
        await desk.Get<SampleDesk>().LoadAsync(tickets: LoadedSample.Tickets);
        await CheckHistoryAsync(desk);
    }

    [Fact]
    public void Every_team_has_somebody_at_any_hour_so_that_a_first_mail_finds_its_specialist_at_night_too()
    {
        var plan = SampleText.Desk();
        var always = plan.Calendars.Where(c => c.Week == "always").Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var team in plan.Teams)
            plan.Specialists.ShouldContain(s => s.Teams.Contains(team.Key) && always.Contains(s.Hours), team.Name);
    }

    private static async Task CheckHistoryAsync(EmptyDesk desk)
    {
        var now = desk.Time.GetUtcNow();
        var picture = await desk.PictureAsync();
        await using var db = desk.OpenDatabase();
        var tickets = await db
            .Tickets.AsNoTracking()
            .Include(t => t.Messages)
            .Include(t => t.Events)
            .Include(t => t.Notifications)
            .Include(t => t.Escalations)
            .AsSplitQuery()
            .OrderBy(t => t.Id)
            .ToListAsync();

        tickets.Count.ShouldBe(LoadedSample.Tickets);
        tickets.Select(t => t.CreatedAt).ShouldBeInOrder();
        foreach (var ticket in tickets)
        {
            ticket.RoutedAt.ShouldNotBeNull();
            ticket.TeamId.ShouldNotBeNull();
            ticket.UpdatedAt.ShouldBeLessThanOrEqualTo(now);
            ticket.Events.MinBy(e => e.Id)!.Kind.ShouldBe(TicketEventKind.Opened);
            ticket.Events.OrderBy(e => e.Id).Select(e => e.At).ShouldBeInOrder();
            ticket.Events.ShouldAllBe(e => e.At >= ticket.CreatedAt && e.At <= now);
            ticket.Messages.OrderBy(m => m.Id).Select(m => m.CreatedAt).ShouldBeInOrder();
            ticket.Messages.Where(m => m.IsPublic).Max(m => m.CreatedAt).ShouldBe(ticket.LastMessageAt, Precision);
            ticket.Replies.ShouldBe(ticket.Messages.Count(m => m.Kind is MessageKind.Reply));
            ticket.Notifications.ShouldAllBe(n =>
                n.MailState == MailState.Sent
                && n.MailSentAt <= now
                && n.MailMessageId != null
                && n.MailNextAttemptAt == null
            );
            (ticket.ResolvedAt is null).ShouldBe(ticket.IsUnresolved);
            var open = SlaClock.Open(picture.TermsOf(ticket)!, ticket.Timeline());
            ticket.DueAt.ShouldBe(open.Any(c => !c.IsPaused) ? open.First(c => !c.IsPaused).DueAt : null);
            ticket.NextEscalationAt.ShouldSatisfyAllConditions(at => (at is null || at > now).ShouldBeTrue());
        }
        (await db.TicketEvents.OrderBy(e => e.Id).Select(e => e.At).ToListAsync()).ShouldBeInOrder();
        (await desk.Get<EscalationSweep>().RunAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Articles_have_solved_tickets_and_learned_their_words()
    {
        await using var db = sample.Desk.OpenDatabase();
        var articles = await db.Set<Article>().Include(a => a.Questions).Include(a => a.AlsoTopics).ToListAsync();
        var solved = await db.Tickets.Where(t => t.SolutionArticleId != null).ToListAsync();

        articles.Count.ShouldBe(SampleText.Articles().Count);
        articles.ShouldAllBe(a => a.State == ArticleState.Published && a.TopicId != null && a.ChangeNumber > 0);
        articles.Select(a => a.ChangeNumber).Distinct().Count().ShouldBe(articles.Count);
        articles.ShouldContain(a => a.Visibility == ArticleVisibility.Internal);
        articles.Sum(a => a.Helped).ShouldBeGreaterThan(articles.Sum(a => a.DidNotHelp));
        (articles.Sum(a => a.Helped) + articles.Sum(a => a.DidNotHelp)).ShouldBe(
            await db.Set<ArticleVote>().CountAsync()
        );
        solved.Count.ShouldBeGreaterThan(LoadedSample.Tickets / 5);
        foreach (var ticket in solved)
            articles.ShouldContain(a => a.Id == ticket.SolutionArticleId && a.Visibility == ArticleVisibility.Public);
        var learned = articles.SelectMany(a => a.Questions).Where(q => q.Source is QuestionSource.Ticket).ToList();
        learned.Count.ShouldBeGreaterThan(50);
        learned.ShouldAllBe(q => solved.Any(t => t.Id == q.TicketId && t.SolutionArticleId == q.ArticleId));
    }

    [Theory]
    [InlineData("2026-03-04T15:20")]
    [InlineData("2026-07-19T02:30")] // a Sunday night
    public async Task At_any_hour_there_is_work_of_every_kind(string present)
    {
        await using var desk = await EmptyDesk.CreateAsync();
        var now = DateTimeOffset.Parse(present + "Z");
        desk.Time.MoveTo(now);
        var loaded = await desk.Get<SampleDesk>().LoadAsync();
        await using var db = desk.OpenDatabase();
        var unresolved = await db
            .Tickets.AsNoTracking()
            .Where(t => t.Status < TicketStatus.Resolved)
            .Include(t => t.Customer.Organization!.Tier)
            .ToListAsync();

        loaded!.Unresolved.ShouldBe(unresolved.Count);
        unresolved.Count.ShouldBeInRange(100, 220);
        unresolved.Count(t => t.SpecialistId is null).ShouldBeInRange(2, 40);
        unresolved.Count(t => t.BreachedAt is not null).ShouldBeInRange(4, 50);
        unresolved.ShouldContain(t => t.Customer.Organization != null && t.Customer.Organization.Tier!.IsVip);
        unresolved.ShouldContain(t => t.Status == TicketStatus.New);
        unresolved.ShouldContain(t => t.Status == TicketStatus.Open);
        unresolved.ShouldContain(t => t.Status == TicketStatus.Waiting);
        unresolved.Select(t => t.TeamId).Distinct().Count().ShouldBeGreaterThanOrEqualTo(8);
        (await db.Topics.CountAsync(t => t.Frequency == Frequency.Common && t.ParentId != null)).ShouldBeInRange(9, 19);
        var kept = await db.Tickets.CountAsync(t => t.FirstResponseKept == true);
        var missed = await db.Tickets.CountAsync(t => t.FirstResponseKept == false);
        ((double)kept / (kept + missed)).ShouldBeInRange(0.85, 0.97);
        (await db.Tickets.CountAsync(t => t.Reopenings > 0)).ShouldBeInRange(40, 250);
        (await db.Tickets.CountAsync(t => t.Type == TicketType.Special)).ShouldBeInRange(15, 120);
        await CheckNotesAsync(db);
    }

    /// <summary>What came later decides whether a note was right, and never whether there is one.</summary>
    private static async Task CheckNotesAsync(HelpdeskDbContext db)
    {
        var plain = await db
            .Tickets.Where(t =>
                t.Complexity == Complexity.Simple
                && t.Frequency == Frequency.Common
                && t.Type == TicketType.Typical
                && !t.TopicIsManual
                && t.Status >= TicketStatus.Resolved
                && (t.Channel == Channel.Email || t.Channel == Channel.Web)
            )
            .Select(t => new
            {
                CameBack = t.Reopenings > 0,
                IsNoted = db.Set<ObservedAnswer>().Any(a => a.TicketId == t.Id),
            })
            .ToListAsync();
        ((double)plain.Count(p => p.IsNoted) / plain.Count).ShouldBeInRange(0.4, 0.9);
        plain.ShouldContain(p => p.CameBack && p.IsNoted);
        var judged = await db.Set<ObservedAnswer>()
            .Where(a => a.Verdict == AnswerVerdict.Right || a.Verdict == AnswerVerdict.Wrong)
            .Select(a => a.Verdict)
            .ToListAsync();
        // what was read wrong counts too
        ((double)judged.Count(v => v == AnswerVerdict.Right) / judged.Count).ShouldBeInRange(0.85, 0.99);
    }

    [Fact]
    public async Task The_same_seed_and_present_give_the_same_desk()
    {
        var first = await FingerprintAsync(seed: 3);
        (await FingerprintAsync(seed: 3)).ShouldBe(first);
        (await FingerprintAsync(seed: 4)).ShouldNotBe(first);
    }

    [Fact]
    public async Task A_desk_that_is_in_use_is_left_alone()
    {
        (await sample.Desk.Get<SampleDesk>().LoadAsync(tickets: 20)).ShouldBeNull();
        await using var db = sample.Desk.OpenDatabase();
        (await db.Tickets.CountAsync()).ShouldBe(LoadedSample.Tickets);
    }

    [Fact]
    public async Task Nobody_of_the_sample_can_sign_in_with_a_password()
    {
        await using var db = sample.Desk.OpenDatabase();
        var users = await db.Users.ToListAsync();
        users.Count.ShouldBe(15);
        users.ShouldAllBe(u => u.PasswordHash == null);
        (await db.UserRoles.CountAsync()).ShouldBe(15);
    }

    [Fact]
    public async Task The_bank_has_its_own_promises_and_not_those_every_desk_begins_with()
    {
        var picture = await sample.Desk.PictureAsync();
        picture
            .Policies.Values.Select(p => p.Name)
            .ShouldBe(["VIP", "Gold", "Standard", "Low-touch"], ignoreOrder: true);
        picture.Terms(picture.Settings.DefaultSlaPolicyId)!.Name.ShouldBe("Standard");
        picture.Settings.CompanyName.ShouldBe("Larch Bank");
        picture.Settings.SampleLoadedAt.ShouldBe(sample.Desk.Time.GetUtcNow());
    }

    // the databases keep microseconds, a ticket's last message is compared with its own row
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(1);

    private static async Task<string> FingerprintAsync(int seed)
    {
        await using var desk = await EmptyDesk.CreateAsync();
        await desk.Get<SampleDesk>().LoadAsync(seed, tickets: 120);
        await using var db = desk.OpenDatabase();
        var all = new StringBuilder();
        foreach (var t in await db.Tickets.AsNoTracking().Include(t => t.Customer).OrderBy(t => t.Id).ToListAsync())
            all.AppendLine(
                $"{t.Id} {t.Subject} {t.Customer.Address} {t.Status} {t.TopicId} {t.SpecialistId} {t.DueAt:O} {t.UpdatedAt:O}"
            );
        foreach (var e in await db.TicketEvents.AsNoTracking().OrderBy(e => e.Id).ToListAsync())
            all.AppendLine($"{e.Id} {e.TicketId} {e.Kind} {e.At:O} {e.ActorName} {e.Data}");
        foreach (var m in await db.Messages.AsNoTracking().OrderBy(m => m.Id).ToListAsync())
            all.AppendLine($"{m.Id} {m.TicketId} {m.Kind} {m.AuthorName} {m.Text}");
        foreach (var n in await db.Notifications.AsNoTracking().OrderBy(n => n.Id).ToListAsync())
            all.AppendLine($"{n.Id} {n.TicketId} {n.Kind} {n.Address} {n.MailSentAt:O} {n.SeenAt:O}");
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }
}
