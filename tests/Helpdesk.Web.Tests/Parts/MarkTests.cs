using Bunit;
using Helpdesk.Web.Components.Parts;
using Shouldly;

namespace Helpdesk.Web.Tests.Parts;

public sealed class MarkTests : PartTest
{
    [Theory]
    [InlineData(PriorityLevel.Urgent, "urgent", "Urgent", 0)]
    [InlineData(PriorityLevel.High, "high", "High", 0)]
    [InlineData(PriorityLevel.Normal, "normal", "Normal", 1)]
    [InlineData(PriorityLevel.Low, "low", "Low", 2)]
    public void A_priority_is_a_shape_and_a_word(PriorityLevel level, string css, string word, int barsOff)
    {
        var mark = Render<PriorityMark>(p => p.Add(m => m.Level, level));
        mark.Find($".prio.{css}").TextContent.Trim().ShouldBe(word);
        mark.FindAll(".off").Count.ShouldBe(barsOff);
        mark.FindAll("path").Count.ShouldBe(level is PriorityLevel.Urgent ? 1 : 0);
    }

    [Fact]
    public void The_standard_tier_has_no_mark()
    {
        Render<TierMark>(p => p.Add(m => m.Rank, TierRank.Standard)).Markup.Trim().ShouldBeEmpty();
        Render<TierMark>(p => p.Add(m => m.Rank, TierRank.Vip)).Find(".tier.vip").TextContent.ShouldBe("VIP");
        Render<TierMark>(p => p.Add(m => m.Rank, TierRank.Gold).Add(m => m.Name, "Partner"))
            .Find(".tier")
            .TextContent.ShouldBe("Partner");
    }

    [Fact]
    public void A_pill_carries_its_tone_and_its_word()
    {
        Render<Pill>(p => p.Add(x => x.Tone, Tone.Good).AddChildContent("Resolved"))
            .Find(".pill.good")
            .TextContent.ShouldBe("Resolved");
        Render<Pill>(p => p.Add(x => x.Waiting, true).AddChildContent("Waiting")).Find(".pill.wait").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Clara Stone", "CS")]
    [InlineData("Anna Maria van Dyk", "AD")]
    [InlineData("treasurer@harbour-foods.example", "T")]
    [InlineData("jane.doe@example.org", "JD")]
    [InlineData("éva", "É")]
    [InlineData("", "?")]
    [InlineData("  ", "?")]
    public void A_face_shows_initials(string name, string initials) => Face.Initials(name).ShouldBe(initials);

    [Fact]
    public void A_face_is_silent_and_keeps_its_colour()
    {
        var face = Render<Face>(p => p.Add(f => f.Name, "Clara Stone").Add(f => f.Presence, Presence.Here))
            .Find(".face");
        face.GetAttribute("aria-hidden").ShouldBe("true");
        face.ClassList.ShouldContain("here");
        Render<Face>(p => p.Add(f => f.Name, "Clara Stone").Add(f => f.Presence, Presence.Here))
            .Find(".face")
            .ClassName.ShouldBe(face.ClassName);
    }

    [Fact]
    public void An_icon_beside_a_word_is_silent_and_alone_it_has_a_name()
    {
        var silent = Render<Icon>(p => p.Add(i => i.Name, "search")).Find("svg");
        silent.GetAttribute("aria-hidden").ShouldBe("true");
        silent.InnerHtml.ShouldContain("/icons.svg#i-search");
        var named = Render<Icon>(p => p.Add(i => i.Name, "alert").Add(i => i.Label, "Breached")).Find("svg");
        named.GetAttribute("role").ShouldBe("img");
        named.GetAttribute("aria-label").ShouldBe("Breached");
        named.HasAttribute("aria-hidden").ShouldBeFalse();
    }

    [Fact]
    public void A_time_is_machine_readable_and_said_in_the_readers_words()
    {
        var time = Render<LocalTime>(p => p.Add(t => t.At, Now.AddMinutes(12)).Add(t => t.Style, TimeStyle.By))
            .Find("time");
        time.TextContent.ShouldBe("14:44 today");
        time.GetAttribute("datetime").ShouldBe("2026-11-18T13:44:00Z");
        time.GetAttribute("title").ShouldBe("Wednesday, 18 November 2026, 14:44");
    }

    [Theory]
    [InlineData(72, 100, "72")]
    [InlineData(11.5, 10, "100")]
    [InlineData(-1, 10, "0")]
    [InlineData(1, 0, "0")]
    public void A_meter_stays_within_its_bar(double value, double max, string width) =>
        Render<Meter>(p => p.Add(m => m.Value, value).Add(m => m.Max, max))
            .Find("rect")
            .GetAttribute("width")
            .ShouldBe(width);

    [Fact]
    public void A_note_says_that_customers_never_see_it()
    {
        var note = Render<MessageBubble>(p =>
            p.Add(m => m.Side, MessageSide.Internal).Add(m => m.Author, "Transfers lead").AddChildContent("<p>x</p>")
        );
        note.Find("li.msg.internal header").TextContent.ShouldContain("customers never see this");
        note.Find("header b").TextContent.ShouldBe("Internal note, Transfers lead");
    }
}
