using System.Text;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Helpdesk.Mail.Tests.Imap;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Helpdesk.Mail.Tests.Smtp;

/// <summary>Access tokens and delivery reports.</summary>
public sealed class SmtpExtensionTests
{
    private static readonly OutgoingMail Letter = new(
        "desk@desk.example",
        ["ann@example.org"],
        Encoding.UTF8.GetBytes("Subject: Hello\r\n\r\nHi\r\n")
    );

    internal static AccessTokens Tokens(bool allowPrivate = true) =>
        new(Options.Create(new ImapOptions { AllowPrivateNetworks = allowPrivate }), TimeProvider.System);

    private static string? Answer(string line, string offers, string goodToken) =>
        line.StartsWith("EHLO", StringComparison.Ordinal) ? $"250-scripted\r\n250 {offers}"
        : line.StartsWith("AUTH XOAUTH2 ", StringComparison.Ordinal)
            ? Encoding
                    .UTF8.GetString(Convert.FromBase64String(line[13..]))
                    .Contains($"Bearer {goodToken}\u0001", StringComparison.Ordinal)
                    ? "235 in"
                : "334 eyJzdGF0dXMiOiI0MDEifQ=="
        : line.Length == 0 ? "535 5.7.3 expired"
        : line == "DATA" ? "354 go"
        : "250 ok";

    [Fact]
    public async Task A_token_signs_in_and_one_that_is_refused_is_refreshed()
    {
        await using var provider = new TokenEndpoint(
            (200, """{"access_token":"old","expires_in":3600,"refresh_token":"r2"}"""),
            (200, """{"access_token":"new","expires_in":3600}""")
        );
        await using var server = new ScriptedServer(line => Answer(line, "AUTH PLAIN XOAUTH2", "new"));
        var options = new OutboundOptions
        {
            Host = "localhost",
            Port = server.Port,
            Security = ConnectionSecurity.None,
            UserName = "desk@desk.example",
            TokenEndpoint = provider.Address,
            TokenClientId = "client",
            TokenClientSecret = "hush",
            RefreshToken = "r1",
        };
        using var tokens = Tokens();
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System, tokens);

        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Sent);

        provider.Asked.Select(a => a["refresh_token"]).ShouldBe(["r1", "r2"]);
        provider.Asked.First()["client_secret"].ShouldBe("hush");
        options.ToString().ShouldNotContain("hush");
    }

    [Fact]
    public async Task A_replaced_refresh_token_outlives_the_program_and_another_configuration_begins_anew()
    {
        await using var provider = new TokenEndpoint(
            (200, """{"access_token":"new","expires_in":3600,"refresh_token":"r2"}"""),
            (200, """{"access_token":"new","expires_in":3600,"refresh_token":"r3"}"""),
            (200, """{"access_token":"new","expires_in":3600}""")
        );
        await using var server = new ScriptedServer(line => Answer(line, "AUTH PLAIN XOAUTH2", "new"));
        await using var mails = await MailDesk.OpenAsync();
        var options = new OutboundOptions
        {
            Host = "localhost",
            Port = server.Port,
            Security = ConnectionSecurity.None,
            UserName = "desk@desk.example",
            TokenEndpoint = provider.Address,
            RefreshToken = "r1",
        };
        foreach (var configured in new[] { options, options, options with { RefreshToken = "other" } })
        {
            using var tokens = Tokens();
            await using var sender = new SmtpMailSender(
                Options.Create(configured),
                TimeProvider.System,
                tokens,
                kept: mails.Desk.Get<OutgoingTokens>()
            );
            (await sender.SendAsync(Letter, default))[0].State.ShouldBe(DeliveryState.Sent);
        }
        provider.Asked.Select(a => a["refresh_token"]).ShouldBe(["r1", "r2", "other"]);
        await using var db = mails.Desk.OpenDatabase();
        (await db.Set<OutgoingToken>().SingleAsync()).ProtectedToken.ShouldNotBe("r3");
    }

    [Fact]
    public async Task A_replaced_refresh_token_that_cannot_be_kept_is_used_and_kept_later()
    {
        await using var provider = new TokenEndpoint(
            (200, """{"access_token":"new","expires_in":3600,"refresh_token":"r2"}"""),
            (200, """{"access_token":"new","expires_in":3600,"refresh_token":"r3"}"""),
            (200, """{"access_token":"new","expires_in":3600}""")
        );
        await using var server = new ScriptedServer(line => Answer(line, "AUTH PLAIN XOAUTH2", "new"));
        await using var mails = await MailDesk.OpenAsync();
        var time = mails.Desk.Time;
        var options = new OutboundOptions
        {
            Host = "localhost",
            Port = server.Port,
            Security = ConnectionSecurity.None,
            UserName = "desk@desk.example",
            TokenEndpoint = provider.Address,
            RefreshToken = "r1",
        };
        var storage = new TroubledStorage(mails.Desk.Get<IDbContextFactory<HelpdeskDbContext>>())
        {
            WorksOnceMore = true, // it reads what is kept, and cannot write
        };
        var kept = new OutgoingTokens(mails.Desk.Get<IDataProtectionProvider>(), storage, time);
        using var tokens = new AccessTokens(Options.Create(new ImapOptions { AllowPrivateNetworks = true }), time);
        await using var sender = new SmtpMailSender(Options.Create(options), time, tokens, kept: kept);
        for (var i = 0; i < 3; i++)
        {
            (await sender.SendAsync(Letter, default))[0].State.ShouldBe(DeliveryState.Sent);
            storage.IsInTrouble = i < 1;
            time.Advance(TimeSpan.FromHours(2));
        }
        provider.Asked.Select(a => a["refresh_token"]).ShouldBe(["r1", "r2", "r3"]);
        storage.IsInTrouble = false;
        (await kept.CurrentAsync(options, default)).Value.ShouldBe("r3");
    }

    [Fact]
    public async Task A_provider_that_gives_no_token_is_named_with_its_reason()
    {
        await using var provider = new TokenEndpoint(
            (400, """{"error":"invalid_grant","error_description":"revoked"}""")
        );
        using var tokens = Tokens();
        var secret = MailboxSecret.OfTokens("", "r1");
        var trouble = await Should.ThrowAsync<ImapException>(
            tokens.RefreshAsync(provider.Address, "client", scope: null, secret, default)
        );
        trouble.Kind.ShouldBe(ImapTroubleKind.Token);
        trouble.Message.ShouldContain("invalid_grant revoked");
        using var careful = Tokens(allowPrivate: false);
        (
            await Should.ThrowAsync<ImapException>(
                careful.RefreshAsync(new Uri("https://localhost/token"), "client", null, secret, default)
            )
        ).Kind.ShouldBe(ImapTroubleKind.PrivateNetwork);
        (
            await Should.ThrowAsync<ImapException>(
                careful.RefreshAsync(new Uri("http://example.org/token"), "client", null, secret, default)
            )
        ).Message.ShouldContain("https");
    }

    [Fact]
    public async Task A_mailbox_keeps_the_refresh_token_that_replaces_the_old_one()
    {
        await using var provider = new TokenEndpoint(
            (200, """{"access_token":"a1","refresh_token":"r2","expires_in":3600}""")
        );
        await using var server = new ScriptedImap(
            c => c.StartsWith("AUTHENTICATE XOAUTH2", StringComparison.Ordinal) ? "{tag} OK in" : ScriptedImap.AsUsual,
            "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x"
        );
        await using var desk = await MailboxDesk.OpenAsync();
        await desk.AddAsync(
            server.Port,
            with: m =>
            {
                (m.TokenEndpoint, m.TokenClientId) = (provider.Address.ToString(), "client");
                m.ProtectedSecret = desk.Mail.Desk.Get<MailboxSecrets>().Protect(MailboxSecret.OfTokens("", "r1"));
            }
        );

        await desk.TakeAsync();
        await desk.TakeAsync();

        provider.Asked.ShouldHaveSingleItem()["refresh_token"].ShouldBe("r1"); // the second visit had one that still holds
        var kept = desk.Mail.Desk.Get<MailboxSecrets>().Unprotect((await desk.AccountAsync()).ProtectedSecret);
        kept.RefreshToken.Value.ShouldBe("r2");
    }

    [Theory]
    [InlineData(
        "desk@desk.example",
        "MAIL FROM:<desk@desk.example> RET=HDRS",
        "RCPT TO:<ann@example.org> NOTIFY=FAILURE"
    )]
    [InlineData("", "MAIL FROM:<>", "RCPT TO:<ann@example.org> NOTIFY=NEVER")]
    public async Task Reports_of_failures_are_asked_for_where_somebody_reads_them(string from, string mail, string rcpt)
    {
        await using var server = new ScriptedServer(line => Answer(line, "DSN", ""));
        var options = new OutboundOptions
        {
            Host = "localhost",
            Port = server.Port,
            Security = ConnectionSecurity.None,
        };
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System);
        (await sender.SendAsync(Letter with { ReturnPath = from }, default))
            .ShouldHaveSingleItem()
            .State.ShouldBe(DeliveryState.Sent);
        server.Heard.ShouldContain(mail);
        server.Heard.ShouldContain(rcpt);
    }
}
