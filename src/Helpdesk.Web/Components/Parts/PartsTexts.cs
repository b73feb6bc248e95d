namespace Helpdesk.Web.Components.Parts;

/// <summary>Marks the texts of the parts, <c>PartsTexts.resx</c>.</summary>
public sealed class PartsTexts;
