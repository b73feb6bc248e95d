using System.Globalization;

namespace Helpdesk.Web.Components.Layout;

/// <summary>The addresses of the pages that others link to. Pages of one area only link by their own routes.</summary>
public static class Places
{
    public const string HelpHome = "/";
    public const string HelpSearch = "/search";
    public const string Suggestions = "/search/suggest";
    public const string NewRequest = "/requests/new";
    public const string MyRequests = "/requests";
    public const string Sent = "/requests/sent";
    public const string SignIn = "/account/sign-in";

    /// <summary>For customers: a link by mail instead of a password.</summary>
    public const string SignInByLink = "/sign-in";
    public const string SignOut = "/account/sign-out";
    public const string Profile = "/account";

    /// <summary>Takes whether the person gets new requests.</summary>
    public const string OwnPresence = "/account/presence";
    public const string Display = "/display";
    public const string Desk = "/desk";
    public const string News = "/desk/news";

    /// <summary>Where colleagues called the person in a note.</summary>
    public const string Mentions = "/desk/news?only=mentions";
    public const string DeskSearch = "/desk/search";
    public const string DeskArticles = "/desk/articles";
    public const string NewArticle = "/desk/articles/new";

    /// <summary>What authors could write next.</summary>
    public const string ArticleGaps = "/desk/articles/gaps";

    /// <summary>Who may publish where.</summary>
    public const string ArticleReviewers = "/desk/articles/reviewers";

    /// <summary>Answers given again and again.</summary>
    public const string RecurringAnswers = "/desk/articles/recurring";

    /// <summary>Snippets and templates.</summary>
    public const string SharedTexts = "/desk/articles/texts";

    /// <summary>Answers written in advance.</summary>
    public const string CannedTexts = "/desk/canned-texts";
    public const string ArticleNews = "/articles.rss";
    public const string NewTicket = "/desk/new";
    public const string Supervise = "/supervise";
    public const string Reports = "/supervise/reports";

    /// <summary>Mails about which a person has to decide.</summary>
    public const string Mail = "/supervise/mail";
    public const string Routing = "/supervise/routing";
    public const string Learning = "/supervise/routing/learning";
    public const string Shifts = Learning + "#shifts";
    public const string Answers = "/supervise/routing/answers";
    public const string TopicCounts = "/supervise/routing/topics";

    /// <summary>Past days again with other people, rules or another model.</summary>
    public const string Replay = "/supervise/routing/replay";

    /// <summary>What many requests complain about.</summary>
    public const string Problems = "/supervise/problems";
    public const string Admin = "/admin";

    public static string Article(string slug) => "/articles/" + Uri.EscapeDataString(slug);

    /// <summary>What is there for some customers only: who is signed in goes on at once, others are asked who they are.</summary>
    public static string SignInFor(string place) => $"{SignInByLink}?returnUrl={Uri.EscapeDataString(place)}";

    /// <summary>An article as staff see and change it.</summary>
    public static string DeskArticle(long id) => DeskArticles + "/" + id.ToString(CultureInfo.InvariantCulture);

    public static string CannedText(int id) => CannedTexts + "/" + id.ToString(CultureInfo.InvariantCulture);

    /// <summary>A new canned text that begins with what the person is writing on a ticket.</summary>
    public static string NewCannedText(long ticket, bool isNote) =>
        string.Create(CultureInfo.InvariantCulture, $"{CannedTexts}/new?ticket={ticket}{(isNote ? "&note=true" : "")}");

    public static string Topic(string slug) => "/topics/" + Uri.EscapeDataString(slug);

    /// <summary>A request as its customer sees it, signed in.</summary>
    public static string Request(long number) => "/requests/" + number.ToString(CultureInfo.InvariantCulture);

    public static string Ticket(long number) => "/desk/tickets/" + number.ToString(CultureInfo.InvariantCulture);

    public static string Problem(int id) => Problems + "/" + id.ToString(CultureInfo.InvariantCulture);

    public static string Queue(string queue) => "/desk/queues/" + queue;
}
