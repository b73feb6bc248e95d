using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Tests.Smtp;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Mail.Tests.Imap;

public sealed class MailboxLoginsTests
{
    private static (int, string) Given(int n) =>
        (200, $$"""{"access_token":"A{{n}}","expires_in":3600,"refresh_token":"R{{n}}"}""");

    private static async Task<MailboxDesk> OpenAsync(TokenEndpoint provider)
    {
        var desk = await MailboxDesk.OpenAsync();
        await desk.AddAsync(
            143,
            "help@larch.example",
            with: m =>
            {
                m.ProtectedSecret = desk.Mail.Desk.Get<MailboxSecrets>().Protect(MailboxSecret.OfTokens("c", "R0"));
                (m.TokenEndpoint, m.TokenClientId) = (provider.Address.ToString(), "id");
            }
        );
        return desk;
    }

    private static async Task<string> TokenAsync(ImapLogin login, bool isFresh = false) =>
        (await login.AccessTokenAsync!(isFresh, MailboxDesk.Patience())).Value;

    private static async Task<string> StoredAsync(MailboxDesk desk) =>
        desk.Mail.Desk.Get<MailboxSecrets>().Unprotect((await desk.AccountAsync()).ProtectedSecret).RefreshToken.Value;

    private static IEnumerable<string> Shown(TokenEndpoint provider) => provider.Asked.Select(a => a["refresh_token"]);

    [Fact]
    public async Task A_replaced_refresh_token_is_never_shown_again()
    {
        await using var provider = new TokenEndpoint(Given(1), Given(2), Given(3));
        await using var desk = await OpenAsync(provider);
        var logins = desk.Mail.Desk.Get<MailboxLogins>();
        var login = logins.Of(await desk.AccountAsync());
        var other = logins.Of(await desk.AccountAsync()); // as the row was before

        (await TokenAsync(login)).ShouldBe("A1");
        (await TokenAsync(login)).ShouldBe("A1");
        (await TokenAsync(login, isFresh: true)).ShouldBe("A2"); // refused by the mail server
        (await TokenAsync(other, isFresh: true)).ShouldBe("A3");

        Shown(provider).ShouldBe(["R0", "R1", "R2"]);
        (await StoredAsync(desk)).ShouldBe("R3");
    }

    [Fact]
    public async Task A_trial_with_another_secret_takes_no_token_and_leaves_none()
    {
        await using var real = new TokenEndpoint(Given(1), Given(2));
        await using var others = new TokenEndpoint(Given(8), Given(9));
        await using var desk = await OpenAsync(real);
        var logins = desk.Mail.Desk.Get<MailboxLogins>();
        (await TokenAsync(logins.Of(await desk.AccountAsync()))).ShouldBe("A1");

        var typed = await desk.AccountAsync();
        (typed.Host, typed.TokenEndpoint) = ("imap.evil.example", others.Address.ToString());
        typed.ProtectedSecret = desk.Mail.Desk.Get<MailboxSecrets>().Protect(MailboxSecret.OfTokens("c", "typed"));
        var trial = logins.OfTrial(typed, isSecretStored: false);
        (await TokenAsync(trial)).ShouldBe("A8");
        (await TokenAsync(trial, isFresh: true)).ShouldBe("A9");

        Shown(others).ShouldBe(["typed", "R8"]);
        (await StoredAsync(desk)).ShouldBe("R1");
        (await TokenAsync(logins.Of(await desk.AccountAsync()))).ShouldBe("A1");
    }

    [Fact]
    public async Task A_trial_with_the_stored_secret_keeps_the_one_that_replaces_it()
    {
        await using var provider = new TokenEndpoint(Given(1), Given(2));
        await using var desk = await OpenAsync(provider);
        var logins = desk.Mail.Desk.Get<MailboxLogins>();
        (await TokenAsync(logins.OfTrial(await desk.AccountAsync(), isSecretStored: true))).ShouldBe("A1");
        (await StoredAsync(desk)).ShouldBe("R1");
        (await TokenAsync(logins.Of(await desk.AccountAsync()))).ShouldBe("A2");
        Shown(provider).ShouldBe(["R0", "R1"]);
    }

    [Fact]
    public async Task A_replaced_refresh_token_that_cannot_be_stored_is_used_and_stored_later()
    {
        await using var provider = new TokenEndpoint(Given(1), Given(2));
        await using var desk = await OpenAsync(provider);
        var storage = new TroubledStorage(desk.Mail.Desk.Get<IDbContextFactory<HelpdeskDbContext>>());
        using var tokens = SmtpExtensionTests.Tokens();
        var logins = new MailboxLogins(desk.Mail.Desk.Get<MailboxSecrets>(), tokens, storage, TimeProvider.System);
        var login = logins.Of(await desk.AccountAsync());
        storage.WorksOnceMore = true; // it reads what is stored, and cannot write

        (await TokenAsync(login)).ShouldBe("A1");
        (await StoredAsync(desk)).ShouldBe("R0");
        (await TokenAsync(login, isFresh: true)).ShouldBe("A2");
        Shown(provider).ShouldBe(["R0", "R1"]);
        (await StoredAsync(desk)).ShouldBe("R0");

        storage.IsInTrouble = false;
        (await TokenAsync(login)).ShouldBe("A2");
        (await StoredAsync(desk)).ShouldBe("R2");
    }
}

/// <summary>A database that cannot be opened.</summary>
internal sealed class TroubledStorage(IDbContextFactory<HelpdeskDbContext> real) : IDbContextFactory<HelpdeskDbContext>
{
    public bool IsInTrouble { get; set; } = true;

    /// <summary>The next one can be.</summary>
    public bool WorksOnceMore { get; set; }

    public HelpdeskDbContext CreateDbContext()
    {
        if (IsInTrouble && !WorksOnceMore)
            throw new IOException("The disk is gone.");
        WorksOnceMore = false;
        return real.CreateDbContext();
    }
}
