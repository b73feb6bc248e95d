using System.ComponentModel.DataAnnotations;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Web.Components.Help.Requests;
using Helpdesk.Web.Components.Layout;

namespace Helpdesk.Web.Components.Help.SignIn;

/// <summary>Where a sign-in link should go.</summary>
public sealed class SignInForm
{
    /// <summary>The same answer for every address.</summary>
    public const string SentPlace = Places.SignInByLink + "/sent";

    /// <summary>Where signing in may lead besides the own requests: an article.</summary>
    public static string? ArticleOrNull(string? place) =>
        place?.StartsWith("/articles/", StringComparison.Ordinal) is true
        && Slugs.IsWellFormed(place["/articles/".Length..])
            ? place
            : null;

    [Required(ErrorMessage = "Request.Address.Missing")]
    [DomainHasDot(ErrorMessage = "Request.Address.NoDot")]
    [MailAddress(ErrorMessage = "Request.Address.Malformed")]
    public string? Address { get; set; }
}
