namespace Helpdesk.Tickets;

/// <summary>A change that the desk's rules do not allow; the message says what is wrong and what to do instead.</summary>
public sealed class RuleViolationException(string message) : Exception(message);
