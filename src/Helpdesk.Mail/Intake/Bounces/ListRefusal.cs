using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake.Bounces;

/// <summary>
/// A mailing list's program that did not pass on what was written to the list. Three things make one: the sender is a list's program by its name, the
/// header is a program's, and the words are those of such programs. People write about lists too.
/// </summary>
internal static class ListRefusal
{
    private const int MaxLines = 40;

    private static readonly string[] Programs = ["majordomo", "listserv", "sympa", "mailman", "listproc", "ecartis"];

    /// <summary>Behind or before the list's own name.</summary>
    private static readonly string[] Roles = ["-admin", "-owner", "-request", "-bounces", "-bounce", "-noreply"];

    private static readonly string[] ListHeaders =
    [
        "X-MLServer",
        "X-ML-Info",
        "X-Mailman-Version",
        "X-List-Administrivia",
        "Mailing-List",
        "List-Id",
        "List-Post",
        "List-Help",
        "List-Subscribe",
    ];

    private static readonly string[] Refusals =
    [
        "not a member of this mailing list",
        "not a member of the mailing list",
        "not allowed to post to this mailing list",
        "not allowed to post to this list",
        "not permitted to post to this",
        "not authorized to post to",
        "not authorized to send mail to the",
        "has been rejected by the list moderator",
        "was rejected by the list moderator",
        "rejected your posting to the",
        "only members may post",
        "only members of this list may post",
        "only subscribers may post",
        "non-member submission",
    ];

    public static Bounce? Read(ParsedMail mail)
    {
        var sender = mail.Author?.Address ?? "";
        if (ListOf(sender) is not { } list || !IsFromProgram(mail))
            return null;
        var lines = (mail.TextBody ?? "").Split('\n', MaxLines + 1);
        for (var i = 0; i < Math.Min(lines.Length, MaxLines); i++)
        {
            // the words may be broken over two lines
            var text = $"{lines[i].Trim()} {(i + 1 < lines.Length ? lines[i + 1].Trim() : "")}";
            if (text.Length > 2000 || lines[i].StartsWith('>'))
                continue;
            if (Array.Find(Refusals, r => text.Contains(r, StringComparison.OrdinalIgnoreCase)) is not { } words)
                continue;
            var named = BounceNotice.AddressesIn(text).Find(a => IsOf(a, sender)) ?? (list.Length > 0 ? list : null);
            return new Bounce(
                new ScreeningReason(ScreeningCode.ListRefusal, words),
                named is null
                    ? []
                    : [new FailedRecipient(named, IsPermanent: true, BounceReason.Refused, Status: null, text.Trim())]
            );
        }
        return null;
    }

    /// <returns>The list whose program writes; empty when the name does not say which; null when it is nobody of the kind.</returns>
    private static string? ListOf(string sender)
    {
        var at = sender.LastIndexOf('@');
        if (at < 0)
            return null;
        var (local, domain) = (sender[..at], sender[at..]);
        if (Array.Exists(Programs, p => local.Equals(p, StringComparison.OrdinalIgnoreCase)))
            return "";
        if (local.StartsWith("owner-", StringComparison.OrdinalIgnoreCase))
            return local[6..] + domain;
        var role = Array.Find(Roles, r => local.EndsWith(r, StringComparison.OrdinalIgnoreCase));
        return role is null || role.Length == local.Length ? null : local[..^role.Length] + domain;
    }

    private static bool IsFromProgram(ParsedMail mail) =>
        Array.Exists(ListHeaders, mail.Headers.Has)
        || Screening.Keyword(mail.Headers.First("Auto-Submitted")) is { } submitted and not "no"
        || Screening.Keyword(mail.Headers.First("Precedence")) is "bulk" or "list" or "junk";

    /// <summary>Another address of the sender's domain.</summary>
    private static bool IsOf(string address, string sender) =>
        !address.Equals(sender, StringComparison.OrdinalIgnoreCase)
        && address[address.LastIndexOf('@')..]
            .Equals(sender[sender.LastIndexOf('@')..], StringComparison.OrdinalIgnoreCase)
        && ListOf(address) is null;
}
