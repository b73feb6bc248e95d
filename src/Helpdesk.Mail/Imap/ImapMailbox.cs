using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets;

namespace Helpdesk.Mail.Imap;

/// <summary>What becomes of a mail on the server once the desk has it.</summary>
public enum AfterTaking
{
    /// <summary>It stays where it is and is marked as read.</summary>
    MarkRead,

    /// <summary>It is moved into <see cref="ImapMailbox.MoveTo"/>.</summary>
    Move,
    Delete,

    /// <summary>Nothing at all changes on the server.</summary>
    Leave,
}

/// <summary>
/// A mailbox on an IMAP server that the desk reads. Mails are taken in the order of their numbers on the server (UIDs), whether somebody has read them or not;
/// the cursor moves past a mail when what became of it is on our disk. Each mail passed is counted once: <see cref="SeenCount"/> is the sum of the others.
/// </summary>
public sealed class ImapMailbox
{
    public const int MaxHostLength = 253;
    public const int MaxNameLength = 254;
    public const int MaxFolderLength = 200;
    public const int MaxErrorLength = 500;
    public const int MaxTokenFieldLength = 500;

    public int Id { get; private set; }

    // ---- as set up

    public required string Host { get; set; }
    public required int Port { get; set; }
    public required ConnectionSecurity Security { get; set; }
    public required string UserName { get; set; }

    /// <summary>The password, or the client's secret and refresh token with XOAUTH2; encrypted by data protection.</summary>
    public required string ProtectedSecret { get; set; }

    /// <summary>Where access tokens come from (https); null = sign in with a password.</summary>
    public string? TokenEndpoint { get; set; }
    public string? TokenClientId { get; set; }
    public string? TokenScope { get; set; }
    public required string Folder { get; set; }
    public required AfterTaking AfterTaking { get; set; }
    public string? MoveTo { get; set; }

    /// <summary>Only mails that arrive after this; null = all that are there.</summary>
    public DateTimeOffset? TakeFrom { get; set; }
    public bool IsOn { get; set; } = true;

    /// <summary>Changes with each change of what is set up: who reads the mailbox begins anew.</summary>
    public int Revision { get; set; }

    // ---- the cursor

    /// <summary>The numbering to which <see cref="LastUid"/> belongs (RFC 3501, 2.3.1.1); 0 before the first look.</summary>
    public long UidValidity { get; private set; }
    public long LastUid { get; private set; }

    /// <summary>Below this UID mails were there at the first look, or when the numbering changed: of them, those from before <see cref="TakeFrom"/> are passed over.</summary>
    public long OldBelowUid { get; private set; }

    /// <summary>The mail at which fetching failed last, and how often in a row.</summary>
    public long FailedUid { get; private set; }
    public int FailedAttempts { get; private set; }

    // ---- the account

    public long SeenCount { get; private set; }

    /// <summary>New here, stored as an inbound mail.</summary>
    public long TakenCount { get; private set; }

    /// <summary>The same mail had come before, by another mailbox, by SMTP, or before the numbering changed.</summary>
    public long RepeatedCount { get; private set; }

    /// <summary>Too large, or could not be fetched: left on the server, listed as unprocessable.</summary>
    public long LeftCount { get; private set; }

    /// <summary>From before <see cref="TakeFrom"/>.</summary>
    public long OldCount { get; private set; }

    /// <summary>Gone before they could be fetched: somebody deleted or moved them at that moment.</summary>
    public long VanishedCount { get; private set; }

    /// <summary>Mails in the folder at the last look.</summary>
    public int OnServer { get; private set; }

    /// <summary>Of them, those that are still to be taken.</summary>
    public int WaitingCount { get; private set; }
    public DateTimeOffset? LastContactAt { get; private set; }
    public DateTimeOffset? LastTakenAt { get; private set; }
    public ImapTroubleKind Trouble { get; private set; }
    public string? LastError { get; private set; }
    public DateTimeOffset? LastErrorAt { get; private set; }

    /// <summary>Which process reads it, and until when its claim holds.</summary>
    public Guid? Holder { get; private set; }
    public DateTimeOffset? HeldUntil { get; private set; }

    /// <summary>A mail shown for this mailbox where its own headers do not say for whom it came.</summary>
    public string? Address => UserName.Contains('@', StringComparison.Ordinal) ? UserName : null;

    /// <summary>
    /// Compares the numbering with what the server says; after a change the reading begins at the first mail, and what came before is recognised. A server
    /// whose next number has been passed already was put back to an earlier state: new mails get numbers below the cursor.
    /// </summary>
    public void Open(ImapFolder folder, DateTimeOffset now)
    {
        if (UidValidity != folder.UidValidity || folder.UidNext <= LastUid)
        {
            BeginAnew();
            UidValidity = folder.UidValidity;
            OldBelowUid = TakeFrom is null ? 0 : folder.UidNext ?? uint.MaxValue;
        }
        Contact(folder.Exists, now);
    }

    /// <summary>The cursor belongs to one folder of one account: for another one it says nothing.</summary>
    public void BeginAnew() => (UidValidity, LastUid, OldBelowUid, FailedUid, FailedAttempts) = (0, 0, 0, 0, 0);

    public void Contact(uint onServer, DateTimeOffset now)
    {
        OnServer = (int)Math.Min(onServer, int.MaxValue);
        LastContactAt = now;
    }

    /// <summary>Up to here all is accounted for.</summary>
    public void Pass(uint uid, TakenFigures figures, int waiting, DateTimeOffset now)
    {
        LastUid = Math.Max(LastUid, uid);
        TakenCount += figures.Taken;
        RepeatedCount += figures.Repeated;
        LeftCount += figures.Left;
        OldCount += figures.Old;
        VanishedCount += figures.Vanished;
        SeenCount += figures.Sum;
        WaitingCount = waiting;
        if (figures.Taken > 0)
            LastTakenAt = now;
        if (FailedUid <= LastUid)
            (FailedUid, FailedAttempts) = (0, 0);
    }

    /// <summary>Fetching this mail is about to be tried, alone, because it failed before; counted before the attempt.</summary>
    public void Attempt(uint uid)
    {
        FailedAttempts = FailedUid == uid ? FailedAttempts + 1 : 1;
        FailedUid = uid;
    }

    /// <summary>The mail at which fetching failed was fetched: whatever goes wrong from here on is not its fault.</summary>
    public void Fetched() => (FailedUid, FailedAttempts) = (0, 0);

    /// <summary>The attempt was broken off by ourselves and does not count.</summary>
    public void WithdrawAttempt() => FailedAttempts = Math.Max(0, FailedAttempts - 1);

    /// <summary>Whoever reads it goes on reading it.</summary>
    public void Hold(DateTimeOffset until) => HeldUntil = until;

    /// <summary>All is well again.</summary>
    public void Recover() => (Trouble, WaitingCount) = (ImapTroubleKind.None, 0);

    public void Fail(ImapTroubleKind trouble, string error, DateTimeOffset now) =>
        (Trouble, LastError, LastErrorAt) = (trouble, Text.OneLine(error, MaxErrorLength), now);
}

/// <summary>What became of some mails.</summary>
public sealed record TakenFigures(int Taken, int Repeated, int Left, int Old, int Vanished)
{
    public int Sum => Taken + Repeated + Left + Old + Vanished;
}
