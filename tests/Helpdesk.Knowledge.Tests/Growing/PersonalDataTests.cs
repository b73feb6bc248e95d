using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Growing;
using Helpdesk.Knowledge.Tests.Analysis;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Growing;

public sealed class PersonalDataTests
{
    [Theory]
    [InlineData("Write to ann.lee+x@mail.example.org please", "Write to [Address] please")]
    [InlineData("My IBAN is DE89 3704 0044 0532 0130 00.", "My IBAN is [Number].")]
    [InlineData("Call +49 (0)30 1234-567 today", "Call [Number] today")]
    [InlineData("Card 4111-1111-1111-1111 was taken", "Card [Number] was taken")]
    [InlineData("See https://shop.example/o?id=7&k=a, thanks", "See [Link] thanks")]
    [InlineData("Regards, Ann Lee", "Regards, [Name]")]
    [InlineData("It costs 25 or 1200 since 2024", "It costs 25 or 1200 since 2024")]
    [InlineData("Annual fees of a leek", "Annual fees of a leek")]
    public void What_belongs_to_one_person_is_taken_out(string text, string expected) =>
        PersonalData.Mask(text, ["Ann Lee"], kind => $"[{kind}]").Text.ShouldBe(expected);

    [Fact]
    public void What_was_taken_out_is_shown() =>
        PersonalData
            .Mask("Ann Lee, a@b.example", ["Ann Lee"], kind => $"[{kind}]")
            .Masked.ShouldBe([
                (PersonalDataKind.Name, "Ann"),
                (PersonalDataKind.Name, "Lee"),
                (PersonalDataKind.Address, "a@b.example"),
            ]);

    [Fact]
    public void Any_text_is_masked_and_no_known_name_is_left() =>
        Prop.ForAll(
                AnyText.Arbitrary,
                text => PersonalData.Mask(text + " Ann " + text, ["Ann"], _ => "*").Text.ShouldNotContain(" Ann ")
            )
            .QuickCheckThrowOnFailure();
}
