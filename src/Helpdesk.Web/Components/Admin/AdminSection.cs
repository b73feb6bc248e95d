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
        new("set-up", "swap"),
        new("promises", "clock"),
        new("organizations", "shop"),
        new("tokens", "lock"),
        new("mail", "mail"),
        new("mailboxes", "inbox"),
        new("desk", "gear"),
        new("changes", "clock"),
    ];

    // how the record of a change begins
    private static readonly (string Begins, string Key)[] Changes =
    [
        ("person", "people"),
        ("invitation", "people"),
        ("second factor", "people"),
        ("tickets handed", "people"),
        ("skill levels", "topics"),
        ("topic", "topics"),
        ("area", "topics"),
        ("team", "topics"),
        ("skill", "topics"),
        ("routing set-up", "set-up"),
        ("routing rules", "rules"),
        ("automatic answers", "rules"),
        ("model put to use", "rules"),
        ("corrections decided", "rules"),
        ("policy", "promises"),
        ("business hours", "promises"),
        ("tier", "promises"),
        ("organization", "organizations"),
        ("customer", "organizations"),
        ("API token", "tokens"),
        ("mailbox", "mailboxes"),
        ("mail", "mail"),
        ("words", "mail"),
        ("spam rules", "mail"),
        ("signature", "mail"),
    ];

    /// <summary>Where a change belongs, by how its record begins; what is known nowhere belongs to the desk as a whole.</summary>
    public static string KeyOf(string change) =>
        Changes.FirstOrDefault(c => change.StartsWith(c.Begins, StringComparison.Ordinal)).Key ?? "desk";

    public string Href => $"/admin/{Key}";
}
