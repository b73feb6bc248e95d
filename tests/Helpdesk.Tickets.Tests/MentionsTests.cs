using Helpdesk.Tickets.Notifications;
using Shouldly;

namespace Helpdesk.Tickets.Tests;

public class MentionsTests
{
    private static readonly string[] Names = ["Amara Okonkwo", "Daniel Mensah", "Daniel Roos", "Ann", "Anna Alder"];

    [Theory]
    [InlineData("Please look, @Amara Okonkwo.", "Amara Okonkwo")]
    [InlineData("@amara: limit raised", "Amara Okonkwo")]
    [InlineData("@Daniel Roos and (@Daniel Mensah)", "Daniel Mensah,Daniel Roos")]
    [InlineData("@Daniel who of you?", "")]
    [InlineData("@Anna Alder, not the other", "Anna Alder")]
    [InlineData("@Ann!", "Ann")]
    [InlineData("@Annabel is a customer", "")]
    [InlineData("write to someone@amara.example", "")]
    [InlineData(@"\@Ann, a name", "")]
    [InlineData("@", "")]
    [InlineData("@@Amara", "Amara Okonkwo")]
    public void A_sign_and_a_name_call_somebody(string note, string called) =>
        string.Join(',', Mentions.In(note, Names).Order()).ShouldBe(called);
}
