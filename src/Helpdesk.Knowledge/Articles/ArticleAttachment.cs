using Helpdesk.Tickets.Blobs;

namespace Helpdesk.Knowledge.Articles;

/// <summary>A picture or a file that an article shows or offers. Whoever may read the article may read it, nobody else.</summary>
public sealed class ArticleAttachment
{
    public const int MaxNameLength = 120;
    public const long MaxBytes = 10 * 1024 * 1024;

    /// <summary>So many files an article has at most.</summary>
    public const int MostOfAnArticle = 200;

    /// <summary>What the addresses of all files begin with; a number follows.</summary>
    public const string Place = "/files/articles/";

    public long Id { get; private set; }
    public required long ArticleId { get; init; }

    /// <summary>Key of its <see cref="Blob"/>.</summary>
    public required string BlobHash { get; init; }

    /// <summary>For people; never a path.</summary>
    public required string Name { get; init; }

    /// <summary>Of the allowed ones, decided by the bytes.</summary>
    public required string ContentType { get; init; }
    public required long Size { get; init; }
    public required DateTimeOffset AddedAt { get; init; }
    public required string AddedByName { get; init; }
}
