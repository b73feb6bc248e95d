namespace Helpdesk.Mail.Imap;

/// <summary>Why a mailbox could not be read; each has words of its own for administrators.</summary>
public enum ImapTroubleKind
{
    None,

    /// <summary>There is no such host, nobody listens there, or nothing answered in time.</summary>
    NotReachable,

    /// <summary>The host lies in a network that this desk was not allowed to reach.</summary>
    PrivateNetwork,

    /// <summary>No TLS, or a certificate that is not one to trust.</summary>
    NotSecure,

    /// <summary>The server does not know this name and password, or does not offer the way to sign in.</summary>
    SignIn,

    /// <summary>No access token could be had for the account.</summary>
    Token,

    /// <summary>What was stored as a password cannot be read any more and must be entered again.</summary>
    Secret,

    /// <summary>There is no such folder, or it may not be opened for writing.</summary>
    Folder,

    /// <summary>The connection broke off or went silent.</summary>
    Broken,

    /// <summary>The server says things that no IMAP server says, or too much of them.</summary>
    Nonsense,

    /// <summary>The server refused something it was asked.</summary>
    Refused,

    /// <summary>Mails were taken but could not be moved, marked or deleted.</summary>
    NotTidied,

    /// <summary>The desk itself could not store mail (disk, database); nothing is lost, it goes on by itself.</summary>
    Storage,
}

/// <summary>A mailbox cannot be read now.</summary>
/// <param name="kind">What to tell administrators.</param>
/// <param name="detail">The server's own words, or what exactly happened; in English, not trusted.</param>
public sealed class ImapException(ImapTroubleKind kind, string detail, Exception? inner = null)
    : IOException(detail, inner)
{
    public ImapTroubleKind Kind { get; } = kind;
}
