using Helpdesk.Web.Components.Desk.Work;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class MessageFrameTests
{
    [Fact]
    public void A_picture_that_is_used_very_often_does_not_fill_the_memory()
    {
        var html = string.Concat(Enumerable.Repeat("<img data-cid=\"a@x\" alt=\"\">", 20_000));
        var picture = new Dictionary<string, string>
        {
            ["a@x"] = "data:image/png;base64," + new string('A', 1_000_000),
        };
        MessageFrames.Document(html, picture, withRemote: false).Length.ShouldBeLessThan(16 * 1024 * 1024);
    }
}
