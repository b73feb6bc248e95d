using AngleSharp.Dom;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Admin.TopicTree;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class SkillSheetTests
{
    private const string Address = "/admin/topics/skills/matrix";
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task Two_who_write_in_different_cells_both_keep_what_they_wrote_and_the_history_says_it()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var (cards, pins) = await AddSkillsAsync(desk);
        var mine = await desk.Admin.OpenAsync(Address);
        var theirs = await desk.Admin.OpenAsync(Address);
        mine.MainText.ShouldContain("Lost or stolen card"); // what the skill opens
        mine.Html.ShouldNotContain("style=\"");
        Write(mine, SheetCell.NameOf(desk.Anna.Id, cards, false, "0"), "3");
        Write(mine, SheetCell.NameOf(desk.Anna.Id, null, false, "10"), "7.5");
        Write(theirs, SheetCell.NameOf(desk.Anna.Id, pins, false, "0"), "1");
        (await desk.Admin.SendAsync(mine, "form[data-sheet]", Nothing)).Location.ShouldNotBeNull();
        (await desk.Admin.SendAsync(theirs, "form[data-sheet]", Nothing)).Location.ShouldNotBeNull();

        (await LevelsAsync(desk)).ShouldBe(new Dictionary<int, int> { [cards] = 3, [pins] = 1 }, ignoreOrder: true);
        var history = (await desk.Admin.OpenAsync("/admin/changes?area=topics")).MainText;
        history.ShouldContain("Ada Admin");
        history.ShouldContain("Anna Alder: Card knowledge");
        history.ShouldContain("10 → 7.5");
        (await desk.Admin.OpenAsync("/admin/changes?area=people")).MainText.ShouldContain("Nothing was changed yet");
    }

    [Fact]
    public async Task Of_two_who_write_in_the_same_cell_the_later_is_told_and_nothing_of_theirs_is_saved()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var (cards, pins) = await AddSkillsAsync(desk);
        var early = await desk.Admin.OpenAsync(Address);
        var late = await desk.Admin.OpenAsync(Address);
        Write(early, SheetCell.NameOf(desk.Anna.Id, cards, false, "0"), "3");
        await desk.Admin.SendAsync(early, "form[data-sheet]", Nothing);
        Write(late, SheetCell.NameOf(desk.Anna.Id, cards, false, "0"), "1");
        Write(late, SheetCell.NameOf(desk.Anna.Id, pins, false, "0"), "2");
        var told = await desk.Admin.SendAsync(late, "form[data-sheet]", Nothing);
        told.MainText.ShouldContain("Anna Alder, Card knowledge: it is 3 now");
        (await LevelsAsync(desk)).ShouldBe(new Dictionary<int, int> { [cards] = 3 });
        // what was typed is still there, and is compared with what is there now
        (await desk.Admin.SendAsync(told, "form[data-sheet]", Nothing)).Location.ShouldNotBeNull();
        (await LevelsAsync(desk)).ShouldBe(new Dictionary<int, int> { [cards] = 1, [pins] = 2 }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("-1")]
    [InlineData("much")]
    public async Task A_level_that_does_not_exist_is_refused(string level)
    {
        await using var desk = await AdminDesk.OpenAsync();
        var (cards, _) = await AddSkillsAsync(desk);
        var page = await desk.Admin.OpenAsync(Address);
        Write(page, SheetCell.NameOf(desk.Anna.Id, cards, false, "0"), level);
        (await desk.Admin.SendAsync(page, "form[data-sheet]", Nothing)).MainText.ShouldContain("levels are 0 to 3");
        (await LevelsAsync(desk)).ShouldBeEmpty();
    }

    private static void Write(Help.SeenPage page, string cell, string value) =>
        page
            .Document.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlInputElement>("form[data-sheet] input")
            .Single(i => i.Name == cell)
            .Value = value;

    internal static async Task<(int Cards, int Pins)> AddSkillsAsync(AdminDesk desk)
    {
        await using var db = desk.OpenDatabase();
        var (cards, pins) = (
            new Skill { Key = "cards", Name = "Card knowledge" },
            new Skill { Key = "pins", Name = "PIN knowledge" }
        );
        db.Skills.AddRange(cards, pins);
        (await db.Topics.SingleAsync(t => t.Id == desk.Lost.Id)).Skill = cards;
        await db.SaveChangesAsync();
        return (cards.Id, pins.Id);
    }

    private static async Task<Dictionary<int, int>> LevelsAsync(AdminDesk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<SpecialistSkill>().ToDictionaryAsync(s => s.SkillId, s => s.Level);
    }
}
