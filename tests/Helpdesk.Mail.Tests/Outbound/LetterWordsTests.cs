using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Notifications;
using Shouldly;

namespace Helpdesk.Mail.Tests.Outbound;

public sealed class LetterWordsTests
{
    [Theory]
    [InlineData(7, "de", "7de")]
    [InlineData(7, "pl", "7")]
    [InlineData(7, null, "7")]
    [InlineData(8, "de", "0de")]
    [InlineData(8, "pl", "0")]
    [InlineData(null, "de", "0de")]
    [InlineData(null, null, "0")]
    public void The_nearest_words_are_taken(int? team, string? language, string taken)
    {
        (int, string)[] places = [(7, "de"), (7, ""), (0, "de"), (0, "")];
        var words = new LetterWords(
            places.Select(p => Template(p.Item1, p.Item2)),
            places.Select(p => new MailSignature
            {
                TeamId = p.Item1,
                Language = p.Item2,
                Text = $"{p.Item1}{p.Item2}",
                ChangedAt = default,
            })
        );
        words.Of(NotificationKind.Reply, team, language)!.Text.ShouldBe(taken);
        words.SignatureOf(team, language).ShouldBe(taken);
    }

    [Fact]
    public void A_team_without_words_in_the_readers_language_speaks_its_own_before_the_desks()
    {
        var words = new LetterWords([Template(7, ""), Template(0, "de")], []);
        words.Of(NotificationKind.Reply, 7, "de")!.Text.ShouldBe("7");
        words.Of(NotificationKind.Resolved, 7, "de").ShouldBeNull();
        new LetterWords([Template(7, "pl")], []).Of(NotificationKind.Reply, 7, "de").ShouldBeNull();
    }

    private static MailTemplate Template(int team, string language) =>
        new()
        {
            Kind = NotificationKind.Reply,
            TeamId = team,
            Language = language,
            Subject = "s",
            Heading = "",
            Text = $"{team}{language}",
            Button = "",
            Footer = "",
            ChangedAt = default,
        };
}
