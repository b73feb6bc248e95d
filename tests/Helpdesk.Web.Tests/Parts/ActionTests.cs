using Bunit;
using Helpdesk.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Parts;

public sealed class ActionTests : PartTest
{
    [Fact]
    public void A_button_is_off_until_the_circuit_is_up()
    {
        SetRendererInfo(new RendererInfo("Static", isInteractive: false));
        Render<Button>(p => p.Add(b => b.OnClick, () => { }).AddChildContent("Assign"))
            .Find("button")
            .HasAttribute("disabled")
            .ShouldBeTrue();
        Render<Button>(p => p.Add(b => b.Type, "submit").AddChildContent("Send"))
            .Find("button")
            .HasAttribute("disabled")
            .ShouldBeFalse();
    }

    [Fact]
    public async Task A_button_is_busy_while_it_works_and_takes_no_second_click()
    {
        var (clicks, work) = (0, new TaskCompletionSource());
        var button = Render<Button>(p =>
            p.Add(
                    b => b.OnClick,
                    () =>
                    {
                        clicks++;
                        return work.Task;
                    }
                )
                .AddChildContent("Assign")
        );
        var first = button.Find("button").ClickAsync(new());
        button.Find("button").GetAttribute("aria-busy").ShouldBe("true");
        await button.Find("button").ClickAsync(new());
        work.SetResult();
        await first;
        clicks.ShouldBe(1);
        button.Find("button").HasAttribute("aria-busy").ShouldBeFalse();
    }

    [Fact]
    public void A_symbol_alone_has_a_name() =>
        Render<Button>(p => p.Add(b => b.Icon, "copy").Add(b => b.Label, "Copy number"))
            .Find("button.icon")
            .GetAttribute("aria-label")
            .ShouldBe("Copy number");

    [Fact]
    public async Task A_toast_stays_ten_seconds_and_can_be_undone_meanwhile()
    {
        var toasts = Services.GetRequiredService<Toasts>();
        var (region, undone) = (Render<ToastRegion>(), 0);
        toasts.Show("Sent", () => Task.FromResult(undone++));
        region.WaitForElement(".toast").TextContent.ShouldContain("Sent");
        region.Find(".toast-region").GetAttribute("role").ShouldBe("status");
        Time.Advance(TimeSpan.FromSeconds(9));
        region.FindAll(".toast").Count.ShouldBe(1);
        await region.Find(".toast .btn").ClickAsync(new());
        undone.ShouldBe(1);
        region.FindAll(".toast").ShouldBeEmpty();
        toasts.Show("Sent again");
        Time.Advance(TimeSpan.FromSeconds(10));
        region.WaitForAssertion(() => region.FindAll(".toast").ShouldBeEmpty());
    }

    [Theory]
    [InlineData(1, 10, 52, "1–10 of 52", "Next 10")]
    [InlineData(41, 50, 52, "41–50 of 52", "Next 2")]
    [InlineData(1, 10, 12_000, "1–10 of more than 10,000", "Next 10")]
    [InlineData(0, 0, 0, "None", null)]
    public void The_pager_says_where_we_are(long from, long to, long total, string range, string? next)
    {
        var pager = Render<Pager>(p =>
            p.Add(x => x.From, from)
                .Add(x => x.To, to)
                .Add(x => x.Total, total)
                .Add(x => x.NextHref, next is null ? null : "/next")
        );
        pager.Find("nav > span").TextContent.Trim().ShouldBe(range);
        pager.FindAll("a[rel=next]").Select(link => link.TextContent).ShouldBe(next is null ? [] : [next]);
    }

    [Fact]
    public void A_menu_and_a_dialog_open_without_script()
    {
        var menu = Render<PopoverMenu>(p =>
            p.Add(m => m.Id, "more")
                .Add(m => m.Label, "More actions")
                .Add(m => m.Icon, "more")
                .AddChildContent("<a href=\"/\">Merge</a>")
        );
        menu.Find("button").GetAttribute("popovertarget").ShouldBe("more");
        menu.Find("#more").HasAttribute("popover").ShouldBeTrue();

        var answered = false;
        var dialog = Render<Dialog>(p =>
            p.Add(d => d.Id, "delete")
                .Add(d => d.Title, "Delete it?")
                .Add(d => d.Keep, "Keep it")
                .Add(d => d.Confirm, "Delete it")
                .Add(d => d.OnConfirm, () => answered = true)
        );
        dialog.Find("button[autofocus]").TextContent.ShouldBe("Keep it");
        dialog.Find(".btn.danger").Click();
        answered.ShouldBeTrue();
    }
}
