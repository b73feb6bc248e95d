using Helpdesk.Tickets;

namespace Helpdesk.Knowledge.Articles;

/// <summary>Draft, review, publication and archive, and the days planned for them.</summary>
public sealed partial class Article
{
    public void SendToReview(Actor actor, DateTimeOffset now)
    {
        if (State is not ArticleState.Draft)
            throw new RuleViolationException("Only a draft is sent to review.");
        Change(ArticleState.InReview, now);
    }

    public void Publish(Actor actor, DateTimeOffset now)
    {
        if (State is ArticleState.Published)
            return;
        RefuseIfEmpty();
        PublishedAt ??= now;
        Change(ArticleState.Published, now);
    }

    /// <summary>Plans its publication; <see cref="ArticleTimetable"/> does it. Until then it goes through review as before.</summary>
    /// <param name="at">In the future; null takes the plan back.</param>
    /// <exception cref="RuleViolationException">It is published or archived, empty, or the instant is past.</exception>
    public void PublishLater(DateTimeOffset? at, DateTimeOffset now)
    {
        if (PublishAt == at)
            return;
        if (at is not null)
        {
            if (State is ArticleState.Published or ArticleState.Archived)
                throw new RuleViolationException("Only a draft, or what is in review, can be published later.");
            if (at <= now)
                throw new RuleViolationException(
                    "The day of publication is past. Choose one that comes, or publish now."
                );
            RefuseIfEmpty();
        }
        PublishAt = at;
        Touch(now, isText: false);
    }

    /// <summary>Somebody answers for it, or nobody. The owner is reminded once of each review date.</summary>
    /// <param name="reviewAt">Null = no review planned.</param>
    public void LookAfter(Guid? ownerUserId, DateTimeOffset? reviewAt, DateTimeOffset now)
    {
        if (OwnerUserId == ownerUserId && ReviewAt == reviewAt)
            return;
        if (ReviewAt != reviewAt)
            RemindedAt = null;
        (OwnerUserId, ReviewAt) = (ownerUserId, reviewAt);
        Touch(now, isText: false);
    }

    /// <summary>The owner has been told that it is time for a look.</summary>
    public void Remind(DateTimeOffset now)
    {
        RemindedAt = now;
        Touch(now, isText: false);
    }

    /// <summary>Out of sight, kept with all versions; publishing brings it back.</summary>
    public void Archive(Actor actor, DateTimeOffset now)
    {
        if (State is not ArticleState.Archived)
            Change(ArticleState.Archived, now);
    }

    /// <summary>Out of sight, to be worked on: from any other state.</summary>
    public void BackToDraft(Actor actor, DateTimeOffset now)
    {
        if (State is not ArticleState.Draft)
            Change(ArticleState.Draft, now);
    }

    private void RefuseIfEmpty()
    {
        if (string.IsNullOrWhiteSpace(Body))
            throw new RuleViolationException("The article is empty. Write it before you publish it.");
    }

    private void Change(ArticleState state, DateTimeOffset now)
    {
        State = state;
        // a review goes on until the planned day; any other step overtakes the plan
        if (state is not ArticleState.InReview)
            PublishAt = null;
        Touch(now);
    }
}
