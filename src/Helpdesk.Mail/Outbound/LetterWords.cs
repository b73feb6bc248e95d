using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// The words that administrators wrote, and which of them are taken: those of the team in the reader's language, those of the team, those of
/// the desk in the reader's language, those of the desk; without any, the built-in ones.
/// </summary>
public sealed class LetterWords
{
    /// <summary>Instead of a team: the desk's own words.</summary>
    public const int Desk = 0;

    /// <summary>Instead of a language: words for every language that has none of its own.</summary>
    public const string AnyLanguage = "";

    private readonly Dictionary<(NotificationKind, int, string), MailTemplate> templates;
    private readonly Dictionary<(int, string), string> signatures;

    public LetterWords(IEnumerable<MailTemplate> templates, IEnumerable<MailSignature> signatures)
    {
        this.templates = templates.ToDictionary(t => (t.Kind, t.TeamId, t.Language));
        this.signatures = signatures.ToDictionary(s => (s.TeamId, s.Language), s => s.Text);
    }

    /// <summary>All of them: some rows for each team.</summary>
    public static async Task<LetterWords> LoadAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken = default
    ) =>
        new(
            await db.Set<MailTemplate>().AsNoTracking().ToListAsync(cancellationToken),
            await db.Set<MailSignature>().AsNoTracking().ToListAsync(cancellationToken)
        );

    /// <param name="language">ISO 639-1 of the reader; null = not known.</param>
    /// <returns>Null: the built-in words.</returns>
    public MailTemplate? Of(NotificationKind kind, int? teamId, string? language) =>
        Places(teamId, language)
            .Select(p => templates.GetValueOrDefault((kind, p.Team, p.Language)))
            .FirstOrDefault(w => w is not null);

    /// <inheritdoc cref="Of"/>
    public string? SignatureOf(int? teamId, string? language) =>
        Places(teamId, language)
            .Select(p => signatures.GetValueOrDefault((p.Team, p.Language)))
            .FirstOrDefault(w => w is not null);

    /// <summary>Where words are looked for, in this order.</summary>
    public static IEnumerable<(int Team, string Language)> Places(int? teamId, string? language)
    {
        if (teamId is { } team)
        {
            if (!string.IsNullOrEmpty(language))
                yield return (team, language);
            yield return (team, AnyLanguage);
        }
        if (!string.IsNullOrEmpty(language))
            yield return (Desk, language);
        yield return (Desk, AnyLanguage);
    }
}
