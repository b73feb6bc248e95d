namespace Helpdesk.Web.Components.Account;

/// <summary>Marks the texts of this area's pages, <c>AccountTexts.resx</c>.</summary>
public sealed class AccountTexts;
