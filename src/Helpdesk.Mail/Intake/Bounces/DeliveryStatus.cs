namespace Helpdesk.Mail.Intake.Bounces;

/// <summary>Fields of a delivery status (RFC 3464), one group of lines for each recipient.</summary>
internal static class DeliveryStatus
{
    private const int MaxRecipients = 200;
    private const int MaxChars = 256 * 1024;

    /// <returns>Recipients that failed or are delayed, each once; and how many others the report names.</returns>
    public static (List<FailedRecipient> Failed, int Other) Read(IEnumerable<string> texts)
    {
        var failed = new List<FailedRecipient>();
        var other = 0;
        foreach (var text in texts)
        {
            foreach (var group in Groups(text.Length > MaxChars ? text[..MaxChars] : text))
            {
                if (Address(group) is not { } address)
                    continue;
                var action = group.GetValueOrDefault("action")?.Split(' ', ';')[0].Trim().ToLowerInvariant();
                if (action is "delivered" or "relayed" or "expanded" or "deliverable")
                    other++;
                else if (
                    failed.Count < MaxRecipients
                    && !failed.Exists(f => f.Address.Equals(address, StringComparison.OrdinalIgnoreCase))
                )
                    failed.Add(
                        FailureText.Recipient(
                            address,
                            group.GetValueOrDefault("status"),
                            group.GetValueOrDefault("diagnostic-code"),
                            action == "delayed"
                        )
                    );
            }
        }
        return (failed, other);
    }

    private static string? Address(Dictionary<string, string> group)
    {
        foreach (var name in (ReadOnlySpan<string>)["final-recipient", "original-recipient"])
        {
            if (!group.TryGetValue(name, out var value))
                continue;
            var address = value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim().Trim('<', '>', '"').Trim();
            // a file or a program that mail was piped into is nobody's address
            if (
                address.Contains('@', StringComparison.Ordinal)
                && !address.Contains(' ', StringComparison.Ordinal)
                && address[0] is not ('/' or '|')
            )
                return address;
        }
        return null;
    }

    private static IEnumerable<Dictionary<string, string>> Groups(string text)
    {
        var group = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd();
            if (line.Length == 0)
            {
                if (group.Count > 0)
                    yield return group;
                (group, last) = (new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase), null);
            }
            else if (line[0] is ' ' or '\t' && last is not null)
            {
                if (group[last].Length < 2000)
                    group[last] += " " + line.Trim();
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and < 40 and var colon)
            {
                last = line[..colon].Trim();
                // a report without empty lines between its recipients
                if (
                    last.Equals("Final-Recipient", StringComparison.OrdinalIgnoreCase)
                    && group.ContainsKey("Final-Recipient")
                )
                {
                    yield return group;
                    group = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                }
                group.TryAdd(last, line[(colon + 1)..].Trim());
            }
        }
        if (group.Count > 0)
            yield return group;
    }
}
