namespace Helpdesk.Web.Sample;

/// <summary>
/// What <c>conversations.json</c> says: how customers and specialists of the sample desk write. Words in braces are filled in
/// for each ticket, see <see cref="TicketFacts"/>.
/// </summary>
public sealed record Conversations
{
    /// <summary>By topic key.</summary>
    public required IReadOnlyDictionary<string, TopicTalk> Topics { get; init; }
    public required GeneralTalk General { get; init; }

    /// <summary>Requests that fit none of the topics.</summary>
    public required IReadOnlyList<SpecialRequest> Special { get; init; }
    public required EmergingRequests Emerging { get; init; }
    public required IReadOnlyList<ForeignRequest> OtherLanguages { get; init; }

    /// <summary>By language, for the ones in <see cref="OtherLanguages"/>.</summary>
    public required IReadOnlyDictionary<string, ForeignReply> LanguageReplies { get; init; }
    public required Vocabulary Vocabulary { get; init; }
}

/// <summary>How people talk about one topic. Where an optional list is missing, the general one takes its place.</summary>
/// <param name="Subjects">What a customer writes into the subject line.</param>
/// <param name="Details">What a customer adds, at once or when asked.</param>
/// <param name="Ask">What a specialist asks before answering.</param>
/// <param name="Answers">First answers that can solve it.</param>
/// <param name="Resolutions">How it ended, in words for staff.</param>
/// <param name="Later">Answers that only make sense after a first one.</param>
/// <param name="Notes">Among staff.</param>
/// <param name="FollowUps">What a customer says to an answer that did not solve it.</param>
/// <param name="Complaints">The same, angry.</param>
public sealed record TopicTalk(
    IReadOnlyList<string> Subjects,
    IReadOnlyList<string> Details,
    string Ask,
    IReadOnlyList<string> Answers,
    IReadOnlyList<string> Resolutions,
    IReadOnlyList<string>? Later = null,
    IReadOnlyList<string>? Notes = null,
    IReadOnlyList<string>? FollowUps = null,
    IReadOnlyList<string>? Complaints = null
);

public sealed record GeneralTalk
{
    public required IReadOnlyList<string> Greetings { get; init; }
    public required IReadOnlyList<string> Closings { get; init; }
    public required IReadOnlyList<string> Urgent { get; init; }
    public required IReadOnlyList<string> Combine { get; init; }
    public required IReadOnlyList<string> Thanks { get; init; }
    public required IReadOnlyList<string> Chasers { get; init; }
    public required IReadOnlyList<string> FollowUps { get; init; }
    public required IReadOnlyList<string> Complaints { get; init; }
    public required IReadOnlyList<string> Reopens { get; init; }
    public required IReadOnlyList<string> StaffGreetings { get; init; }
    public required IReadOnlyList<string> StaffClosings { get; init; }

    /// <summary>Begin a first answer.</summary>
    public required IReadOnlyList<string> StaffThanks { get; init; }

    /// <summary>Begin an answer to what was asked back.</summary>
    public required IReadOnlyList<string> StaffFollowUps { get; init; }

    /// <summary>Asked when no topic says what to ask.</summary>
    public required IReadOnlyList<string> AskAnything { get; init; }
    public required IReadOnlyList<string> Later { get; init; }
    public required IReadOnlyList<string> ReopenAnswers { get; init; }

    /// <summary>Ends a conversation in which the customer fell silent.</summary>
    public required IReadOnlyList<string> Farewells { get; init; }

    /// <summary>Notes to a colleague who takes over.</summary>
    public required IReadOnlyList<string> Handovers { get; init; }

    /// <summary>Notes to the right team about a ticket that came to the wrong one.</summary>
    public required IReadOnlyList<string> Misroutes { get; init; }

    /// <summary>Notes on requests that no topic knows.</summary>
    public required IReadOnlyList<string> SpecialNotes { get; init; }
}

public sealed record SpecialRequest(string Subject, string Text, string? Answer = null);

/// <summary>Requests about one thing that no topic knows yet; they begin some days before the present and grow.</summary>
/// <param name="Answers">The first to everybody, the second to who asks again.</param>
public sealed record EmergingRequests(
    string Name,
    IReadOnlyList<SpecialRequest> Requests,
    IReadOnlyList<string> Answers
);

public sealed record ForeignRequest(string Language, string Topic, string Subject, string Text);

public sealed record ForeignReply(
    string Greeting,
    string Closing,
    IReadOnlyList<string> Answers,
    IReadOnlyList<string> Thanks
);

public sealed record Vocabulary(
    IReadOnlyList<string> Merchants,
    IReadOnlyList<string> Cities,
    IReadOnlyList<string> Banks,
    IReadOnlyList<string> Persons,
    IReadOnlyList<string> MailDomains,
    IReadOnlyList<string> FirstNames,
    IReadOnlyList<string> LastNames
);
