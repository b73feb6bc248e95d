using System.Buffers.Text;
using System.Security.Cryptography;

namespace Helpdesk.Tickets.Access;

/// <summary>Lets a script use the API; kept only as its hash.</summary>
public sealed class ApiToken
{
    private ApiToken() { }

    public int Id { get; private set; }
    public string Name { get; private set; } = "";
    public string Hash { get; private set; } = "";

    /// <summary>The first characters, so that people can tell tokens apart.</summary>
    public string Prefix { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public Guid? CreatedBy { get; private set; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    public static (ApiToken Token, string Secret) Create(string name, Guid? createdBy, DateTimeOffset now)
    {
        var secret = "hd_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (
            new ApiToken
            {
                Name = Text.OneLine(name, 80),
                Hash = OneTimeLink.HashOf(secret),
                Prefix = secret[..8],
                CreatedAt = now,
                CreatedBy = createdBy,
            },
            secret
        );
    }
}
