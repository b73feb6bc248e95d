namespace Helpdesk.Mail.Smtp;

/// <summary>What the server said that it can do, in its reply to EHLO.</summary>
internal sealed class SmtpOffers
{
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> signInWays = new(StringComparer.OrdinalIgnoreCase);

    public static readonly SmtpOffers None = new();

    /// <summary>The largest mail that it takes.</summary>
    public long MaxBytes { get; private set; } = long.MaxValue;

    public static SmtpOffers Of(SmtpReply reply)
    {
        var offers = new SmtpOffers();
        foreach (var line in reply.Lines.Skip(1))
        {
            var words = line.Split([' ', '='], 2, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            offers.names.Add(words[0]);
            if (words is [_, var rest] && words[0].Equals("AUTH", StringComparison.OrdinalIgnoreCase))
                offers.signInWays.UnionWith(rest.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            else if (words is ["SIZE" or "size", var size] && long.TryParse(size, out var max) && max > 0)
                offers.MaxBytes = max;
        }
        return offers;
    }

    public bool Has(string name) => names.Contains(name);

    public bool HasSignIn(string way) => signInWays.Contains(way);
}
