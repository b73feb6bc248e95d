namespace Helpdesk.Web.Components.Admin;

/// <summary>One part of the administration.</summary>
/// <param name="Key">Names its texts: <c>Section.people</c>, <c>About.people</c>.</param>
public sealed record AdminSection(string Key, string Icon)
{
    public static IReadOnlyList<AdminSection> All { get; } =
    [
        new("people", "user"),
        new("topics", "book"),
        new("rules", "route"),
        new("promises", "clock"),
        new("organizations", "shop"),
        new("tokens", "lock"),
        new("mail", "mail"),
        new("mailboxes", "inbox"),
        new("desk", "gear"),
    ];

    public string Href => $"/admin/{Key}";
}
