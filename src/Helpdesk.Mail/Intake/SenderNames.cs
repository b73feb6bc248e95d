namespace Helpdesk.Mail.Intake;

/// <summary>Sender names that stand for a program.</summary>
internal static class SenderNames
{
    private static readonly HashSet<string> Daemons = new(StringComparer.Ordinal)
    {
        "mailer-daemon",
        "maildaemon",
        "mail-daemon",
        "mailerdaemon",
        "mdaemon",
        "postmaster",
        "post_master",
        "poostmaster",
        "post.master",
        "mail.delivery.system",
        "mailadministrator",
        "mail-administrator",
        "bounce",
        "bounces",
    };

    private static readonly string[] NoReply =
    [
        "noreply",
        "donotreply",
        "dontreply",
        "neverreply",
        "nepasrepondre",
        "keineantwort",
        "nichtantworten",
        "nieodpowiadaj",
        "niereply",
        "norespond",
        "unattended",
    ];

    private static readonly HashSet<string> Systems = new(StringComparer.Ordinal)
    {
        "admin",
        "administrator",
        "imss",
        "mailer",
        "system",
        "exchange",
        "mail",
        "antivirus",
        "mailgateway",
        "mail-gateway",
        "mailgate",
        "smtp",
        "root",
    };

    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal)
    {
        "majordomo",
        "listserv",
        "mailman",
        "sympa",
        "ezmlm",
    };

    private static readonly string[] ListEnds =
    [
        "-request",
        "-owner",
        "-bounces",
        "-bounce",
        "-subscribe",
        "-unsubscribe",
        "-list",
        "-announce",
    ];

    /// <summary>Names that programs use, and people too: to be believed only together with other signs.</summary>
    public static bool IsSystem(string address) => Systems.Contains(LocalPart(address)) || IsNoReply(address);

    public static bool IsDaemon(string address) => Daemons.Contains(LocalPart(address));

    /// <summary>Nobody reads it, or a program hands it to many: not to be written to on somebody else's word.</summary>
    public static bool IsNobody(string address)
    {
        var local = LocalPart(address);
        return IsDaemon(address)
            || IsNoReply(address)
            || Lists.Contains(local)
            || Array.Exists(ListEnds, e => local.EndsWith(e, StringComparison.Ordinal))
            || local.StartsWith("owner-", StringComparison.Ordinal)
            || local.StartsWith("bounce", StringComparison.Ordinal)
            || address.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);
    }

    public static bool IsNoReply(string address)
    {
        var local = LocalPart(address)
            .Replace("-", "", StringComparison.Ordinal)
            .Replace("_", "", StringComparison.Ordinal)
            .Replace(".", "", StringComparison.Ordinal);
        return Array.Exists(NoReply, n => local.Contains(n, StringComparison.Ordinal));
    }

    private static string LocalPart(string address)
    {
        var at = address.IndexOf('@', StringComparison.Ordinal);
        return (at < 0 ? address : address[..at]).ToLowerInvariant();
    }
}
