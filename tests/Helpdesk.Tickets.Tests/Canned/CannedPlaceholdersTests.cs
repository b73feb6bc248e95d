using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Tickets.Canned;
using Shouldly;

namespace Helpdesk.Tickets.Tests.Canned;

public sealed class CannedPlaceholdersTests
{
    [Theory]
    [InlineData("Hello {firstname}, your number is {number}.", "Hello Anna, your number is 7.")]
    [InlineData("{firstname }{number}", "Anna7")]
    [InlineData("{firstname|there}", "Anna")]
    [InlineData("{nobody} and {firstname", "{nobody} and {firstname")]
    [InlineData(@"\{firstname} { firstname: 1 } {}", @"\{firstname} { firstname: 1 } {}")]
    public void What_is_known_is_filled_in_and_the_rest_stays(string text, string filled) =>
        CannedPlaceholders.Fill(text, Anna).ShouldBe(filled);

    [Theory]
    [InlineData("Hello {firstname},\n\nthank you.", "Hello,\n\nthank you.")]
    [InlineData("Hello {firstname}!", "Hello!")]
    [InlineData("Hello {firstname|there}, thank you.", "Hello there, thank you.")]
    [InlineData("{firstname}, thank you.", "Thank you.")]
    [InlineData("{firstname},\nthank you.", "thank you.")]
    [InlineData("First line\n{firstname}\nlast line", "First line\nlast line")]
    [InlineData("Thank you, {firstname}.", "Thank you.")]
    [InlineData("Thank you, {firstname}, for writing", "Thank you, for writing")]
    [InlineData("Yours, the desk ({team}) of the bank", "Yours, the desk of the bank")]
    [InlineData("Dear {firstname} {customer}, thanks", "Dear, thanks")]
    [InlineData("We, {team} and others", "We, and others")]
    [InlineData("Your {team}", "Your")]
    [InlineData("{firstname}{customer}", "")]
    [InlineData("{firstname} {customer} writes", "Writes")]
    public void Where_nothing_is_known_the_sentence_closes_over_the_gap(string text, string filled) =>
        CannedPlaceholders.Fill(text, _ => "").ShouldBe(filled);

    [Theory]
    [InlineData("Hello {firstname|there}, {number} {subject} {author} {team} {company} {customer}", null)]
    [InlineData("Hello {firstame},", "firstame")]
    [InlineData("Hello {Firstname},", "Firstname")]
    [InlineData("Hello {firstname,\nthere}", "firstname,")]
    [InlineData("{{snippet:hours}}", "snippet:hours")]
    [InlineData("{firstname{number}", "firstname{number}")]
    [InlineData(@"{ ""a"": 1 } \{what} {}", null)]
    public void A_mistake_in_braces_is_named(string text, string? mistake) =>
        CannedPlaceholders.FirstMistake(text).ShouldBe(mistake);

    [Fact]
    public void A_value_is_never_read_as_a_placeholder()
    {
        Prop.ForAll<NonNull<string>>(value =>
                CannedPlaceholders
                    .Fill("a {customer} b", name => name == "customer" ? value.Get : "NO")
                    .ShouldBe(value.Get.Length == 0 ? "a b" : $"a {value.Get} b")
            )
            .QuickCheckThrowOnFailure();
        CannedPlaceholders
            .Fill("Dear {customer},", name => name == "customer" ? "{number} {customer}" : "7")
            .ShouldBe("Dear {number} {customer},");
    }

    [Fact]
    public void Any_text_can_be_filled_and_keeps_what_is_no_placeholder()
    {
        string[] pieces =
        [
            "{",
            "}",
            "firstname",
            "{firstname}",
            "{team|us}",
            ",",
            " ",
            "\n",
            "(",
            ")",
            "\\",
            "é",
            "{x}",
        ];
        Prop.ForAll<int>(seed =>
            {
                var random = new Random(seed);
                var text = string.Concat(random.GetItems(pieces, random.Next(12)));
                CannedPlaceholders.Fill(text, _ => "").Length.ShouldBeLessThanOrEqualTo(text.Length);
                CannedPlaceholders.Fill(text, name => $"{{{name}}}").Length.ShouldBeLessThanOrEqualTo(text.Length);
                if (!text.Contains('{', StringComparison.Ordinal))
                    CannedPlaceholders.Fill(text, Anna).ShouldBe(text);
            })
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("refund-sent", true)]
    [InlineData("a", true)]
    [InlineData("größe-2", true)]
    [InlineData("", false)]
    [InlineData("two words", false)]
    [InlineData("-a", false)]
    [InlineData("a--b", false)]
    [InlineData("a\n", false)]
    [InlineData("a_b", false)]
    [InlineData("0123456789012345678901234567890", false)]
    public void A_key_is_letters_digits_and_hyphens(string key, bool isKey) => CannedText.IsKey(key).ShouldBe(isKey);

    private static string Anna(string name) =>
        name switch
        {
            CannedPlaceholders.FirstName => "Anna",
            CannedPlaceholders.Number => "7",
            _ => "",
        };
}
