using Helpdesk.Tickets.Settings;
using Shouldly;
using Xunit;

namespace Helpdesk.Tickets.Tests.Settings;

public sealed class DeskNamesTests
{
    [Theory]
    [InlineData("Cards", " cÁrds ", true)]
    [InlineData("Lost card", "lost\u00a0\u200b  CARD", true)]
    [InlineData("Картки", "КАРТКИ", true)]
    [InlineData("Cards", "Card", false)]
    [InlineData("Lost card", "Lostcard", false)]
    // vowel signs are no accents
    [InlineData("कु", "क", false)]
    public void Names_are_one_whatever_their_case_accents_and_spaces(string one, string other, bool areOne)
    {
        DeskNames.IsTaken(one, was: null, [other]).ShouldBe(areOne);
        DeskNames.IsTaken(one, was: one, [other]).ShouldBeFalse();
    }

    [Fact]
    public void Half_a_sign_is_no_reason_to_fail() => DeskNames.Folded("a\ud83d").ShouldBe("a\ufffd");
}
