namespace Helpdesk.Web.Components.Supervise;

/// <summary>Marks the texts of this area's pages, <c>SuperviseTexts.resx</c>.</summary>
public sealed class SuperviseTexts;
