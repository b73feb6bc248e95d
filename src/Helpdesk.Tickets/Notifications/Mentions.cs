using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Notifications;

/// <summary>Colleagues who are called in a note: <c>@</c> and their name, or their first name where nobody else has it.</summary>
public static class Mentions
{
    /// <summary>More people are not called by one note.</summary>
    public const int Most = 20;

    /// <summary>Who works here now and may read the ticket, by name: nobody is called to what they cannot open.</summary>
    public static Task<List<Specialist>> ReadersAsync(
        HelpdeskDbContext db,
        int? teamId,
        Guid? assigneeId,
        CancellationToken cancellationToken = default
    ) =>
        db
            .Specialists.Where(s =>
                s.IsActive
                && (
                    teamId == null
                    || s.Id == assigneeId
                    || s.Teams.Any(m => m.TeamId == teamId)
                    || db.UserRoles.Any(r =>
                        r.UserId == s.Id
                        && db.Roles.Any(x =>
                            x.Id == r.RoleId && (x.Name == Roles.Supervisor || x.Name == Roles.Administrator)
                        )
                    )
                )
            )
            .OrderBy(s => s.Name)
            .ToListAsync(cancellationToken);

    /// <summary>Tells those whom the note calls, but its author; each once.</summary>
    public static async Task TellAsync(
        HelpdeskDbContext db,
        Ticket ticket,
        Message note,
        Guid? author,
        DateTimeOffset now,
        CancellationToken cancellationToken = default
    )
    {
        if (!note.Text.Contains('@', StringComparison.Ordinal))
            return;
        var readers = await ReadersAsync(db, ticket.TeamId, ticket.SpecialistId, cancellationToken);
        var called = In(note.Text, [.. readers.Select(r => r.Name)]);
        foreach (var reader in readers.Where(r => r.Id != author && called.Contains(r.Name)).Take(Most))
            ticket.Mention(note, reader, now);
    }

    /// <summary>The names that a text calls. Of names that begin alike the longest counts.</summary>
    public static IReadOnlySet<string> In(string text, IReadOnlyCollection<string> names)
    {
        var calls = names
            .Select(name => (Call: name, Name: name))
            .Concat(
                names
                    .GroupBy(name => name.Split(' ')[0], StringComparer.OrdinalIgnoreCase)
                    .Where(alike => alike.Count() == 1)
                    .Select(alike => (Call: alike.Key, Name: alike.Single()))
            )
            .OrderByDescending(c => c.Call.Length)
            .ToList();
        var called = new HashSet<string>(StringComparer.Ordinal);
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            // an address has its sign between letters; a backslash takes the sign its meaning, as everywhere in Markdown
            if (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] == '\\'))
                continue;
            var rest = text.AsSpan(at + 1);
            foreach (var (call, name) in calls)
                if (
                    rest.StartsWith(call, StringComparison.OrdinalIgnoreCase)
                    && (rest.Length == call.Length || !char.IsLetterOrDigit(rest[call.Length]))
                )
                {
                    called.Add(name);
                    break;
                }
        }
        return called;
    }
}
