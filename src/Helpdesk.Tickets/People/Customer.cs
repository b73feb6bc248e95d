namespace Helpdesk.Tickets.People;

/// <summary>Who asks. Known by address; an address alone proves nothing until a link sent to it came back.</summary>
public sealed class Customer
{
    public const int MaxAddressLength = 254;
    public const int MaxNameLength = 120;

    private static readonly System.Buffers.SearchValues<char> NeverInAddress = System.Buffers.SearchValues.Create(
        "<>()[],;:\\\"@/"
    );

    private Customer() { }

    public Customer(string address, string? name, DateTimeOffset now)
    {
        Address = address.Trim();
        NormalizedAddress = Normalize(address);
        Name = Text.OneLine(name, MaxNameLength);
        CreatedAt = now;
    }

    public long Id { get; private set; }
    public string Address { get; private set; } = "";

    /// <summary>Lower case, unique.</summary>
    public string NormalizedAddress { get; private set; } = "";
    public string Name { get; set; } = "";
    public int? OrganizationId { get; set; }
    public Organization? Organization { get; set; }

    /// <summary>A person's own tier; it beats the organization's.</summary>
    public int? TierId { get; set; }
    public Tier? Tier { get; set; }

    /// <summary>ISO 639-1; null until known.</summary>
    public string? Language { get; set; }
    public string? TimeZoneId { get; set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When a link sent to the address was first used; null = never verified.</summary>
    public DateTimeOffset? VerifiedAt { get; set; }

    /// <summary>Set when mail to the address bounced for good.</summary>
    public DateTimeOffset? UndeliverableAt { get; set; }

    public string DisplayName => Name.Length > 0 ? Name : Address;

    /// <summary>
    /// One mailbox that mail can be sent to: a local part, an @, and a domain with a dot or <c>localhost</c>; no display name, no white space or
    /// control characters, at most <see cref="MaxAddressLength"/> long.
    /// </summary>
    public static bool IsAddress([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text)
    {
        if (
            text is not { Length: > 2 and <= MaxAddressLength }
            || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
        )
            return false;
        var at = text.LastIndexOf('@');
        if (at is < 1 or > 64 || text.AsSpan(0, at).ContainsAny(NeverInAddress))
            return false;
        var domain = text.AsSpan(at + 1);
        return domain.Length > 0
            && (domain.Contains('.') || domain.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            && domain[0] is not ('.' or '-')
            && domain[^1] is not ('.' or '-')
            && domain.IndexOf("..", StringComparison.Ordinal) < 0
            && !domain.ContainsAny(NeverInAddress);
    }

    public static string Normalize(string address) => address.Trim().ToLowerInvariant();
}

/// <summary>A company or household whose people share a tier and a contract.</summary>
public sealed class Organization
{
    public int Id { get; private set; }
    public required string Name { get; set; }
    public int? TierId { get; set; }
    public Tier? Tier { get; set; }

    /// <summary>A contract's own promise; it beats the tier's.</summary>
    public int? SlaPolicyId { get; set; }
    public Sla.SlaPolicy? SlaPolicy { get; set; }
    public DateOnly? CustomerSince { get; set; }
    public string Note { get; set; } = "";
}

/// <summary>How important a customer is to the desk, set by staff only.</summary>
public sealed class Tier
{
    public int Id { get; private set; }
    public required string Name { get; set; }

    /// <summary>Higher is more important; 0 = standard.</summary>
    public required int Rank { get; set; }

    /// <summary>Points in the priority score.</summary>
    public required int PriorityPoints { get; set; }

    /// <summary>Answered at once: the best free qualified person, above capacity by a set margin.</summary>
    public bool IsVip { get; set; }
    public int? SlaPolicyId { get; set; }
    public Sla.SlaPolicy? SlaPolicy { get; set; }
}
