namespace Helpdesk.Tickets.Html;

/// <summary>HTML that the one sanitizer made. The only text that may become raw markup on a page or in a mail.</summary>
public sealed record SafeHtml
{
    internal SafeHtml(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => Value;
}
