using System.Buffers.Text;
using System.Security.Cryptography;

namespace Helpdesk.Tickets.Access;

/// <summary>What a script may do; each call of the API needs one of them.</summary>
[Flags]
public enum ApiRights
{
    None = 0,

    /// <summary>Open, read and continue tickets.</summary>
    Tickets = 1,

    /// <summary>Hand over raw mail.</summary>
    Mail = 2,

    /// <summary>Search public articles.</summary>
    Articles = 4,

    /// <summary>Read and change how the desk routes: as much as an administrator may on those pages.</summary>
    Routing = 8,

    /// <summary>Say whether the person who made the token gets new requests.</summary>
    Presence = 16,

    /// <summary>Say it for everybody, as supervisors may.</summary>
    People = 32,
}

/// <summary>Lets a script use the API; kept only as its hash.</summary>
public sealed class ApiToken
{
    private ApiToken() { }

    public int Id { get; private set; }
    public string Name { get; private set; } = "";
    public string Hash { get; private set; } = "";

    /// <summary>The first characters, so that people can tell tokens apart.</summary>
    public string Prefix { get; private set; } = "";

    /// <summary>Chosen when it is made, and never more afterwards.</summary>
    public ApiRights Rights { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public Guid? CreatedBy { get; private set; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    public static (ApiToken Token, string Secret) Create(
        string name,
        ApiRights rights,
        Guid? createdBy,
        DateTimeOffset now
    )
    {
        var secret = "hd_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (
            new ApiToken
            {
                Name = Text.OneLine(name, 80),
                Hash = OneTimeLink.HashOf(secret),
                Prefix = secret[..8],
                Rights = rights,
                CreatedAt = now,
                CreatedBy = createdBy,
            },
            secret
        );
    }
}
