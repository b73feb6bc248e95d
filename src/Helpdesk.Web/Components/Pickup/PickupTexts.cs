namespace Helpdesk.Web.Components.Pickup;

/// <summary>Marks the texts of this area's pages, <c>PickupTexts.resx</c>.</summary>
public sealed class PickupTexts;
