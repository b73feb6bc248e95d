namespace Helpdesk.Web.Components.Help;

/// <summary>Marks the texts of this area's pages, <c>HelpTexts.resx</c>.</summary>
public sealed class HelpTexts;
