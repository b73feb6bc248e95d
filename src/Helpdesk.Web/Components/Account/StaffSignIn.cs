using System.Globalization;
using Helpdesk.Tickets.People;
using Microsoft.AspNetCore.Identity;

namespace Helpdesk.Web.Components.Account;

/// <summary>
/// Signs staff in by password and one-time code. Unknown, deactivated and locked accounts, and wrong passwords, look and take the same.
/// </summary>
public sealed class StaffSignIn(
    SignInManager<AppUser> signIn,
    UserManager<AppUser> users,
    IPasswordHasher<AppUser> hasher,
    TimeProvider time
)
{
    private const string CodeProvider = "helpdesk";
    private const string LastCodes = "last-codes";

    public enum Outcome
    {
        Refused,
        SignedIn,

        /// <summary>The password was right; the code of the authenticator app is next.</summary>
        NeedsCode,

        /// <summary>Signed in, but no authenticator app is set up yet.</summary>
        ShouldAddCode,
    }

    public async Task<Outcome> WithPasswordAsync(string address, string password, bool stay)
    {
        var user = await users.FindByEmailAsync(address.Trim());
        if (user is not { PasswordHash: not null, DeactivatedAt: null } || await users.IsLockedOutAsync(user))
        {
            hasher.HashPassword(new AppUser(), password); // the same work as for a known account
            return Outcome.Refused;
        }
        var result = await signIn.PasswordSignInAsync(user, password, stay, lockoutOnFailure: true);
        if (result.RequiresTwoFactor)
            return Outcome.NeedsCode;
        if (!result.Succeeded)
            return Outcome.Refused;
        return await users.GetTwoFactorEnabledAsync(user) ? Outcome.SignedIn : Outcome.ShouldAddCode;
    }

    /// <summary>The code of the app; each code is good once.</summary>
    public async Task<bool> WithCodeAsync(string code, bool stay)
    {
        var digits = new string([.. code.Where(char.IsAsciiDigit)]);
        if (
            await signIn.GetTwoFactorAuthenticationUserAsync() is not { DeactivatedAt: null } user
            || digits.Length != 6
        )
            return false;
        if (await WasUsedAsync(user, digits))
            return false;
        // noted before it opens the door: of two who send the same code at once, one is let in
        var isRight = await users.VerifyTwoFactorTokenAsync(
            user,
            users.Options.Tokens.AuthenticatorTokenProvider,
            digits
        );
        if (isRight && !await NoteUsedAsync(user, digits))
            return false;
        return (await signIn.TwoFactorAuthenticatorSignInAsync(digits, stay, rememberClient: false)).Succeeded;
    }

    /// <summary>One of the ten codes that were printed; each is good once.</summary>
    public async Task<bool> WithRecoveryCodeAsync(string code)
    {
        if (await signIn.GetTwoFactorAuthenticationUserAsync() is not { DeactivatedAt: null })
            return false;
        return (
            await signIn.TwoFactorRecoveryCodeSignInAsync(code.Replace(" ", "", StringComparison.Ordinal))
        ).Succeeded;
    }

    /// <returns>False when somebody else changed the account since it was read, as another who uses the same code does.</returns>
    public async Task<bool> NoteUsedAsync(AppUser user, string code)
    {
        var used = await UsedAsync(user);
        used[code] = time.GetUtcNow().ToUnixTimeSeconds();
        var noted = await users.SetAuthenticationTokenAsync(
            user,
            CodeProvider,
            LastCodes,
            string.Join(';', used.Select(u => string.Create(CultureInfo.InvariantCulture, $"{u.Key}@{u.Value}")))
        );
        return noted.Succeeded;
    }

    private async Task<bool> WasUsedAsync(AppUser user, string code) => (await UsedAsync(user)).ContainsKey(code);

    // a code lives at most some minutes around its own half minute, so remembering each for five is enough
    private async Task<Dictionary<string, long>> UsedAsync(AppUser user)
    {
        var since = time.GetUtcNow().ToUnixTimeSeconds() - 300;
        var used = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in (await users.GetAuthenticationTokenAsync(user, CodeProvider, LastCodes) ?? "").Split(';'))
            if (
                entry.Split('@') is [var code, var at]
                && long.TryParse(at, CultureInfo.InvariantCulture, out var seconds)
                && seconds > since
            )
                used[code] = seconds;
        return used;
    }
}
