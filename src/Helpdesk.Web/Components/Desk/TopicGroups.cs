using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;

namespace Helpdesk.Web.Components.Desk;

/// <summary>An area's name and its topics, by name.</summary>
public sealed record TopicGroup(string Area, IReadOnlyList<Topic> Topics);

/// <summary>The topics to choose from.</summary>
public static class TopicGroups
{
    public static IEnumerable<TopicGroup> Of(DeskPicture picture) =>
        picture
            .Topics.Values.Where(t => t is { IsArchived: false, ParentId: not null })
            .GroupBy(t => t.ParentId!.Value)
            .Select(g => new TopicGroup(picture.Topics[g.Key].Name, [.. g.OrderBy(t => t.Name)]))
            .OrderBy(g => g.Area);
}
