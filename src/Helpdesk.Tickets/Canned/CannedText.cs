using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Helpdesk.Tickets.Canned;

/// <summary>
/// An answer written in advance, or a part of one, that specialists put into a reply or a note by its short key: Markdown with
/// <see cref="CannedPlaceholders"/>.
/// </summary>
public sealed partial class CannedText
{
    public const int MaxNameLength = 80;
    public const int MaxKeyLength = 30;
    public const int MaxBodyLength = 10_000;

    /// <summary>Nobody finds anything among more.</summary>
    public const int MostPerOwner = 300;

    private CannedText() { }

    /// <inheritdoc cref="Write"/>
    public CannedText(CannedOwner owner, string key, string name, string body, Actor author, DateTimeOffset now) =>
        Write(owner, key, name, body, author, now);

    public int Id { get; private set; }

    /// <summary>The team whose text it is; null = everybody's or a person's.</summary>
    public int? TeamId { get; private set; }

    /// <summary>The person whose own it is; null = shared.</summary>
    public Guid? UserId { get; private set; }

    /// <summary>Unique for its owner: lower-case letters, digits and single hyphens.</summary>
    public string Key { get; private set; } = "";
    public string Name { get; private set; } = "";
    public string Body { get; private set; } = "";

    /// <summary>Who wrote it last.</summary>
    public string AuthorName { get; private set; } = "";
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Row version.</summary>
    public int Version { get; private set; }

    public ICollection<CannedTextUse> Uses { get; } = [];

    public CannedOwner Owner => new(TeamId, UserId);

    /// <exception cref="RuleViolationException">The key is none, the name or the text is empty or too long, or a placeholder stands for nothing.</exception>
    public void Write(CannedOwner owner, string key, string name, string body, Actor author, DateTimeOffset now)
    {
        (key, name) = (KeyOf(key), Text.OneLine(name, MaxNameLength));
        if (!IsKey(key))
            throw new RuleViolationException("A key is made of letters, digits and single hyphens.");
        if (name.Length == 0 || string.IsNullOrWhiteSpace(body) || body.Length > MaxBodyLength)
            throw new RuleViolationException($"A name or text is empty or longer than {MaxBodyLength:N0} characters.");
        if (CannedPlaceholders.FirstMistake(body) is { } mistake)
            throw new RuleViolationException($"Nothing is called {{{mistake}}}.");
        (TeamId, UserId) = (owner.TeamId, owner.UserId);
        (Key, Name, Body) = (key, name, Text.Cut(body.ReplaceLineEndings("\n"), MaxBodyLength).Trim());
        (AuthorName, UpdatedAt) = (author.Name, now);
        Version++;
    }

    /// <summary>A key as it is kept: in lower case, spaces around it taken off.</summary>
    public static string KeyOf(string? typed) => (typed ?? "").Trim().Normalize().ToLowerInvariant();

    public static bool IsKey(string key) => key.Length <= MaxKeyLength && KeyPattern().IsMatch(key);

    [GeneratedRegex(
        @"^[\p{L}\p{M}\p{Nd}]+(-[\p{L}\p{M}\p{Nd}]+)*\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex KeyPattern();
}

/// <summary>Whose a canned text is: everybody's, one team's, or one person's.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CannedOwner(int? TeamId, Guid? UserId)
{
    public static CannedOwner Everybody => default;

    public static CannedOwner Team(int id) => new(id, UserId: null);

    public static CannedOwner Person(Guid id) => new(TeamId: null, id);

    public bool IsEverybody => this == default;
}

/// <summary>How often somebody put a canned text into what they wrote.</summary>
public sealed class CannedTextUse
{
    public required int CannedTextId { get; init; }
    public required Guid UserId { get; init; }
    public required int Times { get; set; }
}
