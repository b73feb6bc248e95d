using Helpdesk.Testing;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Tickets.Tests.Access;

public sealed class AccessTests
{
    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Theory, MemberData(nameof(Databases))]
    public async Task The_filter_and_the_check_always_agree(StorageProvider provider)
    {
        await using var desk = await Desk.CreateAsync(provider);
        var mine = await desk.OpenTicketAsync(address: "one@example.org");
        var team = await desk.OpenTicketAsync(address: "two@example.org");
        var nobodys = await desk.OpenTicketAsync(address: "one@example.org");
        await desk.ChangeAsync(mine, (t, _, now) => t.AssignTo(desk.Anna, Actor.System, null, now));
        await desk.ChangeAsync(team, (t, _, now) => t.MoveTo(desk.Team, Actor.System, now));

        await using var db = desk.OpenDatabase();
        var tickets = await db.Tickets.AsNoTracking().ToListAsync();
        var customer = tickets.Single(t => t.Id == mine).CustomerId;
        Viewer[] viewers =
        [
            Viewer.Nobody,
            new Viewer.Guest(mine, customer),
            new Viewer.Guest(team, customer),
            new Viewer.SignedInCustomer(customer),
            new Viewer.Staff(desk.Anna.Id, "Anna", SeesAll: false, IsAdministrator: false, []),
            new Viewer.Staff(desk.Boris.Id, "Boris", SeesAll: false, IsAdministrator: false, [desk.Team.Id]),
            new Viewer.Staff(desk.Supervisor.Id, "Sofia", SeesAll: true, IsAdministrator: false, []),
            new Viewer.Script(1, "script"),
        ];
        foreach (var viewer in viewers)
        {
            var visible = await db.Tickets.VisibleTo(viewer).Select(t => t.Id).ToListAsync();
            visible
                .Order()
                .ShouldBe(
                    tickets.Where(t => TicketAccess.Allows(viewer, TicketAction.Follow, t)).Select(t => t.Id).Order(),
                    viewer.ToString()
                );
        }
        TicketAccess.Allows(viewers[1], TicketAction.Follow, tickets.Single(t => t.Id == mine)).ShouldBeTrue();
        TicketAccess.Allows(viewers[2], TicketAction.Follow, tickets.Single(t => t.Id == team)).ShouldBeFalse();
        TicketAccess.Allows(viewers[1], TicketAction.Work, tickets.Single(t => t.Id == mine)).ShouldBeFalse();
    }

    [Fact]
    public void A_token_opens_what_it_was_made_for_and_nothing_else()
    {
        var tokens = new SignedToken(new byte[32]);
        var others = new SignedToken([.. Enumerable.Repeat((byte)1, 32)]);
        var token = tokens.ForGuest(42, 7);
        tokens.TryReadGuest(token, out var ticket, out var customer).ShouldBeTrue();
        (ticket, customer).ShouldBe((42, 7));
        others.TryReadGuest(token, out _, out _).ShouldBeFalse();
        tokens.TryReadGuest(token[..^1] + (token[^1] == 'A' ? 'E' : 'A'), out _, out _).ShouldBeFalse();
        tokens.TryReadGuest("", out _, out _).ShouldBeFalse();
        tokens.TryReadGuest(null, out _, out _).ShouldBeFalse();

        var reply = tokens.ForReplyAddress(42, 7);
        tokens.TryReadReplyAddress(reply.ToUpperInvariant(), out ticket, out customer).ShouldBeTrue();
        (ticket, customer).ShouldBe((42, 7));
        var others43 = tokens.ForReplyAddress(43, 7);
        tokens
            .TryReadReplyAddress(others43[..others43.LastIndexOf('.')] + reply[reply.LastIndexOf('.')..], out _, out _)
            .ShouldBeFalse();
        tokens.TryReadReplyAddress("a" + reply, out _, out _).ShouldBeFalse("one ticket has one address");
        tokens.TryReadReplyAddress(new string('z', reply.Length), out _, out _).ShouldBeFalse();
        others.TryReadReplyAddress(reply, out _, out _).ShouldBeFalse();

        var id = Guid.NewGuid();
        tokens.TryReadMessageId($"<{tokens.ForMessageId(id)}@desk.example>", out var read).ShouldBeTrue();
        read.ShouldBe(id);
        tokens.TryReadMessageId($"<hd.{Guid.NewGuid():N}.{new string('0', 32)}@desk.example>", out _).ShouldBeFalse();
    }

    /// <summary>RFC 5321, 4.5.3.1.1: a mail server may refuse more than 64 octets before the @.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(42, 7)]
    [InlineData(31, 32)]
    [InlineData(1_000_000, 250_000)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_reply_address_is_short_and_survives_either_case(long ticketId, long recipientId)
    {
        var tokens = new SignedToken(new byte[32]);
        var reply = tokens.ForReplyAddress(ticketId, recipientId);
        reply.Length.ShouldBeLessThanOrEqualTo(ticketId > 1_000_000 ? 48 : 32);
        foreach (var text in (string[])[reply, reply.ToUpperInvariant()])
        {
            tokens.TryReadReplyAddress(text, out var ticket, out var recipient).ShouldBeTrue();
            (ticket, recipient).ShouldBe((ticketId, recipientId));
        }
        var notice = Guid.NewGuid();
        var staff = tokens.ForStaffReply(notice);
        staff.Length.ShouldBeLessThanOrEqualTo(45);
        tokens.TryReadStaffReply(staff.ToUpperInvariant(), out var read).ShouldBeTrue();
        read.ShouldBe(notice);
        tokens.TryReadStaffReply(staff[..^2] + "zz", out _).ShouldBeFalse();
    }

    [Fact]
    public void A_link_is_good_once_and_for_its_time()
    {
        var now = new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);
        var (link, secret) = OneTimeLink.Create(LinkPurpose.SignIn, "A@Example.org", null, now);
        link.Hash.ShouldBe(OneTimeLink.HashOf(secret));
        link.IsGood(LinkPurpose.SignIn, now.AddMinutes(59)).ShouldBeTrue();
        link.IsGood(LinkPurpose.SignIn, now.AddHours(1)).ShouldBeFalse();
        link.IsGood(LinkPurpose.Invitation, now).ShouldBeFalse();
        link.Use(now);
        link.IsGood(LinkPurpose.SignIn, now).ShouldBeFalse();
        Should.Throw<RuleViolationException>(() => link.Use(now));
    }
}
