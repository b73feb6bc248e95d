namespace Helpdesk.Knowledge.Articles;

/// <summary>A row of two texts side by side.</summary>
/// <param name="Before">The line of the first text; null where only the second has one.</param>
/// <param name="After">The line of the second text; null where only the first has one.</param>
public sealed record DifferenceRow(string? Before, string? After)
{
    public bool IsSame => Before is not null && string.Equals(Before, After, StringComparison.Ordinal);
}

/// <summary>
/// Two texts line by line, with as few changed lines as there can be (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).
/// </summary>
public static class TextDifference
{
    /// <summary>Texts that differ in more lines are shown as one replaced by the other.</summary>
    private const int MaxEdits = 1_500;

    /// <summary>All rows in order; the texts can be put together again from their sides.</summary>
    public static IReadOnlyList<DifferenceRow> Between(string before, string after)
    {
        var (a, b) = (before.Split('\n'), after.Split('\n'));
        var start = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start])
            start++;
        var end = 0;
        while (end < a.Length - start && end < b.Length - start && a[^(end + 1)] == b[^(end + 1)])
            end++;
        var rows = a[..start].Select(line => new DifferenceRow(line, line)).ToList();
        Changed(a[start..^end], b[start..^end], rows);
        rows.AddRange(a[^end..].Select(line => new DifferenceRow(line, line)));
        return rows;
    }

    // what lies between two kept lines was replaced: its lines stand beside each other
    private static void Changed(string[] a, string[] b, List<DifferenceRow> rows)
    {
        var (atA, atB) = (0, 0);
        foreach (var (keptA, keptB) in Kept(a, b).Append((a.Length, b.Length)))
        {
            for (; atA < keptA || atB < keptB; atA++, atB++)
                rows.Add(new(atA < keptA ? a[atA] : null, atB < keptB ? b[atB] : null));
            if (keptA < a.Length)
                rows.Add(new(a[keptA], b[keptB]));
            (atA, atB) = (keptA + 1, keptB + 1);
        }
    }

    // furthest reaching paths by number of edits, then the way back through them
    private static List<(int A, int B)> Kept(string[] a, string[] b)
    {
        var paths = new List<int[]>();
        var most = Math.Min(MaxEdits, a.Length + b.Length);
        var reach = new int[(2 * most) + 3];
        for (var edits = 0; edits <= most; edits++)
        {
            for (var k = -edits; k <= edits; k += 2)
            {
                var x = IsDown(reach, most, edits, k) ? reach[most + 1 + k + 1] : reach[most + 1 + k - 1] + 1;
                var y = x - k;
                while (x < a.Length && y >= 0 && y < b.Length && a[x] == b[y])
                    (x, y) = (x + 1, y + 1);
                reach[most + 1 + k] = x;
                if (x >= a.Length && y >= b.Length)
                    return Back(a, b, paths, most, edits);
            }
            paths.Add([.. reach]);
        }
        return [];
    }

    private static bool IsDown(int[] reach, int most, int edits, int k) =>
        k == -edits || (k != edits && reach[most + 1 + k - 1] < reach[most + 1 + k + 1]);

    private static List<(int A, int B)> Back(string[] a, string[] b, List<int[]> paths, int most, int edits)
    {
        var kept = new List<(int, int)>();
        var (x, y) = (a.Length, b.Length);
        for (; edits > 0; edits--)
        {
            var (reach, k) = (paths[edits - 1], x - y);
            var from = IsDown(reach, most, edits, k) ? k + 1 : k - 1;
            var (fromX, fromY) = (reach[most + 1 + from], reach[most + 1 + from] - from);
            while (x > fromX && y > fromY)
                kept.Add((--x, --y));
            (x, y) = (fromX, fromY);
        }
        while (x > 0 && y > 0)
            kept.Add((--x, --y));
        kept.Reverse();
        return kept;
    }
}
