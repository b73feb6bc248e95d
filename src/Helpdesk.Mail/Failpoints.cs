using System.Collections.Concurrent;
using System.Diagnostics;

namespace Helpdesk.Mail;

/// <summary>
/// Named places where a test can make the program die or fail. The calls exist in debug builds only; a released program
/// does not look at the variable.
/// </summary>
public sealed class Failpoints
{
    /// <summary>
    /// <c>NAME=kill</c> ends the process there without any farewell, <c>NAME=fail</c> throws; <c>@3</c> behind it means at the
    /// third pass. Several are separated by commas.
    /// </summary>
    public const string Variable = "HELPDESK_FAILPOINT";

    public const string BeforeRawCommit = "raw-commit.before";
    public const string AfterRawCommit = "raw-commit.after";
    public const string BeforeSmtp250 = "smtp-250.before";
    public const string AfterSmtp250 = "smtp-250.after";
    public const string BeforeOutcomeCommit = "outcome-commit.before";
    public const string AfterOutcomeCommit = "outcome-commit.after";
    public const string BeforeNotificationClaim = "notification-claim.before";
    public const string AfterNotificationClaim = "notification-claim.after";
    public const string BeforeSentMark = "sent-mark.before";
    public const string AfterSentMark = "sent-mark.after";
    public const string BeforeTidying = "tidying.before";
    public const string AfterTidying = "tidying.after";

    private readonly ConcurrentDictionary<string, Armed> armed = new(StringComparer.Ordinal);

    private sealed class Armed(Action action, int passes)
    {
        private int left = passes;

        public void Pass()
        {
            if (Interlocked.Decrement(ref left) == 0)
                action();
        }
    }

    public Failpoints()
        : this(Environment.GetEnvironmentVariable(Variable)) { }

    public Failpoints(string? settings)
    {
        foreach (var setting in (settings ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, rest) = Cut(setting.Trim(), '=');
            var (what, pass) = Cut(rest, '@');
            var passes = int.TryParse(pass, out var n) ? n : 1;
            Arm(
                name,
                what == "kill" ? Process.GetCurrentProcess().Kill : () => throw new FailpointException(name),
                passes
            );
        }
    }

    /// <summary>Runs <paramref name="action"/> at the given pass of the place, once.</summary>
    public void Arm(string name, Action action, int passes = 1) => armed[name] = new(action, passes);

    /// <summary>Throws at the given pass of the place, once.</summary>
    public void Arm(string name, int passes = 1) => Arm(name, () => throw new FailpointException(name), passes);

    [Conditional("DEBUG")]
    public void Hit(string name)
    {
        if (armed.TryGetValue(name, out var here))
            here.Pass();
    }

    private static (string Before, string After) Cut(string text, char at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, "") : (text[..index], text[(index + 1)..]);
    }
}

/// <summary>A failure that a test asked for.</summary>
public sealed class FailpointException(string name) : Exception($"Failpoint {name}");
