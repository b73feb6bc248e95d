using Helpdesk.Tickets.People;
using Microsoft.AspNetCore.Identity;

namespace Helpdesk.Web.Components.Account;

/// <summary>
/// Refuses passwords that stand near the top of every guesser's list however long they are: common words, keyboard rows, counting, the
/// person's own name and address, each with a year or a sign behind (NIST SP 800-63B, 5.1.1.2: values known to be commonly used).
/// </summary>
internal sealed class GuessablePassword : IPasswordValidator<AppUser>
{
    /// <summary>Letters and digits that must be left when all that was taken away, four of them different.</summary>
    private const int LeastLeft = 6;
    private const int LeastDifferent = 4;

    private static readonly string[] CommonWords =
    [
        "administrator",
        "qwertyuiop",
        "qwertzuiop",
        "azertyuiop",
        "asdfghjkl",
        "yxcvbnm",
        "zxcvbnm",
        "passwort",
        "password",
        "passwd",
        "пароль",
        "йцукен",
        "changeme",
        "iloveyou",
        "football",
        "baseball",
        "sunshine",
        "princess",
        "superman",
        "helpdesk",
        "support",
        "letmein",
        "welcome",
        "default",
        "trustno",
        "dragon",
        "monkey",
        "master",
        "shadow",
        "qwerty",
        "qwertz",
        "azerty",
        "asdfgh",
        "secret",
        "summer",
        "winter",
        "spring",
        "autumn",
        "hello",
        "login",
        "admin",
        "haslo",
        "hasło",
    ];

    public Task<IdentityResult> ValidateAsync(UserManager<AppUser> manager, AppUser user, string? password)
    {
        var own = $"{user.DisplayName} {user.Email} {user.UserName}"
            .ToLowerInvariant()
            .Split([' ', '@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length >= 4);
        string[] known = [.. own.Concat(CommonWords).Distinct().OrderByDescending(word => word.Length)];
        var plain = (password ?? "").ToLowerInvariant();
        return Task.FromResult(
            IsGuessable(plain, known) || IsGuessable(AsLetters(plain), known)
                ? IdentityResult.Failed(
                    new IdentityError
                    {
                        Code = "PasswordGuessable",
                        Description = "The password is made of common words, of counting, or of the person's own name.",
                    }
                )
                : IdentityResult.Success
        );
    }

    private static bool IsGuessable(string password, string[] known)
    {
        foreach (var word in known)
            password = password.Replace(word, " ", StringComparison.Ordinal);
        var left = password
            .Where((c, i) => char.IsLetterOrDigit(c) && (i == 0 || Math.Abs(c - password[i - 1]) > 1)) // aaa, 1234, cba
            .ToList();
        return left.Count < LeastLeft || left.Distinct().Count() < LeastDifferent;
    }

    /// <summary>The letters that signs and digits often stand for.</summary>
    private static string AsLetters(string password) =>
        string.Create(
            password.Length,
            password,
            static (letters, source) =>
            {
                for (var i = 0; i < letters.Length; i++)
                    letters[i] = source[i] switch
                    {
                        '0' => 'o',
                        '1' or '!' => 'i',
                        '3' => 'e',
                        '4' or '@' => 'a',
                        '5' or '$' => 's',
                        '7' => 't',
                        var other => other,
                    };
            }
        );
}
