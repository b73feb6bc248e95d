namespace Helpdesk.Web.Components.Desk;

/// <summary>Marks the texts of this area's pages, <c>DeskTexts.resx</c>.</summary>
public sealed class DeskTexts;
