using System.ComponentModel.DataAnnotations;

namespace Helpdesk.Mail.Intake;

/// <summary>How incoming mail is stored and worked through; configuration section <c>Mail:Intake</c>.</summary>
public sealed record IntakeOptions
{
    /// <summary>The longest wait for the database before a sender is asked to try later.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Mail is refused while the disk has less free room; 1.5 times the largest mail by default.</summary>
    [Range(0, long.MaxValue)]
    public long MinFreeBytes { get; init; } = 40L * 1024 * 1024;

    /// <summary>Mails read and committed together.</summary>
    [Range(1, 500)]
    public int BatchSize { get; init; } = 50;

    /// <summary>Bytes of mail in memory at once while reading, unless a single mail is larger.</summary>
    [Range(1024 * 1024, int.MaxValue)]
    public int BatchBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How often the queue is looked at without a bell.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For how long a node claims mails; after a crash another one waits as long.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest time for reading one mail.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    [Range(1, 20)]
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Between two attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Mails of one author in an hour; further ones are held.</summary>
    [Range(1, 1_000_000)]
    public int MaxMailsPerHour { get; init; } = 60;

    /// <summary>The same for somebody whom nobody has answered yet, until an administrator says otherwise.</summary>
    [Range(1, 1_000_000)]
    public int MaxMailsOfUnknownPerHour { get; init; } = 10;

    /// <summary>Of those whom one mail names beside the desk, how many are proposed to whoever answers its request; 0 = none.</summary>
    [Range(0, Tickets.Participants.Participant.MaxPerTicket)]
    public int MaxParticipantsPerMail { get; init; } = 10;
}
