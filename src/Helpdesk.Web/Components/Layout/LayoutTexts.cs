namespace Helpdesk.Web.Components.Layout;

/// <summary>Marks the texts of the layouts, <c>LayoutTexts.resx</c>.</summary>
public sealed class LayoutTexts;
