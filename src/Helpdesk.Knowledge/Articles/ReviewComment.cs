using Helpdesk.Tickets;

namespace Helpdesk.Knowledge.Articles;

/// <summary>A colleague's word on a text before it is published, or an answer to one. Customers never see it.</summary>
public sealed class ReviewComment
{
    public const int MaxLength = 2000;

    private ReviewComment() { }

    /// <param name="textVersion">The text that was on the screen, see <see cref="Article.TextVersion"/>.</param>
    /// <param name="answers">The comment that it answers: always the first of a thread.</param>
    /// <exception cref="RuleViolationException">It is empty.</exception>
    public ReviewComment(
        long articleId,
        int textVersion,
        string text,
        ReviewComment? answers,
        Actor author,
        DateTimeOffset now
    )
    {
        Text = Tickets.Text.Cut(text.Trim(), MaxLength);
        if (Text.Length == 0)
            throw new RuleViolationException("The comment is empty.");
        (ArticleId, TextVersion, AnswersId) = (articleId, textVersion, answers?.Id);
        (AuthorName, AuthorUserId, At) = (author.Name, author.UserId, now);
        // an answer opens what was thought settled
        answers?.Open();
    }

    public long Id { get; private set; }
    public long ArticleId { get; private set; }
    public int TextVersion { get; private set; }

    /// <summary>The first comment of its thread; null where it is that.</summary>
    public long? AnswersId { get; private set; }
    public string Text { get; private set; } = "";
    public string AuthorName { get; private set; } = "";
    public Guid? AuthorUserId { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>When its thread was settled; on the first comment only.</summary>
    public DateTimeOffset? ResolvedAt { get; private set; }
    public string? ResolvedByName { get; private set; }

    public void Resolve(Actor actor, DateTimeOffset now) => (ResolvedAt, ResolvedByName) = (now, actor.Name);

    public void Open() => (ResolvedAt, ResolvedByName) = (null, null);
}
