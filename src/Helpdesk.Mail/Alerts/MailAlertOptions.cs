using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Mail.Alerts;

/// <summary>When supervisors are told that mails pile up; configuration section <c>Mail:Alerts</c>.</summary>
public sealed record MailAlertOptions
{
    public MailAlertLimit Held { get; init; } = new() { Mails = 10, Age = TimeSpan.FromHours(8) };

    /// <summary>One is enough: somebody waits for an answer to a mail that nobody could read.</summary>
    public MailAlertLimit Unprocessable { get; init; } = new() { Mails = 1, Age = TimeSpan.FromHours(1) };

    public MailAlertLimit Undelivered { get; init; } = new() { Mails = 10, Age = TimeSpan.FromDays(1) };

    public MailAlertLimit Spam { get; init; } = new() { Mails = 200, Age = TimeSpan.FromDays(3) };

    /// <summary>One is enough; told again only after the last one was decided about.</summary>
    public MailAlertLimit Burst { get; init; } = new() { Mails = 1, Age = TimeSpan.FromHours(1) };

    public MailAlertLimit Of(MailAlertAbout about) =>
        about switch
        {
            MailAlertAbout.Held => Held,
            MailAlertAbout.Unprocessable => Unprocessable,
            MailAlertAbout.Spam => Spam,
            MailAlertAbout.Burst => Burst,
            _ => Undelivered,
        };
}

public sealed record MailAlertLimit
{
    /// <summary>Supervisors are told when there are so many.</summary>
    [Range(1, 100_000)]
    public int Mails { get; init; } = 10;

    /// <summary>Or when the oldest waits so long.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan Age { get; init; } = TimeSpan.FromHours(8);
}
