using Microsoft.AspNetCore.Identity;

namespace Helpdesk.Tickets.People;

/// <summary>Somebody who can sign in. What they may do follows from roles, and from the specialist or customer behind it.</summary>
public sealed class AppUser : IdentityUser<Guid>
{
    public string DisplayName { get; set; } = "";

    /// <summary>IANA id; null = the desk's own zone.</summary>
    public string? TimeZoneId { get; set; }

    /// <summary>Culture name such as <c>en</c>; null = the browser's wish.</summary>
    public string? Culture { get; set; }

    /// <summary>Set for customers who signed in at least once.</summary>
    public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }
    public DateTimeOffset? DeactivatedAt { get; set; }

    /// <summary>Single-key shortcuts on the desk, on unless the person switched them off.</summary>
    public bool SingleKeys { get; set; } = true;
}
