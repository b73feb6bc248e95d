using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Helpdesk.Tickets.Access;

public enum LinkPurpose
{
    /// <summary>A customer signs in; lives an hour.</summary>
    SignIn,

    /// <summary>A new member of staff chooses a password; lives 72 hours.</summary>
    Invitation,

    /// <summary>A member of staff chooses a new password; lives an hour.</summary>
    PasswordReset,

    /// <summary>The first administrator of a new desk; lives until it was used.</summary>
    SetUp,
}

/// <summary>A 256-bit secret that was mailed or printed, kept only as its hash, good once.</summary>
public sealed class OneTimeLink
{
    private OneTimeLink() { }

    public long Id { get; private set; }

    /// <summary>SHA-256 of the secret, lower-case hexadecimal, unique.</summary>
    public string Hash { get; private set; } = "";
    public LinkPurpose Purpose { get; private set; }

    /// <summary>The address it was made for, normalized; empty for set-up.</summary>
    public string Address { get; private set; } = "";
    public string? Role { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>Makes a link; the secret is returned once and stored nowhere.</summary>
    public static (OneTimeLink Link, string Secret) Create(
        LinkPurpose purpose,
        string address,
        string? role,
        DateTimeOffset now
    )
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (
            new OneTimeLink
            {
                Hash = HashOf(secret),
                Purpose = purpose,
                Address = address.Trim().ToLowerInvariant(),
                Role = role,
                CreatedAt = now,
                ExpiresAt = now + LifetimeOf(purpose),
            },
            secret
        );
    }

    public static TimeSpan LifetimeOf(LinkPurpose purpose) =>
        purpose switch
        {
            LinkPurpose.Invitation => TimeSpan.FromHours(72),
            LinkPurpose.SetUp => TimeSpan.FromDays(30),
            _ => TimeSpan.FromHours(1),
        };

    public static string HashOf(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public bool IsGood(LinkPurpose purpose, DateTimeOffset now) =>
        Purpose == purpose && UsedAt is null && now < ExpiresAt;

    /// <summary>Marks it used; the row version makes a second use at the same time fail.</summary>
    public void Use(DateTimeOffset now)
    {
        if (UsedAt is not null)
            throw new RuleViolationException("This link was used already. Ask for a new one.");
        UsedAt = now;
    }
}
