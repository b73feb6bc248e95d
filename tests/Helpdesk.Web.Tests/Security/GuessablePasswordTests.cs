using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Account;
using Shouldly;

namespace Helpdesk.Web.Tests.Security;

public class GuessablePasswordTests
{
    [Theory]
    [InlineData("Password12345!")]
    [InlineData("P@ssw0rd2026!!")]
    [InlineData("qwertyuiop123456")]
    [InlineData("123456789012")]
    [InlineData("aaaaabbbbbccccc")]
    [InlineData("Beatriz.Kallas2026")]
    [InlineData("larchbank-larchbank")]
    [InlineData("WelcomeWelcome99")]
    [InlineData("")]
    public async Task What_everybody_tries_first_is_refused(string password) =>
        (await Judge(password)).ShouldBeFalse(password);

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("harbour violin tuesday")]
    [InlineData("x7Kd-qm29-Lw0p")]
    [InlineData("зелёный трамвай осенью")]
    [InlineData("summer rain on tin roofs")]
    public async Task Unrelated_words_and_random_signs_are_taken(string password) =>
        (await Judge(password)).ShouldBeTrue(password);

    private static async Task<bool> Judge(string password)
    {
        var user = new AppUser
        {
            DisplayName = "Beatriz Kallas",
            Email = "beatriz@larchbank.example",
            UserName = "beatriz@larchbank.example",
        };
        return (await new GuessablePassword().ValidateAsync(null!, user, password)).Succeeded;
    }
}
