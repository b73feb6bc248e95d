using Helpdesk.Tickets;
using Helpdesk.Tickets.Topics;

namespace Helpdesk.Knowledge.Articles;

/// <summary>What an author writes.</summary>
public sealed record ArticleText(string Title, string Summary, string Body);

/// <summary>A solution in the knowledge base. Each save keeps what was there before as an <see cref="ArticleVersion"/>.</summary>
public sealed partial class Article
{
    public const int MaxTitleLength = 160;
    public const int MaxSummaryLength = 300;
    public const int MaxBodyLength = 200_000;
    public const int MaxSlugLength = 120;
    public const int MaxLanguageLength = 8;

    private Article() { }

    /// <exception cref="RuleViolationException">The title is empty or the body too long.</exception>
    public Article(
        string slug,
        ArticleText text,
        Topic? topic,
        ArticleVisibility visibility,
        Actor author,
        DateTimeOffset now
    )
    {
        Slug = slug;
        TopicId = topic?.Id is > 0 and var id ? id : null;
        Topic = topic;
        Visibility = visibility;
        CreatedAt = now;
        Write(text, "", author, now);
    }

    public long Id { get; private set; }

    /// <summary>Its name in addresses: lower-case letters, digits and hyphens; unique.</summary>
    public string Slug { get; private set; } = "";
    public string Title { get; private set; } = "";

    /// <summary>One sentence that answers the question.</summary>
    public string Summary { get; private set; } = "";

    /// <summary>Markdown.</summary>
    public string Body { get; private set; } = "";

    /// <summary>ISO 639-1.</summary>
    public string Language { get; private set; } = "en";
    public ArticleState State { get; private set; }
    public ArticleVisibility Visibility { get; private set; }

    /// <summary>Whom <see cref="ArticleVisibility.Chosen"/> means; with none, nobody.</summary>
    public List<ChosenReader> ChosenReaders { get; } = [];

    /// <summary>The main topic.</summary>
    public int? TopicId { get; private set; }
    public Topic? Topic { get; private set; }

    /// <summary>Further topics that it answers.</summary>
    public List<ArticleTopic> AlsoTopics { get; } = [];
    public string AuthorName { get; private set; } = "";
    public Guid? AuthorUserId { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? PublishedAt { get; private set; }

    /// <summary>When it publishes itself, in the future; null where nobody planned it.</summary>
    public DateTimeOffset? PublishAt { get; private set; }

    /// <summary>Who keeps it true; null = nobody in particular.</summary>
    public Guid? OwnerUserId { get; private set; }

    /// <summary>When its owner looks whether it is still true; null = never.</summary>
    public DateTimeOffset? ReviewAt { get; private set; }

    /// <summary>When the owner was reminded of <see cref="ReviewAt"/>.</summary>
    public DateTimeOffset? RemindedAt { get; private set; }

    /// <summary>Addresses it had while it was published; they lead to it still.</summary>
    public List<ArticleAddress> FormerAddresses { get; } = [];

    /// <summary>
    /// Grows with every change that the index must see, over the whole desk; an index that has seen N asks for what is greater.
    /// Set when saving, see <see cref="ArticleChanges"/>.
    /// </summary>
    public long ChangeNumber { get; internal set; }

    /// <summary>Visitors who said that it helped, and who said that it did not; each counted once.</summary>
    public int Helped { get; internal set; }
    public int DidNotHelp { get; internal set; }

    /// <summary>Resolved tickets that it solved.</summary>
    public int Solved { get; internal set; }

    /// <summary>Row version.</summary>
    public int Version { get; private set; }

    /// <summary>Number of the latest of <see cref="Versions"/>: what else changes leaves it.</summary>
    public int TextVersion { get; private set; }

    /// <summary>The article that this one says in another language; null where it is nobody's translation.</summary>
    public long? TranslationOfId { get; private set; }

    /// <summary>The <see cref="TextVersion"/> of that article that this one says; behind it when that has changed since.</summary>
    public int? TranslatedVersion { get; private set; }
    public List<ArticleVersion> Versions { get; } = [];
    public List<ArticleQuestion> Questions { get; } = [];

    /// <summary>Other articles that the text links to; noted when it is saved.</summary>
    public List<ArticleLink> Links { get; } = [];

    // a field, so that no table has it
    internal bool HasNewText;

    public bool IsFindable => State is ArticleState.Published;

    /// <summary>Replaces the text and keeps the version.</summary>
    public void Edit(ArticleText text, string reason, Actor author, DateTimeOffset now)
    {
        if (State is ArticleState.Archived)
            throw new RuleViolationException($"\"{Title}\" is archived. Bring it back before you edit it.");
        Write(text, reason, author, now);
    }

    public void ShowTo(ArticleVisibility visibility, DateTimeOffset now)
    {
        if (Visibility == visibility)
            return;
        Visibility = visibility;
        Touch(now);
    }

    /// <summary>Says whom <see cref="ArticleVisibility.Chosen"/> means. Needs the chosen ones to be loaded.</summary>
    /// <exception cref="RuleViolationException">It is for chosen customers and none is chosen.</exception>
    public void Choose(ChosenReaders readers, DateTimeOffset now)
    {
        if (Visibility is not ArticleVisibility.Chosen)
            readers = Articles.ChosenReaders.None;
        else if (readers.IsEmpty)
            throw new RuleViolationException("Choose at least one tier or organization, or show it to staff only.");
        if (readers.ReplaceIn(ChosenReaders))
            Touch(now);
    }

    /// <summary>It says what another article says, as that stands now; null = it stands for itself.</summary>
    /// <exception cref="RuleViolationException">That is itself a translation, this one, or in the same language.</exception>
    public void Translate(Article? source, DateTimeOffset now)
    {
        if (source is not null && (source.Id == Id || source.TranslationOfId is not null))
            throw new RuleViolationException("Translate the article that the others are translations of.");
        if (source is not null && source.Language == Language)
            throw new RuleViolationException("A translation is in another language than its source.");
        if (TranslationOfId == source?.Id && TranslatedVersion == source?.TextVersion)
            return;
        (TranslationOfId, TranslatedVersion) = (source?.Id, source?.TextVersion);
        Touch(now, isText: false);
    }

    /// <summary>It says what its source said earlier: readers and authors are told.</summary>
    public void FallBehind(DateTimeOffset now)
    {
        if (TranslationOfId is null || TranslatedVersion == 0)
            return;
        TranslatedVersion = 0;
        Touch(now, isText: false);
    }

    /// <param name="topic">Null = none.</param>
    public void MoveTo(Topic? topic, DateTimeOffset now)
    {
        if (TopicId == topic?.Id)
            return;
        (TopicId, Topic) = (topic?.Id, null);
        Touch(now);
    }

    /// <summary>Gives it another address. What was published keeps the old one besides: others link to it.</summary>
    /// <exception cref="RuleViolationException">The slug is not one.</exception>
    public void ChangeSlug(string slug, DateTimeOffset now)
    {
        if (Slug == slug)
            return;
        if (!Slugs.IsWellFormed(slug))
            throw new RuleViolationException(
                "An address is made of lower-case letters, digits and single hyphens, such as card-not-arrived."
            );
        FormerAddresses.RemoveAll(former => former.Slug == slug);
        if (PublishedAt is not null && !FormerAddresses.Exists(former => former.Slug == Slug))
            FormerAddresses.Add(new ArticleAddress { Slug = Slug, Since = now });
        Slug = slug;
        Touch(now);
    }

    /// <summary>Whether its text is this one already.</summary>
    public bool Says(ArticleText text) =>
        Text.OneLine(text.Title, MaxTitleLength) == Title
        && Text.OneLine(text.Summary, MaxSummaryLength) == Summary
        && text.Body.ReplaceLineEndings("\n") == Body;

    /// <param name="language">ISO 639-1.</param>
    public void WriteIn(string language, DateTimeOffset now)
    {
        if (Language == language || language.Length is 0 or > MaxLanguageLength)
            return;
        Language = language;
        Touch(now, isText: false);
    }

    /// <summary>Sets the further topics that it answers.</summary>
    public void AnswerAlso(IEnumerable<int> topicIds, DateTimeOffset now)
    {
        var wanted = topicIds.Where(id => id != TopicId).ToHashSet();
        if (wanted.SetEquals(AlsoTopics.Select(also => also.TopicId)))
            return;
        AlsoTopics.RemoveAll(also => !wanted.Contains(also.TopicId));
        foreach (var id in wanted.Where(id => !AlsoTopics.Exists(also => also.TopicId == id)))
            AlsoTopics.Add(new ArticleTopic { TopicId = id });
        Touch(now, isText: false);
    }

    /// <summary>An address that shall lead here besides its own.</summary>
    public void KeepAddress(string slug, DateTimeOffset now)
    {
        if (!Slugs.IsWellFormed(slug) || slug == Slug || FormerAddresses.Exists(former => former.Slug == slug))
            return;
        FormerAddresses.Add(new ArticleAddress { Slug = slug, Since = now });
        Touch(now, isText: false);
    }

    /// <summary>Remembers a customer's words that it answered; the index learns them.</summary>
    /// <param name="countsAsSolved">False for what is only written down again.</param>
    public void Learn(
        string question,
        QuestionSource source,
        long? ticketId,
        DateTimeOffset now,
        bool countsAsSolved = true
    )
    {
        var words = Text.OneLine(question, ArticleQuestion.MaxLength);
        if (
            words.Length == 0
            || Questions.Exists(q => string.Equals(q.Text, words, StringComparison.OrdinalIgnoreCase))
        )
            return;
        Questions.Add(
            new ArticleQuestion
            {
                Text = words,
                Source = source,
                TicketId = ticketId,
                AddedAt = now,
            }
        );
        if (source is QuestionSource.Ticket && countsAsSolved)
            Solved++;
        Touch(now, isText: false);
    }

    /// <summary>Takes a question back that it does not answer; the index forgets it.</summary>
    /// <returns>False when it has no such question.</returns>
    public bool Unlearn(long questionId, DateTimeOffset now)
    {
        if (Questions.RemoveAll(q => q.Id == questionId) == 0)
            return false;
        Touch(now, isText: false);
        return true;
    }

    private void Write(ArticleText text, string reason, Actor author, DateTimeOffset now)
    {
        var title = Text.OneLine(text.Title, MaxTitleLength);
        if (title.Length == 0)
            throw new RuleViolationException("The title is empty. Give the article a title that says what it answers.");
        if (text.Body.Length > MaxBodyLength)
            throw new RuleViolationException($"The article is longer than {MaxBodyLength:N0} characters. Split it.");
        (Title, Summary, Body) = (
            title,
            Text.OneLine(text.Summary, MaxSummaryLength),
            text.Body.ReplaceLineEndings("\n")
        );
        (AuthorName, AuthorUserId) = (author.Name, author.UserId);
        Touch(now);
        (TextVersion, HasNewText) = (Version, true);
        Versions.Add(
            new ArticleVersion
            {
                Number = Version,
                Title = Title,
                Summary = Summary,
                Body = Body,
                Reason = Text.OneLine(reason, 200),
                AuthorName = author.Name,
                AuthorUserId = author.UserId,
                SavedAt = now,
            }
        );
    }

    /// <summary>
    /// The same text where its files have other addresses: no version of its own. Needs the latest version to be loaded.
    /// </summary>
    internal void PointTo(string body, DateTimeOffset now)
    {
        if (body == Body)
            return;
        Body = Versions.Single(v => v.Number == TextVersion).Body = body;
        Touch(now, isText: false);
    }

    /// <summary>A passage that it shows has changed: readers see another text, which is no version of its own.</summary>
    public void ShowAnew(DateTimeOffset now)
    {
        HasNewText = true;
        Touch(now);
    }

    /// <summary>A copy to be read whose text has its shared passages in place. Never saved.</summary>
    internal Article Reading(IReadOnlyDictionary<string, string> snippets)
    {
        if (!Snippets.AreIn(Body))
            return this;
        var copy = (Article)MemberwiseClone();
        copy.Body = Snippets.Expand(Body, snippets);
        return copy;
    }

    private void Touch(DateTimeOffset now, bool isText = true)
    {
        if (isText)
            UpdatedAt = now;
        Version++;
        ChangeNumber = ArticleChanges.Pending;
    }
}
