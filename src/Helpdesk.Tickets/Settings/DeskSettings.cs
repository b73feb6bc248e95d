using System.Security.Cryptography;

namespace Helpdesk.Tickets.Settings;

/// <summary>What the administrator decided about the desk as a whole; exactly one row, with id 1.</summary>
public sealed class DeskSettings
{
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;
    public string CompanyName { get; set; } = "Helpdesk";

    /// <summary>IANA id.</summary>
    public string TimeZoneId { get; set; } = "Etc/UTC";

    /// <summary>Where customers reach the help centre, without a slash at the end; the only base of links in mails.</summary>
    public string PublicUrl { get; set; } = "http://localhost:5080";

    /// <summary>The desk's own address. Reply addresses are made from it: <c>support+token@…</c>.</summary>
    public string SupportAddress { get; set; } = "support@localhost";

    /// <summary>Further addresses at which mail is accepted, separated by spaces.</summary>
    public string OtherAddresses { get; set; } = "";

    /// <summary>Key of all signed tokens in links, reply addresses and Message-IDs; made once, secret.</summary>
    public byte[] SigningKey { get; private set; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Whether a specialist may answer the customer by answering the desk's mail to them; see <c>Mail:StaffAnswers</c> for what proves it.</summary>
    public bool StaffAnswersByMail { get; set; }

    /// <summary>Files of an answer that go out within its mail, together; what goes beyond is offered by a link.</summary>
    public int MaxAttachedMegabytes { get; set; } = 10;

    /// <summary>How long such a link leads to its file.</summary>
    public int FileLinkDays { get; set; } = 30;
    public int? DefaultSlaPolicyId { get; set; }

    /// <summary>Receives what could not be classified.</summary>
    public int? DefaultTeamId { get; set; }

    /// <summary>Routing splits requests about several matters by itself; else a person does.</summary>
    public bool SplitsCombined { get; set; }

    /// <summary>Null while the one-time set-up is still open.</summary>
    public DateTimeOffset? SetUpAt { get; set; }

    /// <summary>Set when the sample desk was loaded.</summary>
    public DateTimeOffset? SampleLoadedAt { get; set; }

    /// <summary>The company's colour in the help centre, <c>#rrggbb</c> in lower case; null = the desk's own.</summary>
    public string? BrandColor { get; set; }

    /// <summary>Key of the logo's <see cref="Blobs.Blob"/>, a picture; null = the symbol.</summary>
    public string? LogoHash { get; set; }

    public string MailDomain => SupportAddress[(SupportAddress.LastIndexOf('@') + 1)..];

    /// <summary>Whether mail to this address belongs to the desk, with or without a <c>+tag</c>.</summary>
    public bool Receives(string address)
    {
        var plain = WithoutTag(address.Trim());
        return plain.Equals(SupportAddress, StringComparison.OrdinalIgnoreCase)
            || OtherAddresses
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Contains(plain, StringComparer.OrdinalIgnoreCase);
    }

    private static string WithoutTag(string address)
    {
        var at = address.LastIndexOf('@');
        var plus = address.IndexOf('+', StringComparison.Ordinal);
        return plus > 0 && plus < at ? address[..plus] + address[at..] : address;
    }
}
