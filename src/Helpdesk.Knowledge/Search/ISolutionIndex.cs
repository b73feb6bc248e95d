using Helpdesk.Knowledge.Analysis;

namespace Helpdesk.Knowledge.Search;

/// <summary>
/// Finds documents (articles, or earlier tickets) for words. Local to one process and disposable: everything in it can be read again from
/// the database. Safe for any number of readers and writers at once; a reader sees a state as it was after some whole <see cref="Apply"/>.
/// </summary>
public interface ISolutionIndex
{
    /// <summary>How far the index has come and how large it is.</summary>
    IndexStatus Status { get; }

    /// <summary>Adds, replaces and removes documents; findable when the call returns.</summary>
    /// <param name="changed">New or changed documents; the last one of an id wins.</param>
    /// <param name="removed">Ids that go; unknown ones are ignored.</param>
    /// <param name="position">The feed's change sequence up to which the index is now true; kept in the snapshot.</param>
    void Apply(IReadOnlyCollection<IndexedDocument> changed, IReadOnlyCollection<long> removed, long position);

    /// <summary>Replaces everything. The former state answers until the new one is ready.</summary>
    void Rebuild(IEnumerable<IndexedDocument> documents, long position);

    /// <summary>The best documents for a query. Any text is an acceptable query; one without a known word has no answer.</summary>
    SearchAnswer Search(SearchQuery query);

    /// <summary>Writes the state to a file that <see cref="TryLoad"/> reads; the file is whole or as it was before.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    void Save(string path);

    /// <summary>Takes the state of a file. False, and nothing changed, when it is missing, damaged or of another version or ranking.</summary>
    bool TryLoad(string path);
}

/// <summary>What the index knows of a document. It keeps words, not texts.</summary>
/// <param name="Id">The caller's number for it; unique in an index.</param>
/// <param name="Title">Its own field: short, and worth the most.</param>
/// <param name="Body">Plain text, without markup.</param>
/// <param name="Questions">Questions that this document has answered, in their askers' words.</param>
/// <param name="Audience">The kinds of readers who may see it; null = everybody, an empty set = nobody but who sees everything.</param>
/// <param name="Language"><see cref="Language.Unknown"/> to have it guessed.</param>
public sealed record IndexedDocument(
    long Id,
    string Title,
    string Body,
    IReadOnlyList<string> Questions,
    ReaderKinds? Audience = null,
    Language Language = Language.Unknown
);

/// <summary>A question to the index.</summary>
/// <param name="Text">What somebody typed, or a ticket's text. Parts of more weight are given in <paramref name="Subject"/>.</param>
public sealed record SearchQuery(string Text)
{
    /// <summary>A ticket's subject line: its words count for more than those of <see cref="Text"/>.</summary>
    public string? Subject { get; init; }

    /// <summary>The kinds that the reader is of: a document is seen where one of them is in its audience. Null = sees everything.</summary>
    public ReaderKinds? Audience { get; init; }

    /// <summary>How many documents to return; 1 to 100.</summary>
    public int Count { get; init; } = 10;

    /// <summary>The reader is still typing: the last word may be the beginning of one.</summary>
    public bool StillTyping { get; init; }

    /// <summary>A document to leave out (the one that asks).</summary>
    public long? Without { get; init; }

    /// <summary>Words are taken as they are typed: none is corrected.</summary>
    public bool Exactly { get; init; }

    /// <summary>The language to read the text in; unknown to have it guessed.</summary>
    public Language Language { get; init; }

    /// <summary>Distinct words that are looked up; the weightiest stay. 32 for what people type, more for tickets.</summary>
    public int MaxWords { get; init; } = 32;
}

/// <summary>The documents found, best first, and how the query was read.</summary>
/// <param name="Hits">At most <see cref="SearchQuery.Count"/>.</param>
/// <param name="Corrections">Words that no visible document has, with the known words that were looked up instead.</param>
public sealed record SearchAnswer(IReadOnlyList<SearchHit> Hits, IReadOnlyList<Correction> Corrections)
{
    /// <summary>No documents, no corrections.</summary>
    public static SearchAnswer None { get; } = new([], []);
}

/// <summary>A word of the query that was read as another.</summary>
/// <param name="Start">Where it stands in <see cref="SearchQuery.Text"/>, in UTF-16 units.</param>
/// <param name="Length">Its length there.</param>
/// <param name="Word">The folded known word.</param>
public sealed record Correction(int Start, int Length, string Word);

/// <summary>A found document.</summary>
/// <param name="Id">The document.</param>
/// <param name="Score">Above 0; comparable within one answer only.</param>
/// <param name="Fit">How much of the question this document covers, 0 to 1; comparable between questions.</param>
/// <param name="Words">The query's words found in it.</param>
/// <param name="AnsweredQuestions">How many of its answered questions share a telling part of this question's words.</param>
public sealed record SearchHit(
    long Id,
    double Score,
    double Fit,
    IReadOnlyList<MatchedWord> Words,
    int AnsweredQuestions
);

/// <summary>A word of the query in a document.</summary>
/// <param name="Stem">The common stem; highlight every word that has it.</param>
/// <param name="Fields">Where it stands.</param>
/// <param name="Share">Its part of the score, 0 to 1.</param>
public sealed record MatchedWord(string Stem, MatchedFields Fields, double Share);

/// <summary>The fields of a document in which a word was found.</summary>
[Flags]
public enum MatchedFields : byte
{
    None = 0,
    Title = 1,
    Body = 2,
    Questions = 4,
}

/// <summary>What an index holds.</summary>
/// <param name="Documents">Documents that can be found.</param>
/// <param name="Words">Distinct word forms.</param>
/// <param name="Bytes">Memory of the index itself, without shared buffers.</param>
/// <param name="Position">The feed's change sequence that is in it; 0 when empty.</param>
public sealed record IndexStatus(int Documents, int Words, long Bytes, long Position);
