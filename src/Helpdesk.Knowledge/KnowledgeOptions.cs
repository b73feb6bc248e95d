using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Knowledge;

/// <summary>Section <c>Knowledge</c>: the search index of this node.</summary>
public sealed record KnowledgeOptions
{
    /// <summary>Folder of the index files; null for <c>index</c> in the storage's data directory. May be deleted at any time.</summary>
    public string? IndexDirectory { get; init; }

    /// <summary>How long a change made on another node may stay unseen.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a changed index is written to its file; it is also written when the program stops.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan SnapshotInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Resolved tickets, the latest ones, that are searched for similar ones; about 1 KB of memory each.</summary>
    [Range(0, 2_000_000)]
    public int SimilarTickets { get; init; } = 20_000;

    /// <summary>A desk's own synonyms: each a list of words separated by blanks that customers use for the same thing.</summary>
    public IReadOnlyList<string> Synonyms { get; init; } = [];

    /// <summary>How long it is kept what customers searched for.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepSearches { get; init; } = TimeSpan.FromDays(90);
}
