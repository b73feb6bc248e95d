using System.Net;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Outbound;
using Helpdesk.Web.Tests.Help;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class MailboxPagesTests
{
    private const string Form = "form:has([value=mailbox])";

    private static Dictionary<string, string> Typed(params (string Name, string Value)[] more)
    {
        var typed = new Dictionary<string, string>
        {
            ["Host"] = "imap.example.com",
            ["Port"] = "993",
            ["UserName"] = "help@larch.example",
            ["Password"] = "s3cret-word",
            ["Folder"] = "INBOX",
        };
        foreach (var (name, value) in more)
            typed[name] = value;
        return typed;
    }

    private static async Task<ImapMailbox> AddAsync(AdminDesk desk)
    {
        var page = await desk.Admin.OpenAsync("/admin/mailboxes/new");
        var saved = await desk.Admin.SendAsync(page, Form, Typed(), "Save the mailbox");
        saved.Location.ShouldNotBeNull(saved.MainText);
        await using var db = desk.OpenDatabase();
        return await db.Set<ImapMailbox>().AsNoTracking().SingleAsync();
    }

    [Fact]
    public async Task A_mailbox_is_added_and_its_password_never_comes_back()
    {
        await using var desk = await AdminDesk.OpenAsync();
        (await desk.Admin.OpenAsync("/admin/mailboxes")).MainText.ShouldContain("No mailbox is read");

        var mailbox = await AddAsync(desk);

        (mailbox.Host, mailbox.Port, mailbox.Security, mailbox.IsOn).ShouldBe(
            ("imap.example.com", 993, ConnectionSecurity.Tls, true)
        );
        mailbox.TakeFrom.ShouldNotBeNull();
        mailbox.ProtectedSecret.ShouldNotContain("s3cret");
        desk.Get<MailboxSecrets>().Unprotect(mailbox.ProtectedSecret).Password.Value.ShouldBe("s3cret-word");
        (await desk.Admin.OpenAsync("/admin/mailboxes")).MainText.ShouldContain("Not read yet");
        var page = await desk.Admin.OpenAsync($"/admin/mailboxes/{mailbox.Id}");
        page.Html.ShouldNotContain("s3cret");
        page.Html.ShouldNotContain(mailbox.ProtectedSecret);
        (await desk.Admin.OpenAsync("/admin")).MainText.ShouldContain("1 mailbox is read");
    }

    [Fact]
    public async Task A_kept_password_goes_to_no_other_server()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var mailbox = await AddAsync(desk);
        var address = $"/admin/mailboxes/{mailbox.Id}";
        foreach (var button in (string[])["Save the mailbox", "Try it out"])
        {
            var page = await desk.Admin.OpenAsync(address);
            var typed = Typed(("Host", "imap.evil.example"), ("Password", ""));
            (await desk.Admin.SendAsync(page, Form, typed, button)).MainText.ShouldContain(
                "enter the password or token again"
            );
        }

        // other changes keep it
        var again = await desk.Admin.OpenAsync(address);
        var saved = await desk.Admin.SendAsync(
            again,
            Form,
            Typed(("Password", ""), ("Folder", "Support"), ("AfterTaking", "Move"), ("MoveTo", "Done")),
            "Save the mailbox"
        );
        saved.Location.ShouldNotBeNull(saved.MainText);
        await using var db = desk.OpenDatabase();
        var after = await db.Set<ImapMailbox>().SingleAsync();
        (after.Host, after.Folder, after.MoveTo, after.ProtectedSecret).ShouldBe(
            ("imap.example.com", "Support", "Done", mailbox.ProtectedSecret)
        );
        after.Revision.ShouldBeGreaterThan(mailbox.Revision);
    }

    [Theory]
    [InlineData("Folder", "Support", false)]
    [InlineData("Host", "imap.other.example", false)]
    [InlineData("UserName", "other@larch.example", false)]
    [InlineData("Host", "IMAP.example.com", true)]
    [InlineData("AfterTaking", "Delete", true)]
    public async Task Another_folder_is_read_from_its_beginning(string field, string value, bool isSame)
    {
        await using var desk = await AdminDesk.OpenAsync();
        var mailbox = await AddAsync(desk);
        await using (var db = desk.OpenDatabase())
        {
            var row = await db.Set<ImapMailbox>().SingleAsync();
            row.Open(new ImapFolder(7, 500, 1), mailbox.TakeFrom!.Value);
            row.Pass(480, new(Taken: 0, Repeated: 0, Left: 0, Old: 1, Vanished: 0), 0, mailbox.TakeFrom.Value);
            row.Attempt(481);
            await db.SaveChangesAsync();
        }
        var page = await desk.Admin.OpenAsync($"/admin/mailboxes/{mailbox.Id}");
        var saved = await desk.Admin.SendAsync(page, Form, Typed((field, value)), "Save the mailbox");
        saved.Location.ShouldNotBeNull(saved.MainText);

        await using var after = desk.OpenDatabase();
        var read = await after.Set<ImapMailbox>().SingleAsync();
        (read.UidValidity, read.LastUid, read.OldBelowUid, read.FailedUid, read.FailedAttempts).ShouldBe(
            isSame ? (7, 480, 500, 481, 1) : (0, 0, 0, 0, 0)
        );
        read.SeenCount.ShouldBe(1); // the account goes on
    }

    [Fact]
    public async Task Trying_it_out_says_where_to_look_and_saves_nothing()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/mailboxes/new");
        (await TryAsync(("Host", "127.0.0.1"))).ShouldContain("AllowPrivateNetworks");
        (await TryAsync(("Host", "no-such-host.invalid"))).ShouldContain("The server does not answer");
        (await TryAsync(("Password", ""))).ShouldContain("nobody can sign in");
        (await TryAsync(("Security", "None"))).ShouldContain("not sent without protection");
        (await TryAsync(("AfterTaking", "Move"))).ShouldContain("Another folder");
        (await TryAsync(("IsByToken", "true"), ("TokenEndpoint", "http://a.example"))).ShouldContain(
            "begins with https://"
        );
        await using var db = desk.OpenDatabase();
        (await db.Set<ImapMailbox>().AnyAsync()).ShouldBeFalse();

        async Task<string> TryAsync(params (string, string)[] more) =>
            (await desk.Admin.SendAsync(page, Form, Typed(more), "Try it out")).MainText;
    }

    [Fact]
    public async Task Its_account_adds_up_and_it_can_be_removed()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var mailbox = await AddAsync(desk);
        await using (var db = desk.OpenDatabase())
        {
            var row = await db.Set<ImapMailbox>().SingleAsync();
            row.Pass(9, new(Taken: 5, Repeated: 2, Left: 1, Old: 0, Vanished: 1), waiting: 3, mailbox.TakeFrom!.Value);
            row.Fail(ImapTroubleKind.SignIn, "[AUTHENTICATIONFAILED] no", mailbox.TakeFrom.Value);
            await db.SaveChangesAsync();
        }
        var page = await desk.Admin.OpenAsync($"/admin/mailboxes/{mailbox.Id}");
        page.MainText.ShouldContain(
            "9 = 5 taken + 2 known already + 1 left there + 0 older than the beginning + 1 gone"
        );
        page.MainText.ShouldContain("[AUTHENTICATIONFAILED] no");
        page.MainText.ShouldContain("Not let in");
        (await desk.Admin.OpenAsync("/admin")).MainText.ShouldContain("1 in trouble");

        await desk.Admin.SendAsync(page, "#remove form", new Dictionary<string, string>());
        await using var after = desk.OpenDatabase();
        (await after.Set<ImapMailbox>().AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Mailboxes_are_the_administrators_alone()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var sofia = desk.Visitor(Tickets.Access.Roles.Supervisor, desk.Sofia.Id);
        (await sofia.OpenAsync("/admin/mailboxes")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await sofia.OpenAsync("/admin/mailboxes/new")).Status.ShouldBe(HttpStatusCode.NotFound);
    }
}
