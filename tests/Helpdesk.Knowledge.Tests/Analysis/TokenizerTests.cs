using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Analysis;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Analysis;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("Reset my PASSWORD", "reset my password")]
    [InlineData("The customer's invoices don't arrive", "the customer invoices dont arrive")]
    [InlineData("customers’ invoice’s", "customers invoice")]
    [InlineData("П’ять об'єктів, ёлка и йод", "пять обєктів елка и йод")]
    [InlineData("Übergröße für Straße ﬁn", "ubergrosse fur strasse fin")]
    [InlineData("Zażółć gęślą jaźń", "zazolc gesla jazn")]
    [InlineData("cafe\u0301 и\u0306од", "cafe йод")]
    [InlineData("ＦＵＬＬ width ① ½", "full width 1 12")]
    [InlineData("error 0x80070005", "error 0x80070005")]
    [InlineData("HDFS-123 v2.9.10 well-known", "hdfs 123 hdfs123 v2 9 10 v2910 well known")]
    [InlineData("東京 test", "東 京 test")]
    [InlineData("", "")]
    [InlineData("!!! … --- ''' \u0301\u0301", "")]
    public void A_text_is_split_into_folded_words(string text, string words) => Words(text).ShouldBe(words);

    [Fact]
    public void Letters_beyond_the_first_plane_and_lone_surrogates_do_no_harm()
    {
        Words("𝒜bc 𐐷𐐨").ShouldNotBeEmpty();
        Words("a\uD800b \uDC00 \uDBFF").ShouldBe("a b");
    }

    [Fact]
    public void A_run_without_end_is_one_cut_word_and_takes_no_time_to_speak_of()
    {
        var buffer = new TokenBuffer();
        Tokenizer.Split(new string('x', 5_000_000), buffer);
        buffer.Count.ShouldBe(1);
        buffer.Tokens[0].FoldedLength.ShouldBe(Tokenizer.MaxWordLength);
        buffer.Tokens[0].Length.ShouldBe(5_000_000);
    }

    [Fact]
    public void Any_text_at_all_gives_words_that_lie_inside_it_and_split_to_themselves()
    {
        var again = new TokenBuffer();
        Prop.ForAll(
                AnyText.Arbitrary,
                text =>
                {
                    var buffer = new TokenBuffer();
                    Tokenizer.Split(text, buffer);
                    foreach (var token in buffer.Tokens)
                    {
                        token.Start.ShouldBeInRange(0, text.Length - 1);
                        token.Length.ShouldBeInRange(1, text.Length - token.Start);
                        token.FoldedLength.ShouldBeInRange(1, Tokenizer.MaxWordLength);
                        var folded = buffer.Folded(token).ToString();
                        Tokenizer.Split(folded, again);
                        string.Concat(
                                again
                                    .Tokens.ToArray()
                                    .Where(t => t.Kind != TokenKind.JoinedCode)
                                    .Select(t => again.Folded(t).ToString())
                            )
                            .ShouldBe(folded);
                    }
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static string Words(string text)
    {
        var buffer = new TokenBuffer();
        Tokenizer.Split(text, buffer);
        return string.Join(' ', buffer.Tokens.ToArray().Select(token => buffer.Folded(token).ToString()));
    }
}
