using System.Text;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>Topics by the last part of their page's address.</summary>
public static class TopicSlugs
{
    /// <summary>The topic's key in lower case, with one hyphen for everything that is not a letter or digit: <c>card-arrival</c>.</summary>
    public static string Of(Topic topic)
    {
        var slug = new StringBuilder(topic.Key.Length);
        foreach (var c in topic.Key)
        {
            if (char.IsLetterOrDigit(c))
                slug.Append(char.ToLowerInvariant(c));
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        return slug.ToString().TrimEnd('-');
    }

    /// <summary>An area or topic in use; null when no one has this slug.</summary>
    public static Topic? Find(DeskPicture picture, string slug) =>
        picture.Topics.Values.Where(t => !t.IsArchived).OrderBy(t => t.Id).FirstOrDefault(t => Of(t) == slug);
}
