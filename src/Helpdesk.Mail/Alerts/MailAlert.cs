namespace Helpdesk.Mail.Alerts;

/// <summary>The lists of mails that somebody has to look at.</summary>
public enum MailAlertAbout
{
    Held,
    Unprocessable,
    Undelivered,

    /// <summary>Mails that look like spam: now and then one is not.</summary>
    Spam,

    /// <summary>Somebody unknown who wrote many within an hour.</summary>
    Burst,
}

/// <summary>Whether supervisors were told that one of the lists grew beyond its limit; a row for each list that ever did.</summary>
public sealed class MailAlert
{
    public required MailAlertAbout About { get; init; }

    /// <summary>Null = the list is below its limits, and the next time it is not, supervisors are told again.</summary>
    public DateTimeOffset? RaisedAt { get; set; }

    /// <summary>The newest mail of the list when supervisors were told last: as many more as the limit are told again.</summary>
    public long ToldUpTo { get; set; }
}
