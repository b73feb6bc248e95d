using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Matching;
using Shouldly;
using Xunit;

namespace Helpdesk.Knowledge.Tests.Matching;

public class MessageFrameTests
{
    private static string MatterOf(string message) =>
        string.Join(
            '\n',
            MessageFrame.MatterOf(message).Where(l => l.Length > 0).Select(l => message.Substring(l.Start, l.Length))
        );

    [Theory]
    [InlineData("Hi,\nMy card is lost.\n\nKind regards,\nAnna Nowak", "My card is lost.")]
    [InlineData("Two things\nHello team,\n\nMy card is lost.\r\nThanks\r\nPeter", "My card is lost.")]
    [InlineData("Question\nMy card is lost.", "My card is lost.")]
    [InlineData("Card lost\nI have a question:\nCan you block it?", "Card lost\nI have a question:\nCan you block it?")]
    [InlineData("Question\nHello,\nI have a question.\nIs my card blocked?", "Is my card blocked?")]
    [InlineData("Card\nMy card is lost.\nYours,\nJo", "Card\nMy card is lost.")]
    [InlineData("Karte\nMeine Karte ist weg.\nVon meinem iPhone gesendet", "Karte\nMeine Karte ist weg.")]
    [InlineData("Hi\nI have two questions:\nCan you block it?\nDo I pay?", "Can you block it?\nDo I pay?")]
    [InlineData(
        "My card is lost.\n\nThank you very much in advance for your help.\n\nBest, Jo\nNorthwind Ltd.\nTel. +44 20 1",
        "My card is lost."
    )]
    [InlineData("My card is lost.\n\nMany thanks, Maria Lopez\n\nSent from my phone", "My card is lost.")]
    [InlineData("My card is lost.\n> Kind regards\n> the bank\nIs it blocked?", "My card is lost.\nIs it blocked?")]
    [InlineData("Frage\nGuten Tag,\nmeine Karte ist weg.\nVielen Dank im Voraus\nJan", "meine Karte ist weg.")]
    [InlineData("Вопрос\nЗдравствуйте!\nКарта не работает.\nСпасибо за помощь!\nАнна", "Карта не работает.")]
    [InlineData("Питання\nДобрий день!\nКартка загубилась.\nЩиро дякую\nІван", "Картка загубилась.")]
    [InlineData("Pytanie\nDzień dobry,\nzgubiłem kartę.\nDziękuję za pomoc\nJan", "zgubiłem kartę.")]
    public void What_stands_around_the_matter_goes(string message, string matter) => MatterOf(message).ShouldBe(matter);

    [Theory]
    [InlineData("Card\nThanks, it still fails")]
    [InlineData("Card\nThanks for your answer.\nMy card is still blocked.")]
    [InlineData("Card\nThanks\nmy card does not work and i want it back")]
    [InlineData("Card\nBest card for students?")]
    [InlineData("Card\nbest price please\nI pay a lot for it.")]
    [InlineData("Konto\nVon meinem Konto fehlt Geld.\nWas nun?")]
    [InlineData("Problem with my card\nIt does not work")]
    [InlineData("Urgent refund\nIt did not come")]
    [InlineData("Refund")]
    public void What_belongs_to_the_matter_stays(string message) => MatterOf(message).ShouldBe(message);

    [Theory]
    [InlineData("")]
    [InlineData("Hello")]
    [InlineData("> Hi\n> there")]
    public void A_message_may_be_nothing_but_frame(string message) => MatterOf(message).ShouldBeEmpty();

    [Fact]
    public void Lines_stand_in_their_order_within_the_message_without_space_around_them() =>
        Prop.ForAll(
                Gen.Elements(
                        "Hi,",
                        "My card",
                        " - ",
                        "Thanks, Tom",
                        "--",
                        ">",
                        "Regards",
                        "\r",
                        "\n",
                        "\r\n",
                        "\u2028",
                        "?",
                        "é "
                    )
                    .ArrayOf()
                    .Select(string.Concat)
                    .ToArbitrary(),
                message =>
                {
                    var end = 0;
                    foreach (var (start, length) in MessageFrame.MatterOf(message).Where(l => l.Length > 0))
                    {
                        start.ShouldBeGreaterThanOrEqualTo(end);
                        end = start + length;
                        var line = message.Substring(start, length);
                        line.ShouldBe(line.Trim());
                        line.ShouldNotContain('\n');
                    }
                }
            )
            .QuickCheckThrowOnFailure();
}
