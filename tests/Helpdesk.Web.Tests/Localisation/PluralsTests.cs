using Helpdesk.Web.Localisation;
using Shouldly;

namespace Helpdesk.Web.Tests.Localisation;

public sealed class PluralsTests
{
    [Theory]
    [InlineData("en", "1:one 0:other 2:other 11:other 21:other")]
    [InlineData("de", "1:one 0:other 2:other 101:other")]
    [InlineData("pl", "1:one 2:few 4:few 5:many 0:many 11:many 12:many 21:many 22:few 112:many 124:few")]
    [InlineData("ru", "1:one 21:one 11:many 2:few 3:few 12:many 14:many 5:many 0:many 101:one 111:many")]
    [InlineData("uk", "1:one 31:one 11:many 24:few 13:many 20:many")]
    public void Each_language_counts_with_its_own_forms(string language, string expected)
    {
        foreach (var pair in expected.Split(' ').Select(pair => pair.Split(':')))
            Plurals.Form(language, long.Parse(pair[0])).ShouldBe(pair[1], $"{language} {pair[0]}");
    }

    [Fact]
    public void The_sign_does_not_matter() => Plurals.Form("en", -1).ShouldBe("one");
}
