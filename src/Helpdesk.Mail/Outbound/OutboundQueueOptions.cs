using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Mail.Outbound;

/// <summary>How waiting mails are worked through; configuration section <c>Mail:Outbox</c>.</summary>
public sealed record OutboundQueueOptions
{
    [Range(1, 200)]
    public int BatchSize { get; init; } = 20;

    /// <summary>How often the queue is looked at without a bell.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For how long a node claims mails; one mail that takes longer to be handed over is broken off.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The pause after the first attempt; doubled after each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMinutes(1);

    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromHours(1);

    /// <summary>After this age a mail is given up.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>Automatic mails to one address outside the desk within an hour.</summary>
    [Range(1, 1_000_000)]
    public int MaxAutomaticPerHour { get; init; } = 3;

    /// <summary>Automatic mails to one address outside the desk within a day.</summary>
    [Range(1, 1_000_000)]
    public int MaxAutomaticPerDay { get; init; } = 10;

    /// <param name="attempts">Made so far, at least 1.</param>
    public TimeSpan PauseAfter(int attempts)
    {
        var doublings = Math.Min(attempts - 1, 30);
        var pause = FirstPause * Math.Pow(2, doublings);
        return pause < LongestPause ? pause : LongestPause;
    }
}
