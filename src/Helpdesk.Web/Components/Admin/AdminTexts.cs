namespace Helpdesk.Web.Components.Admin;

/// <summary>Marks the texts of this area's pages, <c>AdminTexts.resx</c>.</summary>
public sealed class AdminTexts;
