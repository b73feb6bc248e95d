using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Articles;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Articles;

public sealed class TextDifferenceTests
{
    [Fact]
    public void Both_texts_can_be_put_together_again_from_the_rows()
    {
        var texts = Gen.Elements("a", "b", "c", "").ListOf().Select(lines => string.Join('\n', lines));
        Prop.ForAll(
                texts.Two().ToArbitrary(),
                pair =>
                {
                    var rows = TextDifference.Between(pair.Item1, pair.Item2);
                    string.Join('\n', rows.Select(row => row.Before).OfType<string>()).ShouldBe(pair.Item1);
                    string.Join('\n', rows.Select(row => row.After).OfType<string>()).ShouldBe(pair.Item2);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_stayed_stands_side_by_side()
    {
        var rows = TextDifference.Between("one\ntwo\nthree\nfour", "one\n2\nthree\nthree and a half\nfour");
        rows.ShouldBe([
            new("one", "one"),
            new("two", "2"),
            new("three", "three"),
            new(null, "three and a half"),
            new("four", "four"),
        ]);
    }
}
