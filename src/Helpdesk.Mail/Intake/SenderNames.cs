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

    /// <summary>Names that programs use, and people too: to be believed only together with other signs.</summary>
    public static bool IsSystem(string address) => Systems.Contains(LocalPart(address)) || IsNoReply(address);

    public static bool IsDaemon(string address) => Daemons.Contains(LocalPart(address));

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
